"""Groups and silhouettes equal scikit-learn's on the whole table, for every k."""

import warnings

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import StandardScaler

from drawn import cloth
from latelier.cluster import geometry as room
from latelier.cluster import kmeans
from latelier.cluster.geometry import geometry


def cloths(seed: int, n: int, size: int = 16) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    return np.stack([cloth(rng, size, size).reshape(-1) for _ in range(n)])


def scikit_learn(table: NDArray, ks: range) -> tuple[dict[int, NDArray], dict[int, float]]:
    scaled = StandardScaler().fit_transform(table)
    labels = {k: KMeans(k, n_init=kmeans.STARTS, random_state=42).fit_predict(scaled) for k in ks}
    return labels, {k: silhouette_score(scaled, labels[k]) for k in ks}


@pytest.mark.parametrize("seed", range(4))
def test_labels_and_silhouettes_equal_scikit_learns_for_every_k(seed: int) -> None:
    table = cloths(seed, 40)
    table[:, 100:130] = 255  # a ground that never changes
    ks = range(2, 20)
    points = geometry(table)
    ours = kmeans.group(points, ks)
    clear = kmeans.silhouettes(points.points, {k: g.labels for k, g in ours.items()})
    labels, scores = scikit_learn(table, ks)
    for k in ks:
        np.testing.assert_array_equal(ours[k].labels, labels[k])
        assert clear[k] == pytest.approx(scores[k], abs=1e-12)
        assert ours[k].sizes == np.bincount(labels[k]).tolist()


def test_with_more_pictures_than_pixels_they_equal_too() -> None:
    table = cloths(9, 150, size=4)  # 48 numbers
    points = geometry(table)
    assert points.points.shape == (150, 48)
    ours = kmeans.group(points, range(2, 8))
    clear = kmeans.silhouettes(points.points, {k: g.labels for k, g in ours.items()})
    labels, scores = scikit_learn(table, range(2, 8))
    for k in labels:
        np.testing.assert_array_equal(ours[k].labels, labels[k])
        assert clear[k] == pytest.approx(scores[k], abs=1e-12)


def test_copies_fall_together_and_their_silhouettes_equal() -> None:
    table = cloths(3, 24)
    table[12:] = table[:12]
    points = geometry(table)
    ours = kmeans.group(points, range(2, 13))
    clear = kmeans.silhouettes(points.points, {k: g.labels for k, g in ours.items()})
    labels, scores = scikit_learn(table, range(2, 13))
    for k in labels:
        np.testing.assert_array_equal(ours[k].labels, labels[k])
        np.testing.assert_array_equal(ours[k].labels[12:], ours[k].labels[:12])
        # scikit-learn takes equal pictures for 1e-5 apart, by its own rounding; here they are 0
        assert clear[k] == pytest.approx(scores[k], abs=1e-6)
    assert clear[12] == 1


def test_the_stopping_bound_is_that_of_the_whole_table(monkeypatch: pytest.MonkeyPatch) -> None:
    table = cloths(5, 60)
    points = geometry(table)
    scaled = StandardScaler().fit_transform(table)
    steps = set()
    for bound in (1, 10, 100, 1000):  # so large that it stops before it settles
        monkeypatch.setattr(kmeans, "TOLERANCE", bound)
        ours = kmeans.group(points, [6], starts=1)[6]
        theirs = KMeans(6, n_init=1, random_state=42, tol=bound).fit(scaled)
        steps.add(theirs.n_iter_)
        np.testing.assert_array_equal(ours.labels, theirs.labels_)
        assert ours.inertia == pytest.approx(theirs.inertia_, rel=1e-12)
    assert len(steps) > 1, "this table would not show the difference"


def test_silhouettes_in_chunks_equal_those_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    points = geometry(cloths(2, 50)).points
    labels = {k: kmeans.group(geometry(cloths(2, 50)), [k])[k].labels for k in (2, 5)}
    whole = kmeans.silhouettes(points, labels)
    monkeypatch.setattr(room, "_CHUNK_BYTES", 8 * 50 * 7)
    assert kmeans.silhouettes(points, labels) == pytest.approx(whole, abs=1e-13)


def test_a_group_of_one_counts_as_zero() -> None:
    points = np.array([[0.0], [1.0], [10.0]])
    labels = np.array([0, 0, 1], dtype=np.int32)
    found = kmeans.silhouettes(points, {2: labels})[2]
    assert found == pytest.approx(((10 - 1) / 10 + (9 - 1) / 9 + 0) / 3)
    assert found == pytest.approx(silhouette_score(points, labels))


def test_twice_gives_the_same() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first, second = (kmeans.group(geometry(cloths(1, 30)), [7])[7] for _ in range(2))
    np.testing.assert_array_equal(first.labels, second.labels)
    assert first.inertia == second.inertia
