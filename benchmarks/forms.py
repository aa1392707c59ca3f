"""Exact facts of ink forms: how many of 10,000 drawn forms are counted wrong.

    python benchmarks/forms.py [--count 10000]

Forms are drawn by ``tests/drawn_forms.py`` with one to four parts (bars, bends, spirals, rings,
crosses, stars, ladders, ...), turned at random, thin to thick, in grey with noise. The tests
count 300 of them.
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from drawn_forms import form  # noqa: E402
from latelier.features.form import MEASURES, describe  # noqa: E402

COUNTED = [m.name for m in MEASURES[:4]]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10_000)
    count = parser.parse_args().count
    wrong: Counter[str] = Counter()
    spent = 0.0
    for seed in range(count):
        drawn = form(np.random.default_rng(seed))
        before = time.process_time()
        found = describe(drawn.pixels)
        spent += time.process_time() - before
        truth = (drawn.eyes, drawn.strokes, drawn.ends, drawn.branches)
        off = [n for n, f, t in zip(COUNTED, found, truth, strict=False) if f != t]
        wrong.update(off)
        if off:
            parts = ", ".join(drawn.parts)
            print(f"seed {seed}: {parts}: {truth} counted as {tuple(int(v) for v in found[:4])}")
    print(f"\n{'fact':<12}{'wrong of ' + str(count):>18}")
    for name in COUNTED:
        print(f"{name:<12}{wrong[name]:>18}")
    print(f"\n{1000 * spent / count:.1f} CPU-ms a form, all {len(MEASURES)} facts")


if __name__ == "__main__":
    main()
