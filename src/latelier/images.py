"""Pictures as arrays: upright sRGB uint8, whatever the file was.

``read`` is for files that are already known to be sound; strangers go through
``collection.Readers``, which open them in child processes, first.
"""

import hashlib
import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import (
    AvifImagePlugin,
    Image,
    ImageCms,
    ImageFile,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from latelier import colour
from latelier.colour import WHITE, Pixels
from latelier.errors import PictureError

FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF", "AVIF")  # what is opened, and nothing else
_PLUGINS = (AvifImagePlugin, TiffImagePlugin, WebPImagePlugin)  # Pillow knows the rest by itself
MAX_PIXELS = 200_000_000  # a 150-megapixel camera fits, a page of 20,000 x 20,000 does not
T = TypeVar("T")
_switch = threading.Lock()
Image.MAX_IMAGE_PIXELS = None  # Pillow warns at 89 million; ``opened`` keeps to MAX_PIXELS


def _dateless(profile: bytes) -> bytes:
    """The same profile with its date (ICC.1:2022, header bytes 24 to 35) set to 1 January 2000."""
    return profile[:24] + bytes([7, 208, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]) + profile[36:]


SRGB_PROFILE: bytes = _dateless(ImageCms.ImageCmsProfile(colour.SRGB).tobytes())


def opened(source: Path | IO[bytes], most: int = MAX_PIXELS) -> Image.Image:
    """A picture whose header was read and whose pixels are still in the file.

    Raises:
        PictureError: it has more than ``most`` pixels.
        UnidentifiedImageError: it is in no format known here.
        OSError, ValueError, SyntaxError, EOFError: its header is damaged.
    """
    picture = Image.open(source, formats=FORMATS)
    width, height = picture.size
    if width * height > most:
        picture.close()
        raise PictureError(
            f"{width} x {height} pixels are {width * height / 1e6:.0f} million; "
            f"at most {most / 1e6:.0f} million are taken: make the picture smaller first"
        )
    return picture


def read(
    path: Path,
    ground: tuple[int, int, int] = WHITE,
    *,
    at_least: int = 0,
    truncated: bool = False,
) -> Pixels:
    """A picture as (h, w, 3) uint8 sRGB: upright, profile applied, transparency laid on ``ground``.

    Args:
        path: of the file.
        ground: the colour behind transparent parts.
        at_least: if above 0, a JPEG may come at a half, a quarter or an eighth of its size, as
            long as both its sides keep so many pixels; that is much faster.
        truncated: the file is known to end before its picture does, and is wanted as it is.

    Raises:
        PictureError: the file is not a picture that can be read, or ends too early unforeseen.
    """

    def whole() -> Pixels:
        with opened(path) as picture:
            if at_least:
                picture.draft(None, (at_least, at_least))
            return flat_srgb(picture, ground)

    return _looked_at(path, whole, truncated)


def read_reduced(
    path: Path, side: int, ground: tuple[int, int, int] = WHITE, *, truncated: bool = False
) -> tuple[Pixels, tuple[int, int]]:
    """A picture as ``read`` gives it, but smaller where that is faster to read.

    A 640 px JPEG at half its size takes a third of the time, a 24 MP photograph a tenth.

    Args:
        path: of a file known to be sound.
        side: pixels that the longer side keeps at least, where it has them.
        ground: what transparency is laid on.
        truncated: the file is known to end before its picture does, and is wanted as it is.

    Returns:
        (h, w, 3) uint8 sRGB, and the whole picture's upright width and height.

    Raises:
        PictureError: the file is not a picture that can be read, or ends too early unforeseen.
    """

    def reduced() -> tuple[Pixels, tuple[int, int]]:
        with Image.open(path) as picture:
            width, height = picture.size
            turned = picture.getexif().get(0x0112, 1) in (5, 6, 7, 8)
            scale = max(1, max(width, height) // side)
            picture.draft(None, (width // scale, height // scale))
            scale = max(1, max(picture.size) // side)
            if scale > 1 and picture.mode in ("RGB", "L"):
                small = picture.reduce(scale)
                small.info = picture.info
                if turned:
                    small.getexif()[0x0112] = picture.getexif()[0x0112]
                return flat_srgb(small, ground), (height, width) if turned else (width, height)
            return flat_srgb(picture, ground), (height, width) if turned else (width, height)

    return _looked_at(path, reduced, truncated)


def _looked_at(path: Path, look: Callable[[], T], truncated: bool) -> T:
    try:
        with cut_short() if truncated else nullcontext():
            return look()
    except UnidentifiedImageError as error:
        raise PictureError(f"{path.name} is not a picture in a format known here") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise PictureError(f"{path.name} could not be read: {error}") from error


@contextmanager
def cut_short() -> Iterator[None]:
    """Within this, Pillow gives what there is of a file that ends before its picture does.

    The switch is Pillow's own, and one for the whole process: only one thread has it at a time.
    """
    with _switch:
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False


def flat_srgb(picture: Image.Image, ground: tuple[int, int, int] = WHITE) -> Pixels:
    """An open Pillow picture as (h, w, 3) uint8 sRGB, upright, laid on ``ground``."""
    return np.ascontiguousarray(colour.upright(picture, ground))


def picture_sha256(picture: Image.Image, ground: tuple[int, int, int] = WHITE) -> str:
    """``pixels_sha256`` of an open picture, which is never held whole as sRGB."""
    digest = _begun(*colour.upright_size(picture))
    for rows in colour.upright_bands(picture, ground):
        digest.update(np.ascontiguousarray(rows).data)
    return digest.hexdigest()


def _begun(width: int, height: int) -> "hashlib._Hash":
    return hashlib.sha256(f"{width}x{height}:".encode())


def pixels_sha256(pixels: Pixels) -> str:
    """The SHA-256 of a picture's size and pixels, whatever file they came from."""
    height, width = pixels.shape[:2]
    digest = _begun(width, height)
    for top in range(0, height, 256):  # by bands: a turned picture is no second time in memory
        digest.update(np.ascontiguousarray(pixels[top : top + 256]).data)
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
    except (OSError, ValueError, SyntaxError) as error:
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
