"""Independent random streams from one seed and a path of names, so nothing shares a generator.

Image 37 draws from ``rng(seed, "image", 37)`` and so never depends on the batch it is made in.
The streams are numpy's ``SeedSequence`` (O'Neill's seed_seq mixing) over the hashed path.
"""

import hashlib

import numpy as np

Name = str | int


def child(seed: int, *path: Name) -> int:
    """A seed in [0, 2**63) that belongs to ``path`` under ``seed``, the same on every machine.

    >>> child(7, "image", 37) == child(7, "image", 37) != child(7, "image", 38)
    True
    """
    words = "\x1f".join([str(int(seed)), *(f"{type(p).__name__}:{p}" for p in path)])
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "big") >> 1


def rng(seed: int, *path: Name) -> np.random.Generator:
    """A numpy generator that belongs to ``path`` under ``seed``."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(child(seed, *path))))
