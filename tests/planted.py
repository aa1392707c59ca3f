"""Pictures with one change planted in each, for finding copies."""

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

Picture = Image.Image


def brocade(seed: int, side: int = 200) -> Picture:
    """A woven cloth with motifs of its own: bands, each of another small shape, repeated with care."""
    rng = np.random.default_rng([5, seed])
    colours = [tuple(int(v) for v in rng.integers(0, 256, 3)) for _ in range(5)]
    cloth = Image.new("RGB", (side, side), colours[0])
    draw = ImageDraw.Draw(cloth)
    y = 0
    while y < side:
        height = int(rng.integers(12, 36))
        draw.rectangle([0, y, side, y + height], fill=colours[rng.integers(5)])
        motif, period = rng.random((6, 2)), int(rng.integers(18, 50))
        for x in range(-period, side, period):
            wobble = rng.normal(0, 1.2, (6, 2))
            points = [
                (x + px * period + dx, y + py * height + dy)
                for (px, py), (dx, dy) in zip(motif, wobble, strict=True)
            ]
            draw.polygon(points, fill=colours[rng.integers(5)])
        y += height
    return cloth


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
}
