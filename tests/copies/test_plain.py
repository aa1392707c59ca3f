"""Two circles are one picture only where they lie alike in their frames."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from latelier.copies.pixels import Sight
from latelier.copies.plain import is_plain, same_frame
from planted import brocade, ink, kinds

FIGURES = ("disc", "ring", "box", "bar")


def figure(kind: str, x: float, y: float, r: float) -> Image.Image:
    page = Image.new("RGB", (400, 400), "white")
    draw, wide = ImageDraw.Draw(page), r * (0.25 if kind == "bar" else 1.0)
    box, line = [x - r, y - wide, x + r, y + wide], round(r / 6)
    if kind in ("disc", "ring"):
        draw.ellipse(box, outline="black", fill="black" if kind == "disc" else None, width=line)
    else:
        draw.rectangle(box, outline="black", fill="black" if kind == "bar" else None, width=line)
    return page.filter(ImageFilter.GaussianBlur(0.7))


def sight(picture: Image.Image) -> Sight:
    return Sight(np.asarray(picture.resize((128, 128), Image.Resampling.BOX)))


@pytest.mark.parametrize("kind", FIGURES)
def test_plain_figures_are_told(kind: str) -> None:
    assert is_plain(sight(figure(kind, 170, 210, 90)))


@pytest.mark.parametrize("draw", [ink, brocade])
def test_what_a_hand_or_a_loom_made_is_not_plain(draw) -> None:
    assert not any(is_plain(sight(draw(seed, 400))) for seed in range(8))


@pytest.mark.parametrize("kind", ["disc", "ring"])
def test_two_circles_are_copies_only_where_they_lie_alike(kind: str) -> None:
    one, other = figure(kind, 150, 150, 90), figure(kind, 260, 240, 60)
    said = kinds(one, other, ImageOps.mirror(one).resize((300, 300)))
    assert said.pop((0, 2)) == "near"
    assert set(said.values()) <= {"plain"}


def test_a_frame_is_the_same_when_flipped_and_not_when_cropped() -> None:
    first = second = sight(ink(0, 400))
    assert same_frame(np.array([[-1.0, 0, 127], [0, 1, 0]]), first, second)
    assert same_frame(np.array([[0, 1.0, 0], [-1, 0, 127]]), first, second)
    assert not same_frame(np.array([[0.8, 0, 12], [0, 0.8, 12]]), first, second)
