"""Changes planted in pictures, drawn at random within what people do to pictures."""

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

Picture = Image.Image
Change = Callable[[Picture, np.random.Generator], Picture]


def ground(picture: Picture) -> tuple[int, ...]:
    """The median colour of a picture's edge."""
    p = np.asarray(picture)
    return tuple(
        int(v) for v in np.median(np.concatenate([p[0], p[-1], p[:, 0], p[:, -1]]), axis=0)
    )


def cropped_to(picture: Picture, share: float, rng: np.random.Generator) -> Picture:
    """A part of so much of the picture's area, anywhere in it."""
    wide, tall = (round(n * share**0.5) for n in picture.size)
    x, y = (
        int(rng.integers(0, picture.width - wide + 1)),
        int(rng.integers(0, picture.height - tall + 1)),
    )
    return picture.crop((x, y, x + wide, y + tall))


def border(picture: Picture, rng: np.random.Generator) -> Picture:
    """A border of 3 to 20 % on each side, white, black or of a colour."""
    left, top, right, low = (int(v * max(picture.size)) for v in rng.uniform(0.03, 0.2, 4))
    colour = [(255,) * 3, (0,) * 3, tuple(int(v) for v in rng.integers(0, 256, 3))][rng.integers(3)]
    page = Image.new("RGB", (picture.width + left + right, picture.height + top + low), colour)
    page.paste(picture, (left, top))
    return page


def overlay(picture: Picture, rng: np.random.Generator) -> Picture:
    """A filled box, a line of writing, or three lines that show through."""
    copy, (w, h) = picture.copy(), picture.size
    draw = ImageDraw.Draw(copy, "RGBA")
    colour = tuple(int(v) for v in rng.integers(0, 256, 3))

    def words(count: int) -> str:
        return "".join(rng.choice(list("abcdefghiklmnoprstuvwy ABCDEFG0123456789"), count))

    kind = int(rng.integers(3))
    if kind == 0:
        wide, tall = w * rng.uniform(0.25, 0.45), h * rng.uniform(0.2, 0.35)
        x, y = rng.uniform(0, w - wide), rng.uniform(0, h - tall)
        draw.rectangle([x, y, x + wide, y + tall], fill=(*colour, 255))
    elif kind == 1:
        at = (w * 0.05, h * rng.uniform(0.1, 0.8))
        draw.text(at, words(16), fill=(*colour, 230), font_size=max(8, h * rng.uniform(0.1, 0.18)))
    else:
        for k in range(3):
            at = (w * rng.uniform(0, 0.4), h * (0.1 + 0.3 * k))
            draw.text(at, words(15), fill=(*colour, 150), font_size=max(7, h * 0.09))
    return copy


