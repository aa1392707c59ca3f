"""In what dress a part comes is told from its colours, and how it was changed is put into words."""

import numpy as np
import pytest
from PIL import Image, ImageFilter, ImageOps

from latelier.tracing.dress import dress
from latelier.tracing.words import nothing, sentence, turned, unlike, way
from planted import brocade

SAME = np.array([[1.0, 0, 0], [0, 1, 0]])
WHOLE = np.array([[0.05, 0.05], [0.95, 0.05], [0.95, 0.95], [0.05, 0.95]])


def _drawn(picture: Image.Image) -> Image.Image:
    """The edges of a picture as dark lines on white."""
    edges = picture.convert("L").filter(ImageFilter.GaussianBlur(1)).filter(ImageFilter.FIND_EDGES)
    return edges.point(lambda v: 20 if v > 40 else 250).convert("RGB")


def kinds(design: Image.Image, original: Image.Image, by_light: float) -> list[str]:
    found = dress(np.asarray(design), np.asarray(original), SAME, WHOLE)
    return found.kinds(by_light)


def test_a_part_as_it_was_has_no_new_dress() -> None:
    assert kinds(brocade(4).resize((300, 300)), brocade(4), 0.6) == []


def test_a_negative_is_told() -> None:
    assert kinds(ImageOps.invert(brocade(4)), brocade(4), 0.3) == ["negative", "recoloured"]


def test_other_dyes_are_told() -> None:
    cloth = brocade(4)
    h, s, v = cloth.convert("HSV").split()
    dyed = Image.merge("HSV", (h.point(lambda a: (a + 110) % 256), s, v)).convert("RGB")
    assert kinds(dyed, cloth, 0.4) == ["recoloured"]


def test_a_drawing_in_lines_is_told() -> None:
    assert kinds(_drawn(brocade(4)), brocade(4), 0.0) == ["redrawn"]


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("angle", [0.0, 34.0, -70.0, 170.0])
def test_turn_and_size_are_read_from_the_map(angle: float, mirrored: bool) -> None:
    c, s = 2.0 * np.cos(np.deg2rad(angle)), 2.0 * np.sin(np.deg2rad(angle))
    onto = np.array([[c, -s], [s, c]])  # the original's part, mirrored first, onto the design
    if mirrored:
        onto = onto @ np.diag([-1.0, 1.0])
    back = np.linalg.inv(onto)
    found, size = turned(np.c_[back, [0.0, 0.0]], mirrored)
    assert found == pytest.approx(angle)
    assert size == pytest.approx(2)


def test_changes_are_said_as_a_person_says_them() -> None:
    assert way(180, 1.0, True, [], 1) == ["mirrored upside down"]
    assert way(-12, 3.0, False, ["redrawn"], 4) == [
        "repeated 4 times",
        "turned by 12 degrees to the left",
        "three times as large",
        "drawn anew in lines",
    ]
    assert way(1, 1.05, False, [], 1) == []


def test_a_finding_is_one_sentence_that_is_never_certain() -> None:
    said = sentence("a.jpg", [], 0.95, 0.2, 31, 0.9999)
    assert said == (
        "Nearly all of the design is 20% of a.jpg, as it was; 31 places agree, "
        "probability above 0.99."
    )


def test_what_is_not_alike_is_said_too() -> None:
    assert "70% of the design was found in no original" in unlike(["redrawn"], 0.3)
    assert "only outlines agree" in unlike(["redrawn"], 0.3)
    assert unlike([], 1.0) == ""


def test_finding_nothing_is_said_with_care() -> None:
    assert nothing(641, 100).startswith("No borrowing found in 641 originals; a redrawing")
    assert nothing(1, 100).startswith("No borrowing found in 1 original;")
    assert "nothing in it to compare" in nothing(641, 0)
