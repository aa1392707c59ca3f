"""How much one picture may ask for, and the same said to the operating system where it listens."""

import importlib
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from latelier.images import MAX_PIXELS

MPX = 1_000_000
MIB = 1 << 20
PROGRAM_MIB = 85  # what the reading process holds without a picture, and a band of one: 70 to 80


@dataclass(frozen=True)
class Limits:
    """How much one picture may ask for.

    Args:
        pixels: width times height.
        memory_mb: of the reading process, for pictures up to 15 million pixels in colour or 90
            million in grey, and for JPEG of any size; others that are larger get 20 MB a million
            more (WebP takes 16), if their file is large enough to be honest.
        seconds: of processor time, for pictures up to 10 million pixels; larger ones get 0.4 s a
            million more (CMYK takes 0.2 to 0.3, others less than 0.1).
        unpacking: how many bytes of pixels one byte of a large picture's file may become.
            Photographs unpack 10 to 30 times, flat drawings some 100; bombs 1,000 times and more.
        patience: seconds on the clock to wait besides, since other programs run too.
    """

    pixels: int = MAX_PIXELS
    memory_mb: int = 290
    seconds: float = 4.0
    unpacking: int = 300
    patience: float = 5.0

    def memory_for(self, pixels: int) -> int:
        """Megabytes that the reading process may take for so many pixels."""
        return self.memory_mb + max(0, round((pixels / MPX - 15) * 20))

    def room_mib(self) -> float:
        """How much of ``memory_mb`` is left for one picture beside the program."""
        return max(self.memory_mb - PROGRAM_MIB, self.memory_mb / 4)

    def seconds_for(self, pixels: int) -> float:
        """Seconds of processor time for so many pixels."""
        return self.seconds + max(0.0, (pixels / MPX - 10) * 0.4)

    def waiting_for(self, pixels: int) -> float:
        """Seconds on the clock until a reader is given up; a busy machine is no damaged file."""
        return self.patience + 5 * self.seconds_for(pixels)

    def to_json(self) -> dict[str, Any]:
        """As numbers that ``Limits(**numbers)`` understands."""
        return asdict(self)


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Cap:
    """The limits of this process, as far as the system can be told.

    Linux keeps all of them and macOS the one on processor time; on Windows the watchdog of
    ``Readers`` and the size of the file are all there is.
    """

    def __init__(self) -> None:
        try:
            self._resource: Any = importlib.import_module("resource")
        except ModuleNotFoundError:
            self._resource = None
        self._own_mib = _address_space_mib()  # what the program itself holds, before any picture

    def memory(self, megabytes: int) -> None:
        """Hold no more than so much resident memory, by way of address space."""
        if self._resource is None or not sys.platform.startswith("linux"):
            return  # macOS takes the call and does not keep to it
        resident = 45  # of the address space held at the start, in MiB, measured: 38 to 42
        self._set(self._resource.RLIMIT_AS, (self._own_mib + megabytes - resident) * MIB)

    def seconds(self, seconds: float) -> None:
        """Take so much more processor time and no more."""
        if self._resource is None:
            return
        used = self._resource.getrusage(self._resource.RUSAGE_SELF)
        self._set(self._resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + seconds) + 1)

    def peak_mib(self) -> float:
        """The most memory that this process ever held, in MiB; 0 where it cannot be told."""
        if self._resource is None:
            return 0.0
        peak = float(self._resource.getrusage(self._resource.RUSAGE_SELF).ru_maxrss)
        return peak / (MIB if sys.platform == "darwin" else 1024)

    def _set(self, which: int, wanted: int) -> None:
        _, hard = self._resource.getrlimit(which)
        self._resource.setrlimit(which, (wanted if hard < 0 else min(wanted, hard), hard))


def _address_space_mib() -> int:
    try:
        return (
            int(Path("/proc/self/status").read_text("ascii").split("VmSize:")[1].split()[0]) // 1024
        )
    except (OSError, ValueError, IndexError):
        return 160
