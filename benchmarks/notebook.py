"""The painter's whole way: notebook pages, cut, ink, a model, new forms, refined, traced.

    python benchmarks/notebook.py FOLDER [--zip omniglot.zip] [--count 600] [--minutes 5 | --steps N]

Drawings are laid out as scanned A4 pages at 150 dpi, in closed boxes, in broken boxes and without
boxes, with skew, shading and noise; the pages are then cut like any scans. Without ``--zip`` the
drawings are those of ``tests/drawn_pages.py``. New forms are set beside the drawings held out from
training: KID and coverage by two extractors, parts of a form, loose specks, nearly copies. The project
is left in FOLDER to be looked at. On a machine that others use, ``--steps`` says the rounds that five
minutes hold on a free one.
"""

import argparse
import io
import sys
import time
import zipfile
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from drawn_pages import Style, _photographed, _Sheet, form  # noqa: E402
from latelier.curate.near import Originals  # noqa: E402
from latelier.extractors._open import opened  # noqa: E402
from latelier.generate.sample import sample  # noqa: E402
from latelier.models import _files  # noqa: E402
from latelier.steps._training import dataset_of  # noqa: E402
from latelier.steps.open_project import Atelier, new_project  # noqa: E402
from latelier.steps.train import Trained  # noqa: E402
from latelier.train.measures import Judge  # noqa: E402

Mask = NDArray[np.uint8]  # (h, w), 255 where there is ink
CELL, SIDE = 132, 96  # pixels of a box, and of the drawing in it
COLUMNS, ROWS = 8, 11
SPECK = 16  # pixels at 64 x 64: smaller pieces are loose specks
KINDS = ("closed", "broken", "free")


def from_zip(path: Path, count: int) -> list[Mask]:
    """Drawings in a zip of pictures, black on white, evenly spread over its names."""
    with zipfile.ZipFile(path) as archive:
        every = sorted(n for n in archive.namelist() if n.lower().endswith(".png"))
        names = [
            every[k] for k in np.linspace(0, len(every) - 1, min(count, len(every))).astype(int)
        ]
        opened = [Image.open(io.BytesIO(archive.read(n))).convert("L") for n in names]
    return [255 - np.asarray(i.resize((SIDE, SIDE), Image.Resampling.LANCZOS)) for i in opened]


def drawn(count: int) -> list[Mask]:
    """Drawings made by code."""
    made = []
    for seed in range(count):
        rng = np.random.default_rng(seed)
        sheet = np.zeros((SIDE * 4, SIDE * 4), np.uint8)
        for points, filled in form(rng, 3):
            line = np.rint((points * 0.8 + 0.5) * SIDE * 4).astype(np.int32)
            if filled:
                cv2.fillPoly(sheet, [line], 255)
            cv2.polylines(sheet, [line], False, 255, 20, cv2.LINE_AA)
        made.append(np.asarray(cv2.resize(sheet, (SIDE, SIDE), interpolation=cv2.INTER_AREA)))
    return made


def laid_out(drawings: list[Mask], kind: str, seed: int) -> NDArray[np.uint8]:
    """One page of drawings as a scanner sees it."""
    rng = np.random.default_rng([seed, len(kind)])
    style = Style(kind, shading=0.25, noise=3.0, specks=15, line=2.2, wobble=0.8, stains=1)
    sheet = _Sheet(style, rng)
    left, top = (1240 - COLUMNS * CELL) // 2, (1754 - ROWS * CELL) // 2
    for place, drawing in enumerate(drawings):
        x, y = left + place % COLUMNS * CELL, top + place // COLUMNS * CELL
        if kind != "free":
            corners = np.array([[4, 4], [CELL - 4, 4], [CELL - 4, CELL - 4], [4, CELL - 4]])
            corners = corners + np.array([x, y]) + rng.normal(0, 0.8, (4, 2))
            for a, b in zip(corners, np.roll(corners, -1, 0), strict=True):
                sheet.side(a, b, kind == "broken")
        dx, dy = (CELL - SIDE) // 2 + rng.integers(-6, 7, 2)
        part = sheet.ink[y + dy : y + dy + SIDE, x + dx : x + dx + SIDE]
        np.maximum(part, drawing, out=part)
    turn = cv2.getRotationMatrix2D((620, 877), float(rng.uniform(-3, 3)), 1.0)
    sheet.ink = np.asarray(cv2.warpAffine(sheet.ink, turn, (1240, 1754), flags=cv2.INTER_CUBIC))
    return _photographed(sheet)


