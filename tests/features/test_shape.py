"""The outline of figures that are drawn by numbers."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from latelier.features import shape


def named(pixels: np.ndarray) -> dict[str, float]:
    return dict(zip((m.name for m in shape.MEASURES), shape.describe(pixels), strict=True))


def page(ink: tuple[int, int, int] = (40, 40, 90)) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    made = Image.new("RGB", (128, 128), (200, 180, 150))
    return made, ImageDraw.Draw(made)


def star(
    points: int, turn: float = 0.0, x: float = 64, y: float = 64, size: float = 40
) -> np.ndarray:
    made, pen = page()
    ends = []
    for k in range(2 * points):
        far = size * (1 if k % 2 == 0 else 0.45)
        angle = np.pi * k / points + turn
        ends.append((x + far * np.cos(angle), y + far * np.sin(angle)))
    pen.polygon(ends, fill=(40, 40, 90))
    return np.asarray(made)


def test_a_disc_is_round_solid_and_compact() -> None:
    made, pen = page()
    pen.ellipse((34, 34, 94, 94), fill=(40, 40, 90))
    found = named(np.asarray(made))
    assert found["filled"] == pytest.approx(np.pi * 30**2 / 128**2, rel=0.1)
    assert found["roundness"] > 0.97
    assert found["solid"] > 0.97
    assert found["compact"] > 0.85
    assert found["spread"] == pytest.approx(np.sqrt(1 / (2 * np.pi)), abs=0.02)
    assert (found["whole"], found["pieces"]) == (1, 1)


def test_bars_lie_stand_and_lean() -> None:
    boxes = {"lies": (24, 56, 104, 72), "stands": (56, 24, 72, 104)}
    found = {}
    for name, box in boxes.items():
        made, pen = page()
        pen.rectangle(box, fill=(40, 40, 90))
        found[name] = named(np.asarray(made))
    assert found["lies"]["lies"] > 0.7
    assert found["stands"]["lies"] < -0.7
    made, pen = page()
    pen.line((30, 30, 98, 98), fill=(40, 40, 90), width=14)
    assert named(np.asarray(made))["leans"] > 0.7


def test_a_ring_has_a_hole_and_two_discs_are_two() -> None:
    made, pen = page()
    pen.ellipse((24, 24, 104, 104), fill=(40, 40, 90))
    pen.ellipse((44, 44, 84, 84), fill=(200, 180, 150))
    assert named(np.asarray(made))["whole"] == pytest.approx(0.75, abs=0.05)
    made, pen = page()
    pen.ellipse((10, 40, 50, 80), fill=(40, 40, 90))
    pen.ellipse((70, 40, 110, 80), fill=(40, 40, 90))
    assert named(np.asarray(made))["pieces"] == 2


@pytest.mark.parametrize("points", [3, 4, 5])
def test_points_are_counted_however_they_turn_and_wherever_they_lie(points: int) -> None:
    waves = [f"ring_3_wave_{n}" for n in range(1, 6)]
    for turn, x, size in ((0.0, 64, 40), (0.6, 64, 40), (0.2, 50, 30)):
        found = named(star(points, turn, x, size=size))
        assert max(waves, key=lambda name: found[name]) == f"ring_3_wave_{points}"


def test_place_size_and_colour_do_not_matter() -> None:
    large, small = star(5), star(5, x=48, y=80, size=28)
    other = np.where(large == [40, 40, 90], [250, 240, 40], [20, 90, 30]).astype(np.uint8)
    skip = shape.MEASURES[0].name
    for pixels in (small, other):
        for name, value in named(pixels).items():
            if name != skip and "moment" not in name:
                assert value == pytest.approx(named(large)[name], abs=0.15), name


def test_an_even_picture_has_no_figure() -> None:
    assert (shape.describe(np.full((50, 40, 3), 120, np.uint8)) == 0).all()
