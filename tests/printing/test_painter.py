"""Painting in bands is the same as painting at once, and holds little."""

import numpy as np
import pytest
from PIL import Image

from drawn import cloth
from latelier.images import Pixels
from latelier.printing import BAND, Inscription, Picture, Preview, Sheet, fit, ink_on
from latelier.printing import _painter as painter


def picture(box, pixels: Pixels, *, smooth: bool = True, loads: list[int] | None = None) -> Picture:
    def load() -> Pixels:
        if loads is not None:
            loads.append(1)
        return pixels

    height, width = pixels.shape[:2]
    return Picture(box, (0, 0, width, height), load, smooth)


def painted(sheet: Sheet) -> Pixels:
    bands = list(sheet.bands())
    assert all(len(b) == BAND for b in bands[:-1])
    return np.concatenate(bands)


def test_pictures_stand_where_they_should_and_are_read_once() -> None:
    a, b = cloth(np.random.default_rng(0), 150, 90), cloth(np.random.default_rng(1), 300, 120)
    loads: list[int] = []
    pictures = [
        picture((5, 7, 90, 150), a, loads=loads),
        picture((200, 40, 120, 300), b, loads=loads),
    ]
    page = painted(Sheet(400, 400, 0, (10, 20, 30), (0, 0, 0), pictures))
    assert page.shape == (400, 400, 3)
    assert np.array_equal(page[7:157, 5:95], a)
    assert np.array_equal(page[40:340, 200:320], b)
    assert tuple(page[0, 0]) == tuple(page[399, 399]) == (10, 20, 30)
    assert len(loads) == 2


@pytest.mark.parametrize("smooth", [True, False])
@pytest.mark.parametrize("size", [(300, 410), (40, 51)])
def test_a_picture_is_resized_as_pillow_resizes_it_whole(
    size: tuple[int, int], smooth: bool
) -> None:
    pixels = cloth(np.random.default_rng(2), 120, 100)
    page = painted(
        Sheet(500, 500, 0, (0, 0, 0), (0, 0, 0), [picture((9, 30, *size), pixels, smooth=smooth)])
    )
    way = Image.Resampling.LANCZOS if smooth else Image.Resampling.NEAREST
    whole = np.asarray(Image.fromarray(pixels).resize(size, way))
    assert np.array_equal(page[30 : 30 + size[1], 9 : 9 + size[0]], whole)


def test_a_poster_is_enlarged_in_strips_that_join_without_a_seam(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(painter, "WHOLE_PX", 1000)
    pixels = cloth(np.random.default_rng(3), 61, 53)
    page = painted(Sheet(400, 500, 0, (0, 0, 0), (0, 0, 0), [picture((0, 0, 400, 500), pixels)]))
    whole = np.asarray(Image.fromarray(pixels).resize((400, 500), Image.Resampling.LANCZOS))
    assert np.abs(page.astype(int) - whole).max() <= 1  # rounding of where a strip begins
    nearest = picture((0, 0, 400, 500), pixels, smooth=False)
    page = painted(Sheet(400, 500, 0, (0, 0, 0), (0, 0, 0), [nearest]))
    whole = np.asarray(Image.fromarray(pixels).resize((400, 500), Image.Resampling.NEAREST))
    assert (page != whole).any(axis=2).mean() < 0.01


@pytest.mark.parametrize("bleed", [1, 30, BAND + 3])
def test_the_bleed_is_the_mirror_image_of_the_page(bleed: int) -> None:
    pixels = cloth(np.random.default_rng(4), 260, 300)
    plain = painted(Sheet(300, 260, 0, (9, 9, 9), (0, 0, 0), [picture((0, 0, 300, 260), pixels)]))
    page = painted(
        Sheet(300, 260, bleed, (9, 9, 9), (0, 0, 0), [picture((0, 0, 300, 260), pixels)])
    )
    pad = ((bleed, bleed), (bleed, bleed), (0, 0))
    assert np.array_equal(page, np.pad(plain, pad, mode="symmetric"))


def test_text_is_inked_over_the_ground_even_across_bands_and_edges() -> None:
    ink = np.full((40, 50), 128, np.uint8)
    texts = [Inscription(10, BAND - 20, ink), Inscription(-20, 5, ink), Inscription(180, 5, ink)]
    page = painted(Sheet(200, 200, 0, (200, 100, 0), (0, 0, 250), [], texts))
    mixed = (100, 50, 125)  # 128 of 255 of the ink
    assert tuple(page[BAND - 1, 30]) == tuple(page[BAND, 30]) == mixed
    assert tuple(page[10, 0]) == tuple(page[10, 199]) == mixed
    assert tuple(page[10, 100]) == (200, 100, 0)


def test_a_crop_takes_the_middle_and_whole_pictures_the_most_room() -> None:
    assert fit((300, 100), (0, 0, 50, 50), fill=True) == ((0, 0, 50, 50), (100, 0, 200, 100))
    assert fit((100, 300), (0, 0, 50, 50), fill=False)[0] == (16, 0, 17, 50)
    assert fit((5000, 1), (0, 0, 50, 50), fill=False)[0] == (0, 24, 50, 1)
    assert ink_on((0, 0, 0)) > ink_on((255, 255, 255))


@pytest.mark.parametrize("size", [(300, 200), (1101, 2500), (5, 3000)])
def test_the_preview_is_the_mean_of_squares(size: tuple[int, int]) -> None:
    width, height = size
    pixels = np.random.default_rng(5).integers(0, 256, (height, width, 3), dtype=np.uint8)
    preview = Preview(width, height)
    for start in range(0, height, BAND):
        preview.take(pixels[start : start + BAND])
    square = -(-max(size) // 1100)
    assert preview.pixels.shape == (-(-height // square), -(-width // square), 3)
    corner = pixels[:square, :square].reshape(-1, 3).mean(axis=0)
    last = pixels[(height - 1) // square * square :, (width - 1) // square * square :]
    assert np.abs(preview.pixels[0, 0] - corner).max() <= 0.51
    assert np.abs(preview.pixels[-1, -1] - last.reshape(-1, 3).mean(axis=0)).max() <= 0.51