def pages(drawings: list[Mask], folder: Path) -> int:
    """Write all drawings as pages, each kind in turn; how many pages."""
    folder.mkdir(parents=True, exist_ok=True)
    each = COLUMNS * ROWS
    starts = range(0, len(drawings), each)
    for number, start in enumerate(starts):
        pixels = laid_out(drawings[start : start + each], KINDS[number % 3], number)
        Image.fromarray(pixels).save(folder / f"page {number + 1:02d} {KINDS[number % 3]}.png")
    return len(starts)


def parts_of(forms: NDArray[np.uint8]) -> str:
    """In words: how many pieces forms (n, h, w, 1) have, and how many have a loose speck."""
    pieces, specks = [], []
    for form_of in forms[..., 0]:
        stats = cv2.connectedComponentsWithStats((form_of < 128).astype(np.uint8), None, None, 8)[2]
        area = stats[1:, cv2.CC_STAT_AREA]
        specks.append(bool((area < SPECK).any()))
        pieces.append(int((area >= SPECK).sum()))
    ink = (forms < 128).mean()
    return f"{np.mean(pieces):.2f} pieces, loose specks on {np.mean(specks):.0%}, ink {ink:.3f}"


def compared(project: Atelier, trained: Trained) -> None:
    """Print how new forms stand beside held-out drawings, drawn from the run's best model."""
    run = project.runs.find(trained.run)
    dataset = dataset_of(project, run)
    rows = {name: np.ascontiguousarray(dataset.pixels[which])
            for name, which in (("train", dataset.train), ("held", dataset.held_out))}  # fmt: skip
    _, model, _ = _files.load(run.folder / "model.safetensors")
    made = np.concatenate([s.pixels[None, ..., :1] for s in sample(model, range(128), 1.0)])
    made = np.where(made < 128, 0, 255).astype(np.uint8)
    print(f"held-out drawings: {parts_of(rows['held'])}")
    print(f"128 new forms:     {parts_of(made)}")
    for name in ("classic", "randconv"):
        eye = opened(name, rows["train"], 0)
        judge = Judge(rows["train"], rows["held"], Originals(rows["train"]).copies, eye)
        for who, pictures in (("new forms", made), ("other originals", rows["train"][::4])):
            told = judge.measure(pictures)
            print(f"{who} by {told.eye}: KID {told.kid:.3f} +- {told.kid_error:.3f}, coverage "
                  f"{told.coverage:.2f}, recall {told.recall:.2f}, closeness {told.closeness:.2f}, "
                  f"nearly copies {told.copies:.0%}")  # fmt: skip


def whole_way(
    project: Atelier, folder: Path, count: int, minutes: float, steps: int | None
) -> None:
    """From pages to traced new forms, each step's figures printed."""
    before = time.process_time()
    cut = project.cut(folder, review=True)
    spent = (time.process_time() - before) / len(cut.pages)
    flagged = sum(bool(d.flags) for p in cut.pages for d in p.found.drawings)
    print(
        f"cut: {len(cut.images)} of {count} drawings, {flagged} flagged, {spent:.2f} CPU-s a page"
    )
    ready = project.prepare("forms", set="drawings", ink=True, size=64, fit="crop")
    print(f"prepared: {len(ready.dataset)} drawings, {len(ready.left_out)} left out")
    before = time.process_time()
    length = {"minutes": minutes} if steps is None else {"steps": steps}
    trained = project.train("forms", model="vae", **length)
    print(f"trained: {trained.verdict} {trained.images_seen:,} pictures shown in "
          f"{time.process_time() - before:.0f} CPU-s with all that was measured")  # fmt: skip
    compared(project, trained)
    made = project.make(64, run=trained, seed=1)
    refined = project.refine(
        made.run, ["enlarge:6", "threshold", "despeckle", "smooth:0.012", "trace"]
    )
    nodes = sorted(f["nodes"] for f in refined.files)
    print(f"traced: {len(nodes)} forms, {nodes[0]} to {nodes[-1]} nodes, middle {nodes[32]}")
    for of, name in ((made.run, "made"), (refined.run, "refined")):
        project.sheet(of, size="8x8in", dpi=200, layout="grid", cells="8x8", to=f"out/{name}.png")
    passed = [cut.images[k].path for k in (0, len(cut.images) // 3, len(cut.images) // 2)]
    walked = project.walk(passed, run=trained, seconds=4, to="out/walk")
    print(f"walked between drawings: largest step {walked.largest_step:.2f} of the way")
    print(f"look at {project.root / 'out'}")


def main() -> None:
    """Do it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--zip", type=Path)
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--steps", type=int)
    asked = parser.parse_args()
    drawings = from_zip(asked.zip, asked.count) if asked.zip else drawn(asked.count)
    pages(drawings, asked.folder / "pages")
    project = new_project(asked.folder / "project")
    whole_way(project, asked.folder / "pages", len(drawings), asked.minutes, asked.steps)


if __name__ == "__main__":
    main()
