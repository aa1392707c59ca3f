"""Memory that is freed in a training is kept for the next round."""

import ctypes
import subprocess
import sys

import pytest

from conftest import environment
from latelier.train.memory import memory_kept

COUNTED = """
import resource
import numpy as np
from latelier.train.memory import memory_kept

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        np.ones(48 << 20, np.uint8)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

usual = faults()
with memory_kept():
    faults()
    print(usual, faults())
"""


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "mallopt"),
    reason="only the GNU C library can be told to keep memory",
)
def test_a_block_that_was_freed_is_taken_again_without_the_system() -> None:
    done = subprocess.run(
        [sys.executable, "-c", COUNTED],
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    usual, kept = map(int, done.stdout.split())
    assert kept * 10 < usual


def test_an_error_within_comes_out() -> None:
    with pytest.raises(ValueError, match="this one"), memory_kept():
        raise ValueError("this one")
