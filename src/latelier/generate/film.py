"""Films from single pictures: MP4 (VP9), MOV (Motion JPEG), WebP, or a folder of PNGs.

VP9 by libvpx, through the FFmpeg that opencv-python-headless brings (LGPL, without x264 and x265). The
usual package for films, PyAV, brings an FFmpeg with x264 and x265, which is under the GPL. Every file
is read back: the number of pictures, and how near they are to those that were drawn.
"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from latelier.errors import Damaged, DiskError, UsageError
from latelier.files import replacing, write_bytes
from latelier.images import Pixels, png_bytes

CODECS = {".mp4": "vp09", ".mov": "jpeg"}
WEBP = ".webp"
ENDINGS = (*CODECS, WEBP)
WEBP_QUALITY = 85
NEAR = 8.0  # of 255: the mean difference of a picture read back, both as 16 x 16 means. Measured on
#             84 generated huipils: VP9 2.4, JPEG 1.2, WebP 0.6; two different ones 42 and more


def write(path: Path, pictures: Iterable[Pixels], fps: float, loop: bool) -> int:
    """Write a film, read it back, and say how many pictures it has.

    Args:
        path: ends in .mp4, .mov or .webp; without an ending it is a folder of PNGs.
        pictures: (h, w, 3) uint8, all of one size, both sides even.
        fps: pictures a second.
        loop: whether it starts again by itself, where the format can say so.

    Raises:
        UsageError: no film has that ending.
        Damaged: it does not read back as it was drawn.
        DiskError: the disk is full, read-only, or refuses.
    """
    check(path)
    if not path.suffix:
        return _write_folder(path, pictures)
    thumbs: list[Pixels] = []

    def watched() -> Iterator[Pixels]:
        for picture in pictures:
            thumbs.append(_thumb(picture))
            yield picture

    with tempfile.TemporaryDirectory() as folder:  # OpenCV judges a file by its ending
        film = Path(folder) / f"film{path.suffix.lower()}"
        writer = _write_webp if film.suffix == WEBP else _write_video
        writer(film, watched(), fps, loop)
        _read_back(film, thumbs, fps, path.name)
        with replacing(path) as part:
            shutil.copyfile(film, part)
    return len(thumbs)


def check(path: Path) -> None:
    """See whether a film can have this ending.

    Raises:
        UsageError: none can.
    """
    if path.suffix and path.suffix.lower() not in ENDINGS:
        raise UsageError(
            f"{path.name} cannot be written; a film is a file that ends in {', '.join(ENDINGS)}, or a "
            "folder for single pictures"
        )


def _write_folder(path: Path, pictures: Iterable[Pixels]) -> int:
    count = 0
    for picture in pictures:
        write_bytes(path / f"frame-{count:05d}.png", png_bytes(picture))
        count += 1
    return count


def _write_video(film: Path, pictures: Iterator[Pixels], fps: float, loop: bool) -> None:
    writer = None
    try:
        for picture in pictures:
            if writer is None:
                writer = _opened(film, fps, (picture.shape[1], picture.shape[0]))
            writer.write(np.ascontiguousarray(picture[..., ::-1]))
    finally:
        if writer is not None:
            writer.release()


def _opened(film: Path, fps: float, size: tuple[int, int]) -> cv2.VideoWriter:
    code = cv2.VideoWriter.fourcc(*CODECS[film.suffix])
    writer = cv2.VideoWriter(str(film), cv2.CAP_FFMPEG, code, fps, size)
    if not writer.isOpened():
        raise DiskError(
            f"This build of OpenCV cannot write {film.suffix} films of {size[0]} x {size[1]} px; "
            "take .webp, or a folder"
        )
    return writer


def _write_webp(film: Path, pictures: Iterator[Pixels], fps: float, loop: bool) -> None:
    first = Image.fromarray(next(pictures))
    first.save(
        film,
        save_all=True,
        append_images=(Image.fromarray(p) for p in pictures),
        duration=round(1000 / fps),
        loop=0 if loop else 1,
        quality=WEBP_QUALITY,
        method=2,  # 4 takes twice as long for files 3 % smaller
        minimize_size=False,
    )


def _read_back(film: Path, thumbs: list[Pixels], fps: float, name: str) -> None:
    """Compare every picture of a film with the one that was drawn, both made small.

    Raises:
        Damaged: one is missing or another.
    """
    count = 0
    for picture in _frames(film, fps):
        if count < len(thumbs):
            off = np.abs(_thumb(picture).astype(float) - thumbs[count]).mean()
            if off > NEAR:
                raise Damaged(f"Picture {count} of {name} reads back as another; try again")
        count += 1
    if count != len(thumbs):
        raise Damaged(f"{name} reads back with {count} of {len(thumbs)} pictures; try again")


def _frames(film: Path, fps: float) -> Iterator[Pixels]:
    if film.suffix == WEBP:
        with Image.open(film) as opened:
            for number in range(getattr(opened, "n_frames", 1)):
                opened.seek(number)
                opened.load()
                shown_ms = opened.info.get("duration", 0)  # equal ones in a row are kept as one
                picture = np.asarray(opened.convert("RGB"))
                yield from [picture] * max(1, round(shown_ms / round(1000 / fps)))
        return
    reader = cv2.VideoCapture(str(film), cv2.CAP_FFMPEG)
    try:
        while True:
            there, picture = reader.read()
            if not there:
                return
            yield np.asarray(picture, np.uint8)[..., ::-1]
    finally:
        reader.release()


def _thumb(picture: Pixels) -> Pixels:
    """A picture as 16 x 16 means, in which lossy packing hardly shows."""
    return np.asarray(
        Image.fromarray(np.ascontiguousarray(picture)).resize((16, 16), Image.Resampling.BOX)
    )
