"""Notebook pages cut into drawings: F1 and processor time, beside contour finding.

    python benchmarks/pages.py [--pages 30] [--angles 40] [--hard | --real FOLDER]

Generated pages of the three kinds (``tests/drawn_pages.py``): A4 at 150 dpi with random skew to 15
degrees, mild perspective, shading, noise, specks, lined and squared paper, bindings, pencil, stains.
Beside the cut: connected contours (OpenCV) with Otsu's and with adaptive thresholds, in the same
run; contours keep those near the page's true usual size, which flatters them. With ``--real``:
scans and photographs with truth (``pages-grid-scans`` and ``pages-handdrawn-boxes`` in FOLDER).
``--hard`` draws the same kinds as a phone sees a worn notebook: lines by an unsteady hand, two to four
times the perspective, deep shadows, always lined or squared paper, binding, pencil and stains.
F1 counts drawings found at an intersection over union of at least .5, .75 and .9. The angle that the
cut sees is held against the true one on ``--angles`` more pages of each kind, drawn without perspective,
under which a page has no one angle.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from drawn_pages import Style, any_style, page  # noqa: E402
from latelier import images  # noqa: E402
from latelier.cut import ink  # noqa: E402
from latelier.cut.page import Settings, cut_page  # noqa: E402

Boxes = NDArray[np.float64]  # (n, 4) left, top, width, height
LEVELS = (0.5, 0.75, 0.9)
FIRST_SEED = 5000  # none that the cut was built on or is tested with
FIRST_ANGLE = 6000  # likewise


def overlap(found: Boxes, truth: Boxes) -> NDArray[np.float64]:
    """The intersection over union of each drawing with its match, greatest in total."""
    if not len(found) or not len(truth):
        return np.zeros(0)
    a, b = found[:, None], truth[None]
    low = np.maximum(a[..., :2], b[..., :2])
    high = np.minimum(a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:])
    shared = np.clip(high - low, 0, None).prod(-1)
    iou = shared / (a[..., 2:].prod(-1) + b[..., 2:].prod(-1) - shared)
    return np.asarray(iou[linear_sum_assignment(-iou)])


def f1(found: Boxes, truth: Boxes, level: float) -> float:
    """F1 of one page."""
    hits = (overlap(found, truth) >= level).sum()
    return float(2 * hits / max(len(found) + len(truth), 1))


def contours(grey: ink.Grey, adaptive: bool, usual: tuple[float, float]) -> Boxes:
    """What contour finding gives: bounds of outer contours or of the holes in boxes."""
    if adaptive:
        mask = cv2.adaptiveThreshold(
            grey, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY_INV, 51, 15
        )
    else:
        mask = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1]
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    rects = np.array([cv2.boundingRect(o) for o in outlines], np.float64).reshape(-1, 4)
    near = (np.abs(rects[:, 2:] / np.array(usual) - 1) < 0.5).all(1)
    kept: list[NDArray[np.float64]] = []
    for rect in rects[near][np.argsort(-rects[near, 2:].prod(1))]:
        if not kept or (overlap_one(rect, np.array(kept)) < 0.5).all():
            kept.append(rect)
    return np.array(kept).reshape(-1, 4)


def overlap_one(rect: NDArray[np.float64], others: Boxes) -> NDArray[np.float64]:
    """The intersection over union of one box with others."""
    low = np.maximum(rect[:2], others[:, :2])
    high = np.minimum(rect[:2] + rect[2:], others[:, :2] + others[:, 2:])
    shared = np.clip(high - low, 0, None).prod(-1)
    return np.asarray(shared / (rect[2:].prod() + others[:, 2:].prod(-1) - shared))


def ours(grey: ink.Grey, settings: Settings | None = None) -> Boxes:
    """The cut's boxes."""
    found = cut_page(grey, settings)
    bounds = np.array([d.bounds for d in found.drawings], np.float64).reshape(-1, 4)
    return np.concatenate([bounds[:, :2], bounds[:, 2:] - bounds[:, :2]], 1)


def timed(work: Callable[[], Boxes]) -> tuple[Boxes, float]:
    """What a piece of work gives, and the processor time it took in ms."""
    before = time.process_time()
    found = work()
    return found, 1000 * (time.process_time() - before)


def hard_style(rng: np.random.Generator, kind: str) -> Style:
    """A worn notebook under a phone."""
    return replace(
        any_style(rng, kind),
        wobble=float(rng.uniform(1.5, 3.5)),
        perspective=float(rng.uniform(0.015, 0.03)),
        shading=float(rng.uniform(0.4, 0.7)),
        noise=float(rng.uniform(4, 10)),
        specks=80,
        paper=str(rng.choice(["lined", "squared"])),
        binding=True,
        stains=5,
        pencil=5,
    )


