"""Any Pillow picture as upright sRGB rows: orientation, profile, depth and transparency are settled.

Profiles are applied by littleCMS with its default (perceptual) intent. The work goes by bands of
rows, so that a large picture is never held in several copies at once.
"""

import functools
import io
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

Pixels = NDArray[np.uint8]  # (h, w, 3), sRGB, upright
WHITE = (255, 255, 255)
BAND_PIXELS = 1_000_000  # of a band; 4 MB as Pillow stores it
SRGB = ImageCms.createProfile("sRGB")
# littleCMS's short cuts lose shadows of grey and are off by up to 19 levels between the knots of
# CMYK (delta E 1.8); of RGB they are off by one level at the most, and ten times as fast
EXACT = ImageCms.Flags.NOOPTIMIZE
ORIENTATION = 0x0112  # EXIF 2.32, table 4: 1 to 8
_SIXTEEN = ("I;16", "I;16L", "I;16B", "I;16N")
_TURNS: dict[int, Callable[[Pixels], Pixels]] = {
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: a.swapaxes(0, 1)[:, ::-1],
    7: lambda a: a.swapaxes(0, 1)[::-1, ::-1],
    8: lambda a: a.swapaxes(0, 1)[::-1],
}


def orientation(picture: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 where none or nonsense is stated."""
    stated = picture.getexif().get(ORIENTATION, 1)
    return stated if isinstance(stated, int) and stated in _TURNS else 1


def upright_size(picture: Image.Image) -> tuple[int, int]:
    """Width and height once the picture stands upright."""
    width, height = picture.size
    return (height, width) if orientation(picture) >= 5 else (width, height)


def upright(picture: Image.Image, ground: tuple[int, int, int] = WHITE) -> Pixels:
    """An open picture as (h, w, 3) uint8 sRGB, upright, transparency laid on ``ground``.

    The array may be a turned view of its memory.
    """
    width, height = picture.size
    stored = np.empty((height, width, 3), np.uint8)
    for top, rows in bands(picture, ground):
        stored[top : top + len(rows)] = rows
    return _TURNS.get(orientation(picture), lambda a: a)(stored)


def bands(
    picture: Image.Image, ground: tuple[int, int, int] = WHITE
) -> Iterator[tuple[int, Pixels]]:
    """Bands of rows as (rows, width, 3) uint8 sRGB with the row each begins at, as stored.

    Orientation is not applied.
    """
    picture.load()
    width, height = picture.size
    step = max(1, BAND_PIXELS // max(1, width))
    paint = _painter(picture)
    for top in range(0, height, step):
        whole = step >= height  # and no copy of it is needed
        band = picture if whole else picture.crop((0, top, width, min(top + step, height)))
        yield top, _laid(paint(band), _alpha(band), ground)


def upright_bands(picture: Image.Image, ground: tuple[int, int, int] = WHITE) -> Iterator[Pixels]:
    """The rows of ``upright``, a band after the other, so that they are never held all at once."""
    picture.load()
    turned, (width, height) = orientation(picture), picture.size
    sideways, from_the_end = turned >= 5, turned in (3, 4, 7, 8)
    length, across = (width, height) if sideways else (height, width)
    step = max(1, BAND_PIXELS // max(1, across))
    paint, turn = _painter(picture), _TURNS.get(turned, lambda a: a)
    starts = range(0, length, step)
    for start in reversed(starts) if from_the_end else starts:
        end = min(start + step, length)
        band = picture.crop((start, 0, end, height) if sideways else (0, start, width, end))
        yield turn(_laid(paint(band), _alpha(band), ground))


def _painter(picture: Image.Image) -> Callable[[Image.Image], Pixels]:
    """What turns a band of this picture, whatever its mode, into sRGB without transparency."""
    mode, profile = picture.mode, picture.info.get("icc_profile") or b""
    space = _space(profile)
    if mode in _SIXTEEN or mode in ("I", "F"):
        low, high = _range(picture)
        lights = _lights(profile) if space == "GRAY" else None
        return lambda band: _deep(band, low, high, lights)
    if mode == "LAB":
        turn = _transform(b"", "LAB", EXACT)
    elif mode == "CMYK":
        turn = _transform(profile, "CMYK", EXACT) if space == "CMYK" else None
    elif space == "GRAY" and mode in ("1", "L", "LA", "La"):
        turn = _transform(profile, "L", EXACT)
    else:
        turn = _transform(profile, "RGB") if space == "RGB" else None
    return lambda band: _shallow(band, turn)


def _shallow(band: Image.Image, turn: ImageCms.ImageCmsTransform | None) -> Pixels:
    if band.mode in ("La", "RGBa"):
        band = band.convert({"La": "LA", "RGBa": "RGBA"}[band.mode])
    if band.mode in ("P", "PA"):
        band = band.convert("RGBA")  # a palette may hold transparency; RGB alone would warn
    if turn is None:
        return np.asarray(band if band.mode == "RGB" else band.convert("RGB"))
    if band.mode != turn.input_mode:
        band = band.convert(turn.input_mode)
    if turn.input_mode == "L":  # 256 answers are all there are
        ramp = Image.fromarray(np.arange(256, dtype=np.uint8)[None])
        return np.asarray(turn.apply(ramp))[0][np.asarray(band)]
    return np.asarray(turn.apply(band))


def _deep(band: Image.Image, low: float, high: float, lights: NDArray[np.float64] | None) -> Pixels:
    """More than 8 bits of grey: scaled to 0..255, through the profile if any, then rounded."""
    values = np.nan_to_num(np.asarray(band, dtype=np.float64), nan=low, posinf=high, neginf=low)
    grey = np.clip((values - low) * (255.0 / (high - low)), 0, 255)
    if lights is not None:
        grey = 255 * _encoded(np.interp(grey, np.arange(256.0), lights))
    return np.repeat((grey + 0.5).astype(np.uint8)[..., None], 3, axis=2)


def _range(picture: Image.Image) -> tuple[float, float]:
    """The numbers that stand for black and white in a picture of more than 8 bits."""
    if picture.mode in _SIXTEEN:
        bits = getattr(picture, "tag_v2", {}).get(258, (16,))  # TIFF BitsPerSample: 12 is known
        return 0.0, float(2 ** (int(bits[0]) if 8 < int(bits[0]) <= 16 else 16) - 1)
    least, most = np.inf, -np.inf
    width, height = picture.size
    step = max(1, BAND_PIXELS // max(1, width))
    for top in range(0, height, step):
        band = np.asarray(picture.crop((0, top, width, min(top + step, height))), np.float64)
        if (finite := band[np.isfinite(band)]).size:
            least, most = min(least, finite.min()), max(most, finite.max())
    if not least <= most:
        return 0.0, 1.0  # nothing finite: black
    if least >= 0 and picture.mode == "F" and most <= 1:
        return 0.0, 1.0
    for top_value in (255.0, 65535.0):
        if least >= 0 and most <= top_value:
            return 0.0, top_value
    return least, max(most, least + 1.0)  # measurements of some kind: from the least to the most


def _alpha(band: Image.Image) -> NDArray[np.uint8] | None:
    if not band.has_transparency_data:
        return None
    if band.mode in _SIXTEEN or band.mode in ("I", "F", "1"):
        key = band.info.get("transparency")
        if not isinstance(key, int):
            return None
        return np.where(np.asarray(band, np.int64) == key, 0, 255).astype(np.uint8)
    if band.mode in ("La", "RGBa"):
        return np.asarray(band.getchannel("a"))
    shown = band if band.mode in ("RGBA", "LA", "PA") else band.convert("RGBA")
    return np.asarray(shown.getchannel("A"))


def _laid(pixels: Pixels, alpha: NDArray[np.uint8] | None, ground: tuple[int, int, int]) -> Pixels:
    """Pixels over a ground, mixed as stored (in sRGB values), rounded to the nearest."""
    if alpha is None or alpha.min(initial=255) == 255:
        return pixels
    share = alpha[..., None].astype(np.uint16)
    mixed = pixels * share + np.asarray(ground, np.uint16) * (255 - share)
    return ((mixed + 127) // 255).astype(np.uint8)


def _space(profile: bytes) -> str:
    """The colour space that a profile is for, ``RGB``, ``GRAY``, ``CMYK``; empty if it is broken."""
    if not profile:
        return ""
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return ""
    return str(opened.profile.xcolor_space).strip()


@functools.lru_cache(maxsize=16)
def _transform(
    profile: bytes, mode: str, flags: ImageCms.Flags = ImageCms.Flags.NONE
) -> ImageCms.ImageCmsTransform | None:
    """From a profile and mode to sRGB; None where littleCMS finds no way between them."""
    try:
        if mode == "LAB":
            source = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
        else:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.buildTransform(source, SRGB, mode, "RGB", flags=flags)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def _lights(profile: bytes) -> NDArray[np.float64] | None:
    """The light that a grey profile gives each of 256 even steps from black to white, 0..1.

    littleCMS is asked in 8 bits, since Pillow offers no more; between its answers light is taken
    to grow evenly, which holds the shadows of a 16-bit picture where sRGB values would not.
    """
    turn = _transform(profile, "L", EXACT)
    if turn is None:
        return None
    ramp = Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    shown = np.asarray(turn.apply(ramp), np.float64)[0].mean(-1) / 255
    return np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)


def _encoded(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """Light, 0..1, as sRGB values, 0..1 (IEC 61966-2-1)."""
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
