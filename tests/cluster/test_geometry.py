"""Points in few dimensions with the distances of the whole table, equal to exact PCA."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.metrics import euclidean_distances
from sklearn.preprocessing import StandardScaler

from drawn import cloth
from latelier.cluster import geometry as room
from latelier.cluster.geometry import directions, geometry, means


def cloths(seed: int, n: int, size: int = 16) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    return np.stack([cloth(rng, size, size).reshape(-1) for _ in range(n)])


TABLES = {
    "few pictures": cloths(0, 25),
    "more pictures than pixels": cloths(1, 90, size=4),
    "as many as pixels": cloths(2, 48, size=4),
    "floats": np.random.default_rng(3).normal(50, 9, (30, 70)),
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_components_and_variances_equal_exact_pca(table: NDArray) -> None:
    found = geometry(table)
    scaled = StandardScaler().fit_transform(table)
    exact = PCA(svd_solver="full").fit(scaled)
    r = found.points.shape[1]
    assert r <= min(len(table) - 1, table.shape[1])
    np.testing.assert_allclose(found.variances, exact.explained_variance_[:r], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found.shares, exact.explained_variance_ratio_[:r], atol=1e-12)
    scores = exact.transform(scaled)[:, :5]
    signs = np.sign(np.sum(scores * found.points[:, :5], axis=0))
    np.testing.assert_allclose(found.points[:, :5] * signs, scores, atol=1e-8)
    np.testing.assert_allclose(
        directions(table, found, 5) * signs[:, None], exact.components_[:5], atol=1e-10
    )


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_distances_are_those_of_the_scaled_table(table: NDArray) -> None:
    scaled = StandardScaler().fit_transform(table)
    np.testing.assert_allclose(
        euclidean_distances(geometry(table).points), euclidean_distances(scaled), atol=1e-6
    )


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("block", [1, 4096, 1 << 30])
def test_streaming_in_blocks_equals_the_whole(
    table: NDArray, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = geometry(table)
    labels = np.arange(len(table)) % 3
    of_whole = directions(table, whole, 4), means(table, labels, 3)
    monkeypatch.setattr(room, "_BLOCK_BYTES", block)
    parts = geometry(table)
    np.testing.assert_allclose(parts.points[:, :6], whole.points[:, :6], atol=1e-9)
    np.testing.assert_allclose(parts.variances, whole.variances, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(directions(table, parts, 4), of_whole[0], atol=1e-11)
    np.testing.assert_allclose(means(table, labels, 3), of_whole[1], atol=1e-11)


def test_a_memory_map_gives_what_the_array_gives(tmp_path: Path) -> None:
    table = TABLES["few pictures"]
    table.tofile(tmp_path / "pixels")
    mapped = np.memmap(tmp_path / "pixels", np.uint8, "r", shape=table.shape)
    np.testing.assert_array_equal(geometry(mapped).points, geometry(table).points)


def test_columns_that_never_change_are_left_at_zero_as_standardscaler_does() -> None:
    table = cloths(4, 20)
    table[:, 5:200] = 17
    table[:, 300] = 255
    table[0, 300] = 254  # hardly constant is not constant
    found = geometry(table)
    theirs = StandardScaler().fit(table)
    np.testing.assert_allclose(found.scale, theirs.scale_, rtol=1e-14)
    np.testing.assert_allclose(found.mean, theirs.mean_, rtol=1e-14)
    assert (found.scale[5:200] == 1).all()
    assert found.total == pytest.approx((table.shape[1] - 195) * 20 / 19)


def test_the_count_that_reaches_a_share_is_counted_from_one() -> None:
    # three independent columns with variances 4, 2, 1 in units of the whole 7
    base = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], float)
    found = geometry(base * np.sqrt([4, 2, 1]), standardise=False)
    np.testing.assert_allclose(found.shares, np.array([4, 2, 1]) / 7)
    assert found.components_for(0.5) == 1
    assert found.components_for(4 / 7) == 1
    assert found.components_for(0.70) == 2
    assert found.components_for(0.99) == 3
    assert found.components_for(1.0) == 3


def test_keeping_fewer_components_leaves_the_shares_true() -> None:
    table = TABLES["few pictures"]
    whole, part = geometry(table), geometry(table, keep=4)
    assert part.points.shape == (25, 4)
    np.testing.assert_array_equal(part.shares, whole.shares[:4])


def test_without_standardising_the_table_is_only_centred() -> None:
    table = TABLES["floats"]
    exact = PCA(svd_solver="full").fit(table)
    np.testing.assert_allclose(
        geometry(table, standardise=False).shares, exact.explained_variance_ratio_[:29], atol=1e-12
    )


def test_means_are_means() -> None:
    table = cloths(6, 9)
    labels = np.array([0, 1, 1, 2, 2, 2, 0, 1, 2])
    for group, mean in enumerate(means(table, labels, 3)):
        np.testing.assert_allclose(mean, table[labels == group].mean(axis=0), atol=1e-12)
