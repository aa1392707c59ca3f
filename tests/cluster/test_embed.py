"""Maps: neighbours kept, honestly counted; the same each time; a missing package said plainly."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from latelier.cluster import embed
from latelier.cluster.geometry import Geometry, geometry
from latelier.errors import MissingExtra, UnknownName


def heaps(n: int = 60, count: int = 4) -> tuple[Geometry, np.ndarray]:
    rng = np.random.default_rng(0)
    kinds = np.arange(n) % count
    table = rng.normal(size=(count, 30))[kinds] * 6 + rng.normal(size=(n, 30))
    return geometry(table, standardise=False), kinds


def test_kept_neighbours_equal_a_count_by_scikit_learn() -> None:
    found, _ = heaps()
    places = embed.pca(found, 2)

    def near(points: np.ndarray) -> list[set[int]]:
        index = NearestNeighbors(n_neighbors=10).fit(points)
        return [set(row.tolist()) for row in index.kneighbors(return_distance=False)]

    both = zip(near(found.points), near(places), strict=True)
    assert embed.kept_neighbours(found.points, places) == pytest.approx(
        np.mean([len(a & b) / 10 for a, b in both])
    )


def test_a_true_map_keeps_all_and_a_shuffled_one_about_as_many_as_chance() -> None:
    found, _ = heaps()
    assert embed.kept_neighbours(found.points, found.points * 3) == 1
    shuffled = np.random.default_rng(1).permutation(found.points)
    assert embed.kept_neighbours(found.points, shuffled) == pytest.approx(10 / 59, abs=0.06)
    assert embed.kept_neighbours(found.points[:2], found.points[:2]) == 1


@pytest.mark.parametrize("dims", [2, 3])
def test_tsne_keeps_heaps_together_and_is_the_same_each_time(dims: int) -> None:
    found, kinds = heaps()
    places = embed.place("tsne", found, dims)
    assert places.shape == (60, dims)
    np.testing.assert_array_equal(places, embed.place("tsne", found, dims))
    index = NearestNeighbors(n_neighbors=5).fit(places)
    near = index.kneighbors(return_distance=False)
    assert (kinds[near] == kinds[:, None]).mean() > 0.85  # of chance: 0.24


@pytest.mark.parametrize("n", [3, 4, 7])
def test_a_handful_of_pictures_can_be_mapped_by_tsne(n: int) -> None:
    found = geometry(np.random.default_rng(n).normal(size=(n, 5)))
    assert np.isfinite(embed.place("tsne", found, 2)).all()


def test_pca_gives_the_scores_themselves_and_zeros_beyond_them() -> None:
    found = geometry(np.array([[0.0, 1.0], [1.0, 3.0], [2.0, 5.0]]), standardise=False)
    assert found.points.shape[1] == 1
    places = embed.place("pca", found, 3)
    np.testing.assert_array_equal(places[:, :1], found.points)
    assert (places[:, 1:] == 0).all()


def test_umap_without_its_package_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(MissingExtra, match="pip install umap-learn"):
        embed.place("umap", heaps()[0], 2)


def test_umap_is_asked_for_one_thread_one_seed_and_no_more_neighbours_than_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = {}

    class Umap:
        def __init__(self, **settings: object) -> None:
            asked.update(settings)

        def fit_transform(self, points: np.ndarray) -> np.ndarray:
            return points[:, :2].astype(np.float32)

    monkeypatch.setitem(sys.modules, "umap", SimpleNamespace(UMAP=Umap))
    found = geometry(np.random.default_rng(0).normal(size=(6, 9)))
    assert embed.place("umap", found, 2).dtype == np.float64
    assert (asked["random_state"], asked["n_jobs"], asked["n_neighbors"]) == (42, 1, 5)


def test_an_unknown_method_is_named() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'tsne'"):
        embed.place("tnse", heaps()[0], 2)
