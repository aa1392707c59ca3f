"""Pictures as arrays: upright sRGB uint8, whatever the file was.

``read`` is for files that are already known to be sound; strangers go through
``collection.decode`` in a child process first.
"""

import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, PngImagePlugin, UnidentifiedImageError

from latelier.errors import PictureError

Pixels = NDArray[np.uint8]  # (h, w, 3), sRGB, upright
WHITE = (255, 255, 255)
_SRGB = ImageCms.createProfile("sRGB")


def _dateless(profile: bytes) -> bytes:
    """The same profile with its date (ICC.1:2022, header bytes 24 to 35) set to 1 January 2000."""
    return profile[:24] + bytes([7, 208, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]) + profile[36:]


SRGB_PROFILE: bytes = _dateless(ImageCms.ImageCmsProfile(_SRGB).tobytes())


def read(path: Path, ground: tuple[int, int, int] = WHITE) -> Pixels:
    """A picture as (h, w, 3) uint8 sRGB: upright, profile applied, transparency laid on ``ground``.

    Raises:
        PictureError: the file is not a picture that can be read.
    """
    try:
        with Image.open(path) as picture:
            return flat_srgb(picture, ground)
    except UnidentifiedImageError as error:
        raise PictureError(f"{path.name} is not a picture in a format known here") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise PictureError(f"{path.name} could not be read: {error}") from error


def flat_srgb(picture: Image.Image, ground: tuple[int, int, int] = WHITE) -> Pixels:
    """An open Pillow picture as (h, w, 3) uint8 sRGB."""
    profile = picture.info.get("icc_profile")
    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I") or upright.mode == "F":
        upright = _to_8_bit(upright)
    alpha = None
    if upright.has_transparency_data:
        upright = upright.convert("RGBA") if upright.mode != "RGBA" else upright
        alpha = upright.getchannel("A")
        upright = upright.convert("RGB")
    if profile and upright.mode in ("RGB", "CMYK", "L", "LAB"):
        upright = _to_srgb(upright, profile)
    rgb = upright.convert("RGB")
    if alpha is not None:
        laid = Image.new("RGB", rgb.size, ground)
        laid.paste(rgb, mask=alpha)
        rgb = laid
    return np.asarray(rgb, dtype=np.uint8).copy()


def _to_8_bit(picture: Image.Image) -> Image.Image:
    values = np.asarray(picture, dtype=np.float64)
    top = 65535.0 if picture.mode.startswith("I;16") or values.max(initial=0) > 255 else 255.0
    if picture.mode == "F" and values.max(initial=0) <= 1:
        top = 1.0
    return Image.fromarray(np.clip(values * (255.0 / top) + 0.5, 0, 255).astype(np.uint8))


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(picture, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture  # a broken profile: take the numbers as they are
    return turned if turned is not None else picture


def pixels_sha256(pixels: Pixels) -> str:
    """The SHA-256 of a picture's size and pixels, whatever file they came from."""
    height, width = pixels.shape[:2]
    digest = hashlib.sha256(f"{width}x{height}:".encode())
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()


def png_bytes(pixels: NDArray[np.uint8], text: dict[str, str] | None = None) -> bytes:
    """A picture as the bytes of a PNG in sRGB.

    Args:
        pixels: (h, w, 3) or (h, w) uint8.
        text: what the PNG says of itself: key to UTF-8 text.
    """
    info = PngImagePlugin.PngInfo()
    for key, value in (text or {}).items():
        info.add_itxt(key, value)
    file = io.BytesIO()
    options: dict[str, Any] = {"icc_profile": SRGB_PROFILE} if pixels.ndim == 3 else {}
    Image.fromarray(pixels).save(file, "PNG", pnginfo=info, **options)
    return file.getvalue()


def png_text(path: Path) -> dict[str, str]:
    """What a PNG says of itself.

    Raises:
        PictureError: it cannot be read.
    """
    try:
        with Image.open(path) as picture:
            picture.load()
            return {k: str(v) for k, v in getattr(picture, "text", {}).items()}
    except (OSError, SyntaxError) as error:
        raise PictureError(f"{path.name} could not be read: {error}") from error


def fitted(pixels: Pixels, width: int, height: int) -> Pixels:
    """A picture resized to fit inside ``width`` x ``height``, keeping its proportions (Lanczos)."""
    h, w = pixels.shape[:2]
    scale = min(width / w, height / h)
    size = (max(1, round(w * scale)), max(1, round(h * scale)))
    if size == (w, h):
        return pixels
    small = Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return np.asarray(small)
