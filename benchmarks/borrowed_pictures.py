"""Borrowings planted in pictures: a part of an original taken into another design, as people take it."""

import io
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from changed_pictures import ground, recolour

Picture = Image.Image
TRIES = 8  # places of an original that are looked at; a motif is taken, not empty ground


def part(
    picture: Picture, ink: bool, rng: np.random.Generator, least: float, most: float
) -> Picture:
    """A part of so much of the picture's area, where there is much to see; of a drawing most of it."""
    if ink:
        picture, least, most = content(picture), 0.55, 1.0
    found, best = picture, -1.0
    for _ in range(TRIES):
        wide, tall = (max(12, round(n * rng.uniform(least, most) ** 0.5)) for n in picture.size)
        x = int(rng.integers(0, max(1, picture.width - wide + 1)))
        y = int(rng.integers(0, max(1, picture.height - tall + 1)))
        box = picture.crop((x, y, x + wide, y + tall))
        grey = np.asarray(box.convert("L").resize((64, 64), Image.Resampling.BOX), np.float32)
        detail = float(np.abs(cv2.Laplacian(grey, cv2.CV_32F)).mean())
        if detail > best:
            found, best = box, detail
    return found


def stencil(size: tuple[int, int], rng: np.random.Generator) -> Picture:
    """What is cut out of a part: all of it, an oval, or a shape cut by hand."""
    mask = Image.new("L", size, 0)
    draw, (w, h) = ImageDraw.Draw(mask), size
    kind = int(rng.integers(3))
    if kind == 0:
        draw.rectangle([0, 0, w, h], fill=255)
    elif kind == 1:
        draw.ellipse([0, 0, w - 1, h - 1], fill=255)
    else:
        turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        waves = 0.43 + 0.07 * np.sin(int(rng.integers(2, 5)) * turn + rng.uniform(0, 6))
        x, y = w * (0.5 + waves * np.cos(turn)), h * (0.5 + waves * np.sin(turn))
        draw.polygon(list(zip(x.tolist(), y.tolist(), strict=True)), fill=255)
    return mask


def sized(
    picture: Picture, host: Picture, rng: np.random.Generator, least: float, most: float
) -> Picture:
    """Resized to cover so much of the host's area."""
    area = host.width * host.height * rng.uniform(least, most)
    by = (area / (picture.width * picture.height)) ** 0.5
    by = min(by, 0.96 * host.width / picture.width, 0.96 * host.height / picture.height)
    size = tuple(max(8, round(n * by)) for n in picture.size)
    return picture.resize(size, Image.Resampling.LANCZOS)


def laid(host: Picture, piece: Picture, mask: Picture, ink: bool, at: tuple[int, int]) -> Picture:
    """The host with a piece on it; of ink on paper only the ink is taken along."""
    copy = host.copy()
    if ink:
        paper = Image.new("RGB", host.size, "white")
        paper.paste(piece, at, mask)
        return ImageChops.darker(copy, paper)
    copy.paste(piece, at, mask)
    return copy


def anywhere(host: Picture, piece: Picture, ink: bool, rng: np.random.Generator) -> tuple[int, int]:
    """A place on the host where the piece lies whole; of ink, where the paper is emptiest."""
    places = [
        (
            int(rng.integers(0, max(1, host.width - piece.width + 1))),
            int(rng.integers(0, max(1, host.height - piece.height + 1))),
        )
        for _ in range(TRIES if ink else 1)
    ]
    grey = np.asarray(host.convert("L"), np.float32)
    w, h = piece.size
    return max(places, key=lambda at: float(grey[at[1] : at[1] + h, at[0] : at[0] + w].mean()))


def content(picture: Picture) -> Picture:
    """A drawing without most of the paper around it."""
    box = ImageChops.invert(picture.convert("L")).point(lambda v: 255 * (v > 60)).getbbox()
    if box is None:
        return picture
    left, top, right, low = box
    return picture.crop((max(0, left - 3), max(0, top - 3), right + 3, low + 3))


