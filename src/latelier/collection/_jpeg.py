"""Whether a JPEG holds all of its picture, so that one cut short cannot pass as whole.

When a scan holds too little, libjpeg fills the rest with grey and only whispers; Pillow does not
hear it. So the markers are read (ITU-T T.81, annex B), and where the picture's last corner is as
flat as libjpeg's filling, the picture is read again with noise behind its data: what comes out
differently was never in the file. A progressive picture that lacks some of its last scan alone is
let pass: it is whole, and only a little less sharp.
"""

import hashlib
import io
import mmap
import re
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Data = bytes | mmap.mmap
FLAT = 3  # levels of luma within the last block; filled blocks keep to one, save for rounding
_SCAN_ENDS = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # any marker but a restart
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_BASELINE, _PROGRESSIVE = (0xC0, 0xC1), 0xC2  # with Huffman codes; arithmetic ones are rare
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_NOISE = bytes((i * i * 37 + i * 11) % 251 for i in range(1, 400))


@dataclass
class _Scan:
    """Where a scan's data lie, and which of the frame's components it holds."""

    start: int
    end: int
    components: int


@dataclass
class Markers:
    """What a JPEG's markers say.

    Args:
        frame: the kind of coding, the marker's second byte; 0 where none was found.
        size: width and height.
        sampling: of each component, across and down.
        interval: blocks between two restart markers; 0 for none.
        scans: in the order of the file.
        needed: from where to where in the file there is what the pixels come from.
        left: component and coefficient to how many bits of it are still to come.
    """

    frame: int = 0
    size: tuple[int, int] = (0, 0)
    sampling: dict[int, tuple[int, int]] = field(default_factory=dict)
    interval: int = 0
    scans: list[_Scan] = field(default_factory=list)
    needed: list[tuple[int, int]] = field(default_factory=list)
    left: dict[tuple[int, int], int] = field(default_factory=dict)


def markers(data: Data) -> Markers:
    """Read a JPEG's markers up to the end of its first picture."""
    read, at = Markers(), 2
    while (at := data.find(b"\xff", at)) >= 0 and at + 4 <= len(data):
        marker = data[at + 1]
        if marker == 0xD9:
            break
        if marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD8:
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + length]
        if is_needed(marker, body):
            read.needed.append((at, at + 2 + length))
        at += max(2, 2 + length)
        if marker in _FRAMES and not read.frame and len(body) >= 6:
            read.frame = marker
            read.size = int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big")
            for c in range(6, min(len(body) - 2, 6 + 3 * body[5]), 3):
                read.sampling[body[c]] = max(1, body[c + 1] >> 4), max(1, body[c + 1] & 15)
        elif marker == 0xDD and len(body) >= 2:
            read.interval = int.from_bytes(body[:2], "big")
        elif marker == 0xDA:
            found = _SCAN_ENDS.search(data, at)
            end = found.start() if found else len(data)
            read.scans.append(_Scan(at, end, body[0] if body else 0))
            read.needed.append((at, end))
            _note_scan(read, body)
            at = end
    return read


def coefficients(read: Markers) -> int:
    """Bytes that a decoder keeps of the whole picture before its first row can be shown.

    Two for each coefficient where the parts of the picture come one after the other (progressive,
    or each colour in a scan of its own); none where they come row by row.
    """
    if read.frame in _BASELINE and _is_plain(read):
        return 0
    across, down = (max((s[i] for s in read.sampling.values()), default=1) for i in (0, 1))
    shares = sum(h * v / (across * down) for h, v in read.sampling.values())
    return round(2 * shares * read.size[0] * read.size[1])


def coded_sha256(data: Data, read: Markers, turned: int) -> str:
    """The SHA-256 of all that a JPEG's pixels come from: its coding, its colours, its way up.

    What it tells besides, of camera and place, is left out, so that two files of one picture have
    the same.

    Args:
        data: the file.
        read: its markers.
        turned: its orientation, 1 to 8.
    """
    digest = hashlib.sha256(f"JPEG {read.size} {turned}:".encode())
    for start, end in read.needed:
        digest.update(memoryview(data)[start:end])
    return digest.hexdigest()


def lacks_data(data: Data, read: Markers) -> bool:
    """Whether the markers alone show that a part of the picture is missing."""
    if read.frame == _PROGRESSIVE:
        first = next(iter(read.sampling), 0)
        luma = any(read.left.get((first, place), 1) for place in range(64))
        return luma or any((component, 0) not in read.left for component in read.sampling)
    if read.frame in _BASELINE and read.interval and _is_plain(read):
        scan = read.scans[0]
        restarts = len(_RESTART.findall(data, scan.start, scan.end))
        return restarts < -(-_blocks(read) // read.interval) - 1
    return False


def with_noise(data: Data, read: Markers) -> "IO[bytes] | None":
    """The same picture with noise behind its data; None where the kind of coding forbids it."""
    if not (read.frame in _BASELINE and _is_plain(read)):
        return None
    return io.BufferedReader(_Followed(data, read.scans[0].end, _NOISE + b"\xff\xd9"))


class _Followed(io.RawIOBase):
    """A file of the beginning of some data and a tail, without a copy of the data."""

    def __init__(self, data: Data, end: int, tail: bytes) -> None:
        self._parts = (memoryview(data)[:end], memoryview(tail))
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = (0, self._at, sum(map(len, self._parts)))[whence]
        self._at = start + offset
        return self._at

    def readinto(self, buffer: "WriteableBuffer") -> int:
        room, at = memoryview(buffer), self._at
        for part in self._parts:
            if at < len(part):
                some = part[at : at + len(room)]
                room[: len(some)] = some
                self._at += len(some)
                return len(some)
            at -= len(part)
        return 0


def is_needed(marker: int, body: bytes) -> bool:
    """Whether a segment of a JPEG is needed to see its pixels as they are."""
    if marker == 0xE2:
        return body.startswith(b"ICC_PROFILE\0")
    if marker == 0xEE:
        return body.startswith(b"Adobe")
    return marker != 0xFE and not 0xE0 <= marker <= 0xEF


def _is_plain(read: Markers) -> bool:
    return len(read.scans) == 1 and read.scans[0].components == len(read.sampling)


def _blocks(read: Markers) -> int:
    """Units of coding in a scan of all components (A.2.3: one block if there is one component)."""
    across, down = (8 * max(s[i] for s in read.sampling.values()) for i in (0, 1))
    if len(read.sampling) == 1:
        across = down = 8
    return -(-read.size[0] // across) * -(-read.size[1] // down)


def _note_scan(read: Markers, body: bytes) -> None:
    count = body[0] if body else 0
    if len(body) < 4 + 2 * count:
        return
    first, last, approximation = body[1 + 2 * count : 4 + 2 * count]
    for component in body[1 : 1 + 2 * count : 2]:
        for place in range(first, min(last, 63) + 1):
            read.left[component, place] = approximation & 15