def jpeg(picture: Picture, quality: int) -> Picture:
    """Saved as JPEG and opened again."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(io.BytesIO(file.getvalue())).convert("RGB")


def recolour(picture: Picture, rng: np.random.Generator) -> Picture:
    """Grey, other hues, sepia, other light and contrast, other curves, or a colour cast."""
    kind, p = int(rng.integers(6)), np.asarray(picture)
    if kind == 0:
        return ImageOps.grayscale(picture).convert("RGB")
    if kind == 1:
        h, s, v = picture.convert("HSV").split()
        by = int(rng.integers(30, 226))
        return Image.merge("HSV", (h.point(lambda a: (a + by) % 256), s, v)).convert("RGB")
    if kind == 2:
        return ImageOps.colorize(ImageOps.grayscale(picture), (50, 25, 10), (255, 235, 200))
    if kind == 3:
        lit = ImageEnhance.Brightness(picture).enhance(rng.uniform(0.6, 1.4))
        return ImageEnhance.Contrast(lit).enhance(rng.uniform(0.5, 1.6))
    if kind == 4:
        return Image.fromarray((255 * (p / 255.0) ** rng.uniform(0.5, 2, 3)).astype(np.uint8))
    return Image.fromarray((p * rng.uniform(0.5, 1, 3)).astype(np.uint8))


def scan(picture: Picture, rng: np.random.Generator) -> Picture:
    """Turned by up to 2 degrees, paper grain, light that falls off, the sensor's noise."""
    w, h = picture.size
    turned = picture.rotate(rng.uniform(-2, 2), Image.Resampling.BICUBIC, fillcolor=ground(picture))
    small = rng.normal(128, 40, (h // 3 + 1, w // 3 + 1)).clip(0, 255).astype(np.uint8)
    grain = np.asarray(Image.fromarray(small).resize((w, h), Image.Resampling.BICUBIC)) - 128.0
    y, x = np.linspace(0, 1, h)[:, None], np.linspace(0, 1, w)[None]
    light = 1 - rng.uniform(0.05, 0.25) * (x * rng.uniform(-1, 1) + y * rng.uniform(-1, 1))
    seen = np.asarray(turned) * light[..., None] * 0.96 + grain[..., None] * 0.25
    seen = seen + rng.normal(0, rng.uniform(5, 14), seen.shape)
    return Image.fromarray(seen.clip(0, 255).astype(np.uint8))


def turned(picture: Picture, rng: np.random.Generator) -> Picture:
    """Turned by any angle, on the picture's ground or on black, cut off or not."""
    fill = ground(picture) if rng.random() < 0.6 else (0, 0, 0)
    whole = bool(rng.random() < 0.5)
    return picture.rotate(
        rng.uniform(0, 360), Image.Resampling.BICUBIC, expand=whole, fillcolor=fill
    )


def resized(picture: Picture, rng: np.random.Generator) -> Picture:
    """To between 0.3 and 1.8 times the size."""
    by = rng.uniform(0.3, 1.8)
    size = (max(24, round(picture.width * by)), max(24, round(picture.height * by)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def blurred(picture: Picture, rng: np.random.Generator) -> Picture:
    """By a Gaussian of 0.6 to 1.4 % of the longer side."""
    return picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.006, 0.014) * max(picture.size)))


STANDARD: dict[str, Change] = {
    "crop to 70 %": lambda p, rng: cropped_to(p, 0.7, rng),
    "mirror": lambda p, rng: ImageOps.mirror(p),
    "upside down": lambda p, rng: ImageOps.flip(p),
    "turn by 25": lambda p, rng: p.rotate(25, Image.Resampling.BICUBIC, fillcolor=ground(p)),
    "to a square": lambda p, rng: p.resize((256, 256), Image.Resampling.LANCZOS),
}
MANY: dict[str, Change] = {
    "crop 50-90 %": lambda p, rng: cropped_to(p, rng.uniform(0.5, 0.9), rng),
    "border": border,
    "overlay": overlay,
    "resize": resized,
    "JPEG 5-40": lambda p, rng: jpeg(p, int(rng.integers(5, 40))),
    "recolour": recolour,
    "scan": scan,
    "blur": blurred,
    "mirror": lambda p, rng: ImageOps.mirror(p) if rng.random() < 0.5 else ImageOps.flip(p),
    "any turn": turned,
}
HARD: dict[str, Change] = {
    "crop to 50 %": lambda p, rng: cropped_to(p, 0.5, rng),
    "JPEG 5": lambda p, rng: jpeg(p, 5),
    "negative": lambda p, rng: ImageOps.invert(p),
}


def pasted(into: Picture, picture: Picture, rng: np.random.Generator) -> tuple[Picture, bool]:
    """A part of a picture, or all of it, inside another one, as a square of it or as ink alone.

    The part is 30 to 100 % of the picture's area and comes to lie on 8 to 35 % of the other's.

    Returns:
        the other picture with the part in it, and whether the two are drawn across each other there.
    """
    share = 1.0 if rng.random() < 0.3 else float(rng.uniform(0.3, 0.9))
    part = cropped_to(picture, share, rng)
    if rng.random() < 0.3:
        part = ImageOps.mirror(part)
    by = (rng.uniform(0.08, 0.35) * into.width * into.height / (part.width * part.height)) ** 0.5
    by = min(by, 0.9 * into.width / part.width, 0.9 * into.height / part.height)
    part = part.resize(
        (max(8, round(part.width * by)), max(8, round(part.height * by))),
        Image.Resampling.LANCZOS,
    )
    at = tuple(int(rng.integers(0, n - m + 1)) for n, m in zip(into.size, part.size, strict=True))
    copy = into.copy()
    across = bool(rng.random() < 0.5)
    if across:  # as if drawn there: the darker of the two
        x, y = at
        under = copy.crop((x, y, x + part.width, y + part.height))
        part = ImageChops.darker(under, part)
    copy.paste(part, at)
    return copy, across
