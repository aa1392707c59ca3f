"""What stays of a picture: through a mirror, other dyes, a negative; nothing of plain ground."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from latelier.tracing.marks import Marks, edges, from_bytes, marks, mirrored, pen, to_bytes
from planted import brocade


@pytest.fixture(scope="module")
def cloth() -> Image.Image:
    return brocade(3)


@pytest.fixture(scope="module")
def seen(cloth: Image.Image) -> Marks:
    return marks(np.asarray(cloth))


def _alike(first: Marks, second: Marks) -> NDArray[np.float32]:
    """The cosine of each mark and the one that lies where it lies, for those that have one."""
    far = np.hypot(
        first.places[:, None, 0] - second.places[None, :, 0],
        first.places[:, None, 1] - second.places[None, :, 1],
    )
    turn = np.abs(np.angle(np.exp(1j * (first.places[:, None, 3] - second.places[None, :, 3]))))
    far = far + 0.05 * turn + (first.kinds[:, None] != second.kinds[None])
    near = far.min(axis=1) < 0.01
    a, b = first.looks[near], second.looks[far.argmin(axis=1)[near]]
    assert near.mean() > 0.5
    return (a.astype(np.float32) * b.astype(np.float32)).sum(axis=1) / 512**2


def test_marks_of_a_mirror_image_are_those_of_the_picture_rearranged(
    cloth: Image.Image, seen: Marks
) -> None:
    again = marks(np.asarray(ImageOps.mirror(cloth)))
    assert np.median(_alike(mirrored(seen), again)) > 0.98


def test_mirroring_twice_changes_nothing(seen: Marks) -> None:
    twice = mirrored(mirrored(seen))
    assert np.array_equal(twice.looks, seen.looks)
    assert np.allclose(twice.places[:, :2], seen.places[:, :2], atol=1e-6)


def test_a_negative_and_exchanged_colours_have_the_same_edges(cloth: Image.Image) -> None:
    pixels = np.asarray(cloth)
    as_it_is = edges(pixels).astype(float)
    assert np.abs(edges(255 - pixels) - as_it_is).mean() < 3
    assert np.abs(edges(np.ascontiguousarray(pixels[..., ::-1])) - as_it_is).mean() < 1


def test_a_line_along_an_edge_has_its_ridge_where_the_edge_has_it() -> None:
    step = np.full((60, 120, 3), 60, np.uint8)
    step[:, 60:] = 200
    line = np.full((60, 120, 3), 235, np.uint8)
    line[:, 59:61] = 20
    found = [int(edges(p)[30].argmax()) for p in (step, line)]
    assert abs(found[0] - found[1]) <= 1


def test_the_pen_of_a_wide_line_has_one_ridge_in_its_middle_and_a_cloth_has_none(
    cloth: Image.Image,
) -> None:
    line = np.full((90, 180, 3), 240, np.uint8)
    line[:, 88:93] = 30
    both = edges(line)[45].astype(int)
    assert both[90] < both[87] and both[90] < both[92]  # two ridges, one on each side
    ridge = pen(line)
    assert ridge is not None
    assert abs(int(ridge[45].argmax()) - 90) <= 1
    assert pen(np.asarray(cloth)) is None
    assert pen(np.full((50, 80, 3), 120, np.uint8)) is None


def test_plain_ground_and_a_single_pixel_have_no_marks() -> None:
    assert len(marks(np.full((50, 80, 3), 120, np.uint8))) == 0
    assert len(marks(np.full((1, 1, 3), 120, np.uint8))) == 0


def test_marks_come_back_from_bytes_as_they_were(seen: Marks) -> None:
    back = from_bytes(to_bytes(seen))
    for name in ("places", "looks", "kinds", "edges"):
        assert np.array_equal(getattr(back, name), getattr(seen, name))
    assert back.size == pytest.approx(seen.size)
