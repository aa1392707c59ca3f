"""Figures: each picture at its own point, the same bytes each time, true numbers in words."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from latelier.cluster import curves, plates, scatter
from latelier.cluster.geometry import geometry

COLOURS = np.array(
    [[220, 30, 30], [30, 160, 60], [40, 60, 200], [230, 180, 20], [120, 40, 140]], np.uint8
)


def coloured(n: int, height: int = 12, width: int = 12) -> NDArray[np.uint8]:
    """Pictures of one colour each, in turn."""
    flat = COLOURS[np.arange(n) % len(COLOURS)]
    return np.broadcast_to(flat[:, None, None, :], (n, height, width, 3)).copy()


def ring(n: int) -> NDArray[np.float64]:
    """Places far enough apart that no picture hides another's middle."""
    turn = 2 * np.pi * np.arange(n) / n
    return np.stack([np.cos(turn), 0.7 * np.sin(turn), 0 * turn], axis=1)


def opened(data: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB"))


@pytest.mark.parametrize("order", [0, 1, 2])
def test_at_each_point_stands_the_picture_that_belongs_there(order: int) -> None:
    shuffled = np.random.default_rng(order).permutation(15)
    places, pictures = ring(15)[shuffled, :2], coloured(15)
    canvas, middles = scatter.composed(places, pictures)
    for (x, y), picture in zip(middles, pictures, strict=True):
        np.testing.assert_array_equal(canvas[y, x], picture[0, 0])
    right = np.argsort(places[:, 0], kind="stable")
    assert (np.diff(middles[right, 0]) >= 0).all()
    up = np.argsort(places[:, 1], kind="stable")
    assert (np.diff(middles[up, 1]) <= 0).all(), "up on the map is up in numbers"


def test_the_saved_map_shows_what_was_composed() -> None:
    places, pictures = ring(9), coloured(9)
    groups = ["0", "1", ""] * 3
    drawing = scatter.flat(places, pictures, groups, captions=("across", "up"))
    page = opened(drawing.png)
    _, middles = scatter.composed(places[:, :2], pictures, groups)
    for (x, y), picture in zip(middles, pictures, strict=True):
        np.testing.assert_allclose(page[y, x], picture[0, 0], atol=1)


def test_nearer_pictures_lie_over_and_larger_than_those_behind() -> None:
    pictures = coloured(2)
    places = np.array([[0.0, 0.0], [0.0, 0.0]])
    canvas, middles = scatter.composed(places, pictures, near=np.array([1.0, -1.0]))
    x, y = middles[0]
    np.testing.assert_array_equal(canvas[y, x], pictures[0, 0, 0])
    assert not (canvas == pictures[1, 0, 0]).all(axis=2).any(), "the one behind is hidden whole"


def test_both_directions_have_one_scale() -> None:
    corners = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 2.0]])
    _, middles = scatter.composed(corners, coloured(3))
    across, up = middles[1, 0] - middles[0, 0], middles[0, 1] - middles[2, 1]
    assert across == pytest.approx(2 * up, abs=2)


def test_pictures_that_were_stretched_are_shown_in_their_own_proportions() -> None:
    canvas, _ = scatter.composed(
        np.array([[0.0, 0.0], [1.0, 1.0]]), coloured(2), aspects=np.array([2.0, 1.0])
    )
    shown = (canvas == COLOURS[0]).all(axis=2)
    wide, high = np.ptp(np.nonzero(shown)[1]) + 1, np.ptp(np.nonzero(shown)[0]) + 1
    assert wide / high == pytest.approx(2, rel=0.05)


def test_the_view_keeps_lengths_and_turns_nothing_inside_out() -> None:
    points = np.random.default_rng(0).normal(size=(20, 3))
    seen, near = scatter.viewed(points)
    third = near * np.abs((points**2).sum(1) - (seen**2).sum(1)).max() ** 0.5
    np.testing.assert_allclose((seen**2).sum(1) + third**2, (points**2).sum(1), rtol=1e-9)


@pytest.mark.parametrize("n", [1, 2, 3, 400])
def test_few_many_and_coinciding_points_can_be_drawn(n: int) -> None:
    groups = ["mine"] * n
    same = np.zeros((n, 3))
    for points in (ring(n), same):
        assert opened(scatter.deep(points, coloured(n, 5, 9), groups).png).shape[1] == 1500


def test_figures_are_the_same_bytes_each_time() -> None:
    scores = {k: 0.3 / k for k in range(2, 20)}
    chance = dict.fromkeys(scores, (0.01, 0.02))

    def drawn() -> list[bytes]:
        drawings = [
            curves.silhouettes(scores, 7, chance),
            curves.elbow({k: 100.0 / k for k in scores}, 100.0, 7),
            curves.variance(np.array([0.5, 0.3, 0.2]), 0.7, 2),
            scatter.flat(ring(6), coloured(6), list("012012")),
            plates.means(coloured(3), [1, 2, 3]),
        ]
        return [data for d in drawings for data in (d.png, d.svg)]

    first = drawn()
    assert first == drawn()
    for svg in first[1::2]:
        assert b"<dc:date>" not in svg
        assert b"http" not in svg.replace(b"http://www.w3.org", b"").replace(
            b"http://purl.org", b""
        ).replace(b"http://creativecommons.org", b""), "nothing is fetched from elsewhere"


def test_few_groups_flat_curves_and_one_component_can_be_drawn() -> None:
    for scores in ({2: 0.5}, {2: -0.3, 3: 0.95}, {2: 0.1, 40: 0.2}):
        for k in scores:
            assert opened(curves.silhouettes(scores, k).png).shape[1] == 1500
            assert opened(curves.elbow(dict.fromkeys(scores, 1.0), 2.0, k).png).shape[1] == 1500
    assert opened(curves.variance(np.array([1.0]), 0.7, 1).png).shape[1] == 1500


def test_mean_pictures_stand_in_order() -> None:
    page = opened(plates.means(coloured(5, 20, 20), [1] * 5).png)
    cell = page.shape[1] / 5
    for i in range(5):
        np.testing.assert_array_equal(page[40, int((i + 0.5) * cell)], COLOURS[i])


def test_a_component_leads_from_its_low_pictures_to_its_high_ones() -> None:
    rng = np.random.default_rng(0)
    light = rng.permutation(np.linspace(40, 210, 12))
    table = np.clip(light[:, None] + rng.normal(0, 2, (12, 48)), 0, 255).astype(np.uint8)
    found = geometry(table)
    vector = plates.directions(table, found, 1)[0]
    ends = [plates.moved(found, vector, 0, by).mean() for by in (-2, 2)]
    brightest = found.points[np.argmax(light), 0] > found.points[np.argmin(light), 0]
    assert (ends[1] > ends[0]) == brightest
    assert abs(ends[1] - ends[0]) > 150
    assert plates.itself(np.zeros(6)).tolist() == [128] * 6
