"""Pictures with one change planted in each, for finding copies, and what they are said to be."""

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from latelier.copies.compare import compared
from latelier.copies.fingerprint import fingerprint
from latelier.copies.judge import LIKENESS
from latelier.copies.proposals import Hashed

Picture = Image.Image


def brocade(seed: int, side: int = 200, hand: str = "a") -> Picture:
    """A woven cloth with motifs of its own: bands, each of another small shape, repeated with care.

    Two hands weave the same bands and motifs, each a little differently.
    """
    rng = np.random.default_rng([5, seed])
    unsteady = np.random.default_rng([seed, ord(hand)])
    colours = [tuple(int(v) for v in rng.integers(0, 256, 3)) for _ in range(5)]
    cloth = Image.new("RGB", (2 * side, 2 * side), colours[0])  # made smaller: no jagged edges
    draw = ImageDraw.Draw(cloth)
    y = 0
    while y < side:
        height = int(rng.integers(12, 36))
        band, motif, period = (
            colours[rng.integers(5)],
            rng.random((6, 2)),
            int(rng.integers(18, 50)),
        )
        threads = [colours[rng.integers(5)] for _ in range(side // 18 + 2)]
        height = round(height * unsteady.uniform(0.8, 1.25))
        draw.rectangle([0, 2 * y, 2 * side, 2 * (y + height)], fill=band)
        start = -unsteady.integers(1, period)
        for k, x in enumerate(range(start, side, period)):
            wobble = unsteady.normal(0, 1.5, (6, 2))
            points = [
                (2 * (x + px * period + dx), 2 * (y + py * height + dy))
                for (px, py), (dx, dy) in zip(motif, wobble, strict=True)
            ]
            draw.polygon(points, fill=threads[k])
        y += height
    return cloth.resize((side, side), Image.Resampling.LANCZOS)


def ink(seed: int, side: int = 200) -> Picture:
    """Some brush strokes, black on white."""
    rng = np.random.default_rng([6, seed])
    page = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(page)
    t = np.linspace(0, 1, 60)[:, None]
    for _ in range(int(rng.integers(2, 4))):
        a, b, c, d = rng.uniform(0.12, 0.88, (4, 2)) * side
        curve = (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d
        for k, (x, y) in enumerate(curve):
            r = side * (0.012 + 0.02 * abs(np.sin(k / 11 + a[0])))
            draw.ellipse([x - r, y - r, x + r, y + r], fill="black")
    return page.filter(ImageFilter.GaussianBlur(0.7))


def _jpeg(picture: Picture, quality: int) -> Picture:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(io.BytesIO(file.getvalue())).convert("RGB")


def _noisy(picture: Picture) -> Picture:
    rng = np.random.default_rng(1)
    pixels = np.asarray(picture).astype(float)
    light = 1 - 0.2 * np.linspace(0, 1, pixels.shape[1])[None, :, None]
    noisy = pixels * light + rng.normal(0, 9, pixels.shape)
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def _overlaid(picture: Picture) -> Picture:
    copy = picture.copy()
    w, h = copy.size
    ImageDraw.Draw(copy).rectangle([w * 0.55, h * 0.6, w * 0.9, h * 0.85], fill=(200, 30, 30))
    return copy


def _cropped(picture: Picture, share: float) -> Picture:
    w, h = picture.size
    k = share**0.5
    x, y = round(w * (1 - k) * 0.4), round(h * (1 - k) * 0.7)
    return picture.crop((x, y, x + round(w * k), y + round(h * k)))


def _recoloured(picture: Picture) -> Picture:
    h, s, v = picture.convert("HSV").split()
    return Image.merge("HSV", (h.point(lambda a: (a + 90) % 256), s, v)).convert("RGB")


def _turned(picture: Picture) -> Picture:
    return picture.rotate(25, Image.Resampling.BICUBIC, fillcolor=picture.getpixel((0, 0)))


def within(part: Picture, host: Picture) -> Picture:
    """The host with half of another picture pasted in at (60, 70), 140 x 140 pixels."""
    copy = host.copy()
    copy.paste(part.crop((20, 30, 170, 180)).resize((140, 140), Image.Resampling.LANCZOS), (60, 70))
    return copy


CHANGES: dict[str, Callable[[Picture], Picture]] = {
    "smaller": lambda p: p.resize((p.width // 2, p.height // 2), Image.Resampling.LANCZOS),
    "square": lambda p: p.resize((120, 170), Image.Resampling.LANCZOS),
    "jpeg": lambda p: _jpeg(p, 5),
    "grey": lambda p: ImageOps.grayscale(p).convert("RGB"),
    "negative": ImageOps.invert,
    "scanned": _noisy,
    "blurred": lambda p: p.filter(ImageFilter.GaussianBlur(2)),
    "mirrored": ImageOps.mirror,
    "upside down": ImageOps.flip,
    "quarter turn": lambda p: p.transpose(Image.Transpose.ROTATE_90),
    "written over": _overlaid,
    "turned": _turned,
    "turned and mirrored": lambda p: ImageOps.mirror(_turned(p)),
    "cropped": lambda p: _cropped(p, 0.5),
    "cropped and scanned": lambda p: _noisy(_cropped(p, 0.7)),
    "framed": lambda p: ImageOps.expand(p.resize((150, 150)), (30, 12, 8, 40), (90, 30, 120)),
    "recoloured": _recoloured,
}


def kinds(*pictures: Picture) -> dict[tuple[int, int], str]:
    """What the pictures are said to be to each other, from the usual bound on."""
    prints = [fingerprint(np.asarray(p)) for p in pictures]
    together = Hashed(
        np.repeat(np.arange(len(prints)), [len(p.hashes) for p in prints]),
        np.concatenate([p.hashes for p in prints]),
        np.concatenate([p.frames for p in prints]),
    )
    found = compared(range(len(prints)), [], together, prints.__getitem__)
    return {(min(a, b), max(a, b)): f.kind for a, b, f in found if f.score >= LIKENESS}
