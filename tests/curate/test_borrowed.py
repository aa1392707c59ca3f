"""The map of what was borrowed: colours by parent, grey on plain ground, parents beside it."""

import numpy as np

from latelier.curate.borrowed import COLOURS, borrowed, tinted

IMAGE = np.full((20, 30, 3), 255, dtype=np.uint8)
OWNERS = np.zeros((20, 30), dtype=np.uint8)
OWNERS[:, 10:20], OWNERS[:, 20:] = 1, 255


def test_each_parent_has_its_colour_and_plain_ground_is_grey() -> None:
    shown = tinted(IMAGE, OWNERS)
    assert tuple(shown[5, 5]) == COLOURS[0] and tuple(shown[5, 15]) == COLOURS[1]
    assert len(set(shown[5, 25].tolist())) == 1 and shown[5, 25, 0] < 100


def test_a_seam_is_dark_and_the_drawing_shows_through() -> None:
    shown = tinted(IMAGE, OWNERS)
    assert shown[5, 10].sum() < 0.5 * shown[5, 12].sum()
    assert (tinted(IMAGE // 4, OWNERS)[5, 5] < shown[5, 5]).any()


def test_parents_stand_beside_it_framed_in_their_colour() -> None:
    many = [(np.zeros((16, 16, 3), dtype=np.uint8), f"cloth {i}\n10 %") for i in range(20)]
    page = borrowed(IMAGE, OWNERS, many)
    wide = borrowed(IMAGE, OWNERS, many[:2])
    assert page.shape[0] == wide.shape[0] and page.shape[1] > wide.shape[1]
    for colour in COLOURS[:2]:
        assert (wide == colour).all(-1).any()


def test_a_thirteenth_parent_has_the_colour_of_all_others() -> None:
    owners = np.full((20, 30), 40, dtype=np.uint8)
    assert len(set(tinted(IMAGE, owners)[5, 5].tolist())) == 1