def jpeg(picture: Picture, rng: np.random.Generator) -> Picture:
    """Saved as a JPEG of quality 50 to 92 and opened again."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=int(rng.integers(50, 92)))
    return Image.open(io.BytesIO(file.getvalue())).convert("RGB")


def _pasted(
    original: Picture,
    host: Picture,
    ink: bool,
    rng: np.random.Generator,
    change: Callable[[Picture], Picture] = lambda p: p,
) -> Picture:
    piece = sized(change(part(original, ink, rng, 0.2, 0.6)), host, rng, 0.12, 0.4)
    return laid(host, piece, stencil(piece.size, rng), ink, anywhere(host, piece, ink, rng))


def cropped(original: Picture, host: Picture, ink: bool, rng: np.random.Generator) -> Picture:
    """A part alone, at 0.7 to 1.6 times its size."""
    piece = part(original, ink, rng, 0.15, 0.5)
    by = rng.uniform(0.7, 1.6)
    return piece.resize(
        (max(16, round(piece.width * by)), max(16, round(piece.height * by))),
        Image.Resampling.LANCZOS,
    )


def pasted(original: Picture, host: Picture, ink: bool, rng: np.random.Generator) -> Picture:
    """A part laid on another design."""
    return _pasted(original, host, ink, rng)


def repeated(original: Picture, host: Picture, ink: bool, rng: np.random.Generator) -> Picture:
    """A part laid on another design three to six times, in a row or in a half-drop, some mirrored."""
    piece = sized(part(original, ink, rng, 0.15, 0.45), host, rng, 0.06, 0.12)
    mask, copy = stencil(piece.size, rng), host
    flip = bool(rng.random() < 0.3)
    across = max(1, min(3, host.width // piece.width))
    down = max(1, min(2, host.height // piece.height))
    for row in range(down):
        for column in range(across):
            x = (host.width - across * piece.width) // 2 + column * piece.width
            y = (host.height - down * piece.height) // 2 + row * piece.height
            this = flip and (row + column) % 2 == 1
            shown, cut = (ImageOps.mirror(p) if this else p for p in (piece, mask))
            copy = laid(copy, shown, cut, ink, (x, y))
    return copy


def swapped(picture: Picture, rng: np.random.Generator) -> Picture:
    """Other dyes: a few colours, each exchanged for one drawn at random."""
    few = picture.quantize(int(rng.integers(4, 9)), method=Image.Quantize.MEDIANCUT)
    few.putpalette([int(v) for v in rng.integers(0, 256, 768)])
    return few.convert("RGB")


def recoloured(original: Picture, host: Picture, ink: bool, rng: np.random.Generator) -> Picture:
    """A part in other colours: another hue or light, a negative, other dyes; ink in a coloured ink."""

    def change(p: Picture) -> Picture:
        if ink:
            tone = tuple(int(v) for v in rng.integers(0, 170, 3))
            return ImageOps.colorize(ImageOps.grayscale(p), tone, (255, 255, 255))
        kind = int(rng.integers(4))
        if kind == 0:
            return ImageOps.invert(p)
        return swapped(p, rng) if kind == 1 else recolour(p, rng)

    return _pasted(original, host, ink, rng, change)


def mirrored(original: Picture, host: Picture, ink: bool, rng: np.random.Generator) -> Picture:
    """A part mirrored, left to right or upside down."""
    flip = ImageOps.mirror if rng.random() < 0.5 else ImageOps.flip
    return _pasted(original, host, ink, rng, flip)


def rotated(original: Picture, host: Picture, ink: bool, rng: np.random.Generator) -> Picture:
    """A part turned by any angle."""
    piece = part(original, ink, rng, 0.2, 0.6)
    mask = stencil(piece.size, rng)
    by = rng.uniform(12, 348)
    piece = piece.rotate(by, Image.Resampling.BICUBIC, expand=True, fillcolor=ground(piece))
    mask = mask.rotate(by, Image.Resampling.BILINEAR, expand=True)
    piece = sized(piece, host, rng, 0.2, 0.5)
    mask = mask.resize(piece.size)
    return laid(host, piece, mask, ink, anywhere(host, piece, ink, rng))


def lines(picture: Picture, rng: np.random.Generator) -> Picture:
    """The outlines of what is in a picture, drawn with an unsteady pen: black on white.

    Args:
        picture: any.
        rng: which draws how fine the eye and how thick and unsteady the hand is.
    """
    by = 360 / max(picture.size)
    size = (max(24, round(picture.width * by)), max(24, round(picture.height * by)))
    rgb = np.asarray(picture.resize(size, Image.Resampling.LANCZOS), np.uint8)
    seen = np.asarray(cv2.GaussianBlur(rgb, (0, 0), rng.uniform(1.6, 2.8)))
    strong = max(np.percentile(_slopes(seen), rng.uniform(78, 88)), 6.0)
    found = np.zeros(seen.shape[:2], np.uint8)
    for k in range(3):
        found |= np.asarray(cv2.Canny(np.ascontiguousarray(seen[..., k]), strong * 0.5, strong))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(found, connectivity=8)
    long = np.r_[False, stats[1:, cv2.CC_STAT_AREA] >= 14] if count > 1 else np.zeros(1, bool)
    drawn = (long[labels] * 255).astype(np.uint8)
    wide = int(rng.integers(1, 4))
    drawn = np.asarray(cv2.dilate(drawn, np.ones((wide, wide), np.uint8)))
    drawn = _unsteady(drawn, rng, rng.uniform(0.8, 2.4))
    pen = Image.fromarray(255 - drawn).filter(ImageFilter.GaussianBlur(0.6))
    return pen.resize(picture.size, Image.Resampling.LANCZOS).convert("RGB")


def _slopes(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    x = cv2.Sobel(rgb, cv2.CV_32F, 1, 0)
    y = cv2.Sobel(rgb, cv2.CV_32F, 0, 1)
    return np.asarray((np.abs(x) + np.abs(y)).max(axis=2), np.float32)


def _unsteady(drawn: NDArray[np.uint8], rng: np.random.Generator, by: float) -> NDArray[np.uint8]:
    """Every place moved by some pixels, near ones alike."""
    h, w = drawn.shape
    y, x = np.mgrid[:h, :w].astype(np.float32)
    waves = [
        cv2.GaussianBlur(rng.normal(0, 1, (h, w)).astype(np.float32), (0, 0), 18) for _ in "xy"
    ]
    right, down = (v / max(float(v.std()), 1e-6) * by for v in waves)
    return np.asarray(
        cv2.remap(drawn, x + right, y + down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    )


def redrawn(original: Picture, host: Picture, ink: bool, rng: np.random.Generator) -> Picture:
    """The outlines of a part, drawn by hand on plain ground, alone or beside another line drawing."""
    piece = lines(part(original, ink, rng, 0.25, 0.7), rng)
    if rng.random() < 0.5:
        page = lines(host, rng)
        piece = sized(piece, page, rng, 0.25, 0.5)
        page.paste(piece, anywhere(page, piece, True, rng))
    else:
        page = Image.new("RGB", host.size, "white")
        piece = sized(piece, page, rng, 0.4, 0.9)
        page.paste(piece, anywhere(page, piece, True, rng))
    tone = tuple(int(v) for v in rng.integers(0, 110, 3))
    paper = tuple(int(v) for v in rng.integers(200, 256, 3))
    return ImageOps.colorize(ImageOps.grayscale(page), tone, paper)


KINDS: dict[str, Callable[[Picture, Picture, bool, np.random.Generator], Picture]] = {
    "crop": cropped,
    "paste": pasted,
    "repeat": repeated,
    "recolour": recoloured,
    "mirror": mirrored,
    "rotate": rotated,
    "redraw": redrawn,
}
