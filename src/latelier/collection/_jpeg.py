"""Whether a JPEG holds all of its picture, so that one cut short cannot pass as whole.

When a scan holds too little, libjpeg fills the rest with grey and only whispers; Pillow does not
hear it. So the markers are read (ITU-T T.81, annex B), and where the picture's last corner is as
flat as libjpeg's filling, the picture is read again with noise behind its data: what comes out
differently was never in the file. A progressive picture that lacks some of its last scan alone is
let pass: it is whole, and only a little less sharp.
"""

import re
from dataclasses import dataclass, field

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
        left: component and coefficient to how many bits of it are still to come.
    """

    frame: int = 0
    size: tuple[int, int] = (0, 0)
    sampling: dict[int, tuple[int, int]] = field(default_factory=dict)
    interval: int = 0
    scans: list[_Scan] = field(default_factory=list)
    left: dict[tuple[int, int], int] = field(default_factory=dict)


def markers(data: bytes) -> Markers:
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
            _note_scan(read, body)
            at = end
    return read


def lacks_data(data: bytes, read: Markers) -> bool:
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


def with_noise(data: bytes, read: Markers) -> bytes | None:
    """The same picture with noise behind its data; None where the kind of coding forbids it."""
    if not (read.frame in _BASELINE and _is_plain(read)):
        return None
    end = read.scans[0].end
    return data[:end] + _NOISE + b"\xff\xd9"


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
