"""Keep the memory that a round frees for the next round, instead of handing it back to the system.

A round frees and takes the same large blocks again and again. The GNU C library hands large ones
back at once, so that the system must clear them anew, page by page: for a small network a seventh
of the time (vae of 64 px ink: 165 pictures a CPU-second, kept 192; flow 96 and 99; gan, whose blocks
are fewer, the same). Under other C libraries nothing is changed.
"""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

TRIM, MMAP = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h
KEPT = 1 << 30  # bytes; what is smaller is kept
GROWN = 32 << 20  # bytes; as far as the library would let the second grow by itself


@contextmanager
def memory_kept() -> Iterator[None]:
    """Keep freed memory within, and hand it back at the end; peaks stay what they were."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    if library is None or not hasattr(library, "mallopt"):
        yield
        return
    library.mallopt(MMAP, KEPT)
    library.mallopt(TRIM, KEPT)
    try:
        yield
    finally:
        library.mallopt(MMAP, GROWN)
        library.mallopt(TRIM, 2 * GROWN)
        library.malloc_trim(0)
