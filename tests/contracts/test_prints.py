"""Every print format of the registry is held to the contract of ``printing/_contract.py``."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import numpy as np
import pikepdf
import pytest
from PIL import Image

from drawn import cloth
from latelier import registry
from latelier.errors import Damaged, DiskError, LatelierError, UsageError
from latelier.images import SRGB_PROFILE, Pixels, pixels_sha256
from latelier.printing import BAND, Paper, put

NAMES = registry.names("printing")
SIZES = [(1, 1), (3, 2), (64, BAND), (65, BAND + 1), (200, 3 * BAND - 1)]

pytestmark = pytest.mark.parametrize("name", NAMES)


@pytest.fixture
def format_(name: str) -> ModuleType:
    return registry.load("printing", name)


def pixels_of(width: int, height: int, seed: int = 0) -> Pixels:
    picture = cloth(np.random.default_rng(seed), height, width)
    picture[height // 3 : height // 2] = 255  # a flat part
    return picture


def paper(pixels: Pixels, dpi: int = 200, **more) -> Paper:
    height, width = pixels.shape[:2]

    def bands() -> Iterator[Pixels]:
        for start in range(0, height, BAND):
            yield pixels[start : start + BAND]

    inches = (Fraction(width, dpi), Fraction(height, dpi))
    return Paper(
        width, height, Fraction(dpi), *inches, more.pop("bleed", Fraction(0)), bands, **more
    )


def read_by_others(path: Path) -> Pixels:
    """The pixels as Pillow or pikepdf read them, whose decoders are not ours."""
    if path.suffix != ".pdf":
        with Image.open(path) as picture:
            return np.asarray(picture.convert("RGB"))
    with pikepdf.open(path) as document:
        (image,) = document.pages[0].get_images().values()
        return np.asarray(pikepdf.PdfImage(image).as_pil_image().convert("RGB"))


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_pixel_comes_back_with_size_resolution_and_profile(
    format_: ModuleType, size: tuple[int, int], tmp_path: Path
) -> None:
    pixels = pixels_of(*size)
    path = tmp_path / f"sheet{format_.SUFFIXES[0]}"
    (found,) = put(path, [paper(pixels)], format_)
    assert (found.width, found.height) == size
    assert found.digest == pixels_sha256(pixels)
    assert found.profile == SRGB_PROFILE
    assert found.dpi == pytest.approx((200, 200), abs=0.001)
    assert np.array_equal(read_by_others(path), pixels)


def test_noise_and_plain_grounds_come_back_too(format_: ModuleType, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 256, (BAND + 30, 77, 3), dtype=np.uint8)
    for i, pixels in enumerate((noise, np.zeros_like(noise), np.full_like(noise, 255))):
        path = tmp_path / f"{i}{format_.SUFFIXES[0]}"
        put(path, [paper(pixels)], format_)
        assert np.array_equal(read_by_others(path), pixels)


def test_equal_sheets_are_equal_files(format_: ModuleType, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        put(
            tmp_path / folder / "s", [paper(pixels_of(90, 70), title="Señora", author="X")], format_
        )
    assert (tmp_path / "a/s").read_bytes() == (tmp_path / "b/s").read_bytes()


def test_a_file_that_reads_back_differently_is_never_left(
    format_: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = format_.write

    def spoiled(path: Path, papers: list[Paper]) -> None:
        write(path, papers)
        raw = bytearray(path.read_bytes())
        place = len(raw) // 2
        raw[place] ^= 0x55
        path.write_bytes(raw)

    monkeypatch.setattr(format_, "write", spoiled)
    noise = np.random.default_rng(2).integers(0, 256, (300, 200, 3), dtype=np.uint8)
    with pytest.raises(LatelierError):
        put(tmp_path / "sheet", [paper(noise)], format_)
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_that_is_cut_short_is_noticed(format_: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "sheet"
    noise = np.random.default_rng(2).integers(0, 256, (300, 200, 3), dtype=np.uint8)
    put(path, [paper(noise)], format_)
    path.write_bytes(path.read_bytes()[:-30_000])
    with pytest.raises(Damaged):
        format_.reopen(path)


def test_one_file_holds_several_sheets_or_says_that_it_cannot(
    format_: ModuleType, tmp_path: Path
) -> None:
    papers = [paper(pixels_of(40, 30, seed)) for seed in (1, 2, 3)]
    if not format_.MANY:
        with pytest.raises(UsageError, match="holds one sheet; 3 need a PDF"):
            put(tmp_path / "sheet", papers, format_)
        return
    found = put(tmp_path / "sheet", papers, format_)
    assert [f.digest for f in found] == [pixels_sha256(pixels_of(40, 30, s)) for s in (1, 2, 3)]


def test_a_place_that_cannot_be_written_is_one_sentence(
    format_: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(DiskError):
        put(tmp_path / "file" / "sheet", [paper(pixels_of(10, 10))], format_)