def generated(count: int, styled: Callable[[np.random.Generator, str], Style]) -> None:
    """The table over generated pages."""
    print(f"{'pages':<10}{'way':<22}" + "".join(f"F1@{v:<7}" for v in LEVELS) + "CPU-ms")
    for kind in ("closed", "broken", "free"):
        rows: dict[str, list[list[float]]] = {}
        for seed in range(FIRST_SEED, FIRST_SEED + count):
            rng = np.random.default_rng([seed, len(kind)])
            drawn = page(rng, styled(rng, kind))
            usual = tuple(np.median(drawn.boxes[:, 2:], axis=0))
            ways: dict[str, Callable[[], Boxes]] = {
                "latelier cut": lambda g=drawn.pixels: ours(g),
                "contours, Otsu": lambda g=drawn.pixels, u=usual: contours(g, False, u),
                "contours, adaptive": lambda g=drawn.pixels, u=usual: contours(g, True, u),
            }
            for name, way in ways.items():
                found, spent = timed(way)
                scores = [f1(found, drawn.boxes, level) for level in LEVELS]
                rows.setdefault(name, []).append([*scores, spent])
                if name == "latelier cut" and scores[2] < 0.9:
                    print(f"    seed {seed}: F1@.9 {scores[2]:.2f}, {drawn.style.arrangement}")
        for name, table in rows.items():
            mean = np.mean(table, axis=0)
            figures = "".join(f"{v:<10.3f}" for v in mean[:3])
            print(f"{kind:<10}{name:<22}{figures}{np.median(np.array(table)[:, 3]):.0f}")


def angles(count: int, styled: Callable[[np.random.Generator, str], Style]) -> None:
    """How far the angle seen is off the true one, on pages without perspective."""
    for kind in ("closed", "broken", "free"):
        off = []
        for seed in range(FIRST_ANGLE, FIRST_ANGLE + count):
            rng = np.random.default_rng([seed, len(kind)])
            drawn = page(rng, replace(styled(rng, kind), perspective=0.0))
            off.append(abs(cut_page(drawn.pixels).angle - drawn.style.skew))
        print(
            f"{kind:<10}deskew error on {count} pages: median {np.median(off):.3f}, "
            f"95 % below {np.percentile(off, 95):.3f}, greatest {np.max(off):.3f} degrees"
        )


def real(folder: Path) -> None:
    """The table over scans and photographs with truth."""
    print(f"{'page':<51}{'found':<14}" + "  ".join(f"F1@{v}" for v in LEVELS))
    grids = folder / "pages-grid-scans"
    truths = json.loads((grids / "grid_ground_truth.json").read_text("utf-8"))
    scores = [
        show("grid", grids / name, grid_boxes(np.array(told["corners"])))
        for name, told in truths.items()
        if (grids / name).is_file()
    ]
    print(
        f"grid scans, mean of {len(scores)}: " + ", ".join(f"{v:.3f}" for v in np.mean(scores, 0))
    )
    hand = folder / "pages-handdrawn-boxes"
    told = json.loads((hand / "boxes.json").read_text("utf-8"))
    scores = [
        show(
            "by hand",
            file,
            np.array([b["box"] for b in told[file.name]["boxes"] if b["kind"] == "task"]),
        )
        for file in sorted((hand / "images").glob("*.jpg"))
        if file.name in told
    ]
    print(f"by hand, mean of {len(scores)}: " + ", ".join(f"{v:.3f}" for v in np.mean(scores, 0)))


def grid_boxes(corners: NDArray[np.float64]) -> Boxes:
    """The bounds of the boxes between crossings (rows + 1, columns + 1, 2)."""
    quads = np.stack(
        [corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=2
    ).reshape(-1, 4, 2)
    low, high = quads.min(1), quads.max(1)
    return np.concatenate([low, high - low], 1)


def show(what: str, file: Path, truth: Boxes) -> list[float]:
    """Print one page's line."""
    grey = ink.grey_of(images.read(file))
    found, spent = timed(lambda: ours(grey))
    scores = [f1(found, truth, level) for level in LEVELS]
    figures = "  ".join(f"{v:.3f}" for v in scores)
    print(f"{what:<9}{file.name:<42}{len(found):>5} of {len(truth):<6}{figures}  {spent:.0f} ms")
    return scores


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--angles", type=int, default=40)
    parser.add_argument("--hard", action="store_true")
    parser.add_argument("--real", type=Path)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    if arguments.real:
        real(arguments.real)
    else:
        style = hard_style if arguments.hard else any_style
        generated(arguments.pages, style)
        angles(arguments.angles, style)
