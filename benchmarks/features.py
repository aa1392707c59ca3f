"""What each family of numbers costs, beside scikit-image and OpenCV, and how wallpapers are told.

    python benchmarks/features.py [COLLECTION] [--wallpapers 200]

CPU-ms a picture of 256 px (``time.process_time``, one thread), for pictures of COLLECTION (a
folder of JPEG files) or drawn ones; then the share of generated patterns whose group is told, for
each of the 17 groups: turned by any angle, two letters a cell, noise of 12 of 255, uneven ink.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from skimage import color, feature
from threadpoolctl import threadpool_limits

from latelier import registry
from latelier.features.wallpaper import wallpaper
from latelier.images import fitted, read

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from wallpapers import GROUPS
from wallpapers import wallpaper as drawn

SIDE = 256
REPEATS = 5


def cost(ask: Callable[[np.ndarray], object], pictures: list[np.ndarray]) -> float:
    """CPU-ms a picture: the middle of ``REPEATS`` rounds, after one picture to warm up."""
    ask(pictures[0])
    rounds = []
    for _ in range(REPEATS):
        start = time.process_time()
        for picture in pictures[1:]:
            ask(picture)
        rounds.append(1000 * (time.process_time() - start) / max(1, len(pictures) - 1))
    return float(np.median(rounds))


def grey(picture: np.ndarray) -> np.ndarray:
    """uint8 grey for the peers."""
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)


PEERS: dict[str, Callable[[np.ndarray], object]] = {
    "scikit-image rgb2lab": lambda p: color.rgb2lab(p),
    "scikit-image local_binary_pattern": lambda p: feature.local_binary_pattern(
        grey(p), 8, 1, "uniform"
    ),
    "scikit-image graycomatrix, 4 x 4, 16 greys": lambda p: feature.graycomatrix(
        grey(p) // 16, (1, 2, 4, 8), (0, np.pi / 4, np.pi / 2, 3 * np.pi / 4), 16
    ),
    "scikit-image hog, 128 px": lambda p: feature.hog(
        cv2.resize(grey(p), (128, 128)), 9, (32, 32), (4, 4)
    ),
    "OpenCV 24 Gabor filters of 31 px": lambda p: [
        cv2.filter2D(
            grey(p).astype(np.float32), -1, cv2.getGaborKernel((31, 31), l / 2, t, l, 0.5)
        ).mean()
        for l in (4, 8, 16, 32)
        for t in np.arange(6) * np.pi / 6
    ],
}


def main() -> None:
    """Print the tables."""
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("folder", nargs="?", type=Path)
    words.add_argument("--wallpapers", type=int, default=200)
    asked = words.parse_args()
    cv2.setNumThreads(1)  # a second thread that waits for its turn would count as well
    threadpool_limits(1)
    files = sorted(asked.folder.rglob("*.jpg"))[::9][:20] if asked.folder else []
    pictures = [fitted(read(f), SIDE, SIDE) for f in files]
    pictures = pictures or [drawn(g, np.random.default_rng(i)) for i, g in enumerate(GROUPS)]
    for picture in pictures:
        picture.setflags(write=False)  # as the step measures them
    families = {n: registry.load("features", n) for n in registry.names("features")}
    families = {n: f for n, f in families.items() if f.MEASURES}
    print("family | numbers | CPU-ms")
    for name, family in families.items():
        print(f"{name} | {len(family.MEASURES)} | {cost(family.describe, pictures):.1f}")
    for title, left_out in (("all", ()), ("all but form, which is for ink", ("form",))):
        chosen = [f for n, f in families.items() if n not in left_out]
        count = sum(len(f.MEASURES) for f in chosen)
        spent = cost(lambda p, c=chosen: [f.describe(p) for f in c], pictures)
        print(f"{title} | {count} | {spent:.1f}")
    for name, ask in PEERS.items():
        print(f"{name} | | {cost(ask, pictures):.1f}")
    if asked.wallpapers:
        wallpapers(asked.wallpapers)


def wallpapers(count: int) -> None:
    """Print the share of patterns of each group that are told."""
    told = {}
    for at, group in enumerate(GROUPS):
        found = [
            wallpaper(drawn(group, np.random.default_rng([i, at]))).group for i in range(count)
        ]
        told[group] = found.count(group) / len(found)
        print(f"wallpaper {group} | {told[group]:.3f}", flush=True)
    print(f"wallpapers, mean of 17 x {count} | {np.mean(list(told.values())):.4f}")


if __name__ == "__main__":
    main()
