"""The report's second part: datasets, training through time, and the new images."""

from typing import Any

from latelier.printing._curve import Curve
from latelier.printing._report import Block, Facts, Origins, Plot, Section, Table, Wall, Words
from latelier.project import Image, Run
from latelier.steps._report_view import MEDIUM, View, evenly
from latelier.wording import plural

SHEETS = 6  # sample sheets shown of one training, from the first to the last
SHEET_SIDE = 560
SHOWN_WITH_PARENTS = 12
PARENTS = 8
MEASURES = {
    "kid": (
        "Unlikeness to the originals held back",
        "0 is as like them as your other pictures are; lower is better (kernel distance, KID).",
    ),
    "variety": ("Variety", "How different the images are from one another; your pictures are 1."),
    "copies": ("Near copies", "The share of images that are nearly one of your originals."),
    "checkerboard": (
        "Checkerboard",
        "How strongly a fine grid, which enlarging leaves behind, shows; above 3 it can be seen.",
    ),
}


def datasets(view: View) -> Section | None:
    """What was learnt from: sizes, shares, what was left out."""
    runs = view.runs["prepare"]
    if not runs:
        return None
    rows = []
    for run in runs:
        result, settings = run.result, run.recipe["settings"]
        size = result["size"]
        shape = f"{size} x {size}" if isinstance(size, int) else " x ".join(map(str, size))
        rows.append(
            (
                str(result["dataset"]),
                f"{result['images']:,}",
                f"{shape} px",
                "ink" if settings.get("ink") else str(settings.get("fit", "")),
                f"{result['held_out']:,}",
            )
        )
    columns = ("Name", "Pictures", "Size", "Fitted by", "Held back")
    terms = [
        ("Held back", "Pictures that a model never sees, so that it can be judged by them."),
        (
            "Fitted by",
            "pad keeps the whole picture with a margin; crop fills the square; tiles cuts it.",
        ),
    ]
    return Section(
        "dataset",
        "What was learnt from",
        "A dataset holds the collection at one size, each row bound to its picture.",
        [Table("", columns, rows)],
        terms,
    )


def training(view: View) -> Section | None:
    """Each training through time: sheets of the same images, curves, one sentence."""
    runs = view.runs["train"]
    if not runs:
        return None
    blocks: list[Block] = []
    for run in runs:
        blocks += _one_training(view, run)
    lead = "How the images came to be. A sheet shows the same images again and again while a model learns."
    terms = [
        ("Step", "One round of learning, on a handful of pictures at once."),
        ("quilt", "A way without learning: new pictures are woven from patches of the originals."),
        ("woven", "Small plans are learnt; the pictures are woven after them from the originals."),
    ]
    return Section("training", "Training", lead, blocks, terms)


def _one_training(view: View, run: Run) -> list[Block]:
    result = run.result
    facts = [("model", str(result["model"]))]
    if result.get("images_seen"):
        facts += [
            ("pictures shown to it", f"{result['images_seen']:,}"),
            ("time used", duration(float(result["seconds"]))),
            ("snapshot kept", f"step {result['best_snapshot']:,}"),
        ]
    blocks: list[Block] = [Facts(facts), Words(str(result["verdict"]))]
    if result.get("images_seen"):
        blocks += [Words(s) for s in result.get("said", [])[:2]]
    sheets = sorted((run.folder / "sheets").glob("*.png"))
    some = evenly(sheets, SHEETS)
    pictures = []
    for file in some:
        step = int("".join(c for c in file.stem if c.isdigit()) or 0)
        name = f"Step {step:,}" if step else "First images"
        if made := view.file(file, SHEET_SIDE, name, f"{run.name}"):
            pictures.append(made)
    if pictures:
        blocks.append(Wall(pictures, "large" if len(pictures) < 3 else "medium"))
    return blocks + _curves(run)


def _curves(run: Run) -> list[Block]:
    looks = [line for line in run.logged() if "measures" in line and "seconds" in line]
    by_step = {line["step"]: line for line in looks}
    looks = [by_step[step] for step in sorted(by_step)]
    if len(looks) < 3:
        return []
    long = looks[-1]["seconds"] > 180
    unit = "minutes of training" if long else "seconds of training"
    kept = run.result["best_snapshot"]
    blocks: list[Block] = []
    for key, (title, sentence) in MEASURES.items():
        points = [
            (line["seconds"] / (60 if long else 1), line["measures"][key])
            for line in looks
            if isinstance(line["measures"].get(key), int | float)
        ]
        if len(points) < 3 or (key == "copies" and not any(y for _, y in points)):
            continue
        marked = [
            (x, y, "kept")
            for line, (x, y) in zip(looks, points, strict=False)
            if line["step"] == kept
        ]
        blocks.append(Plot(Curve(title, unit, "", {title: points}, sentence, marked)))
    return blocks


def new_images(view: View) -> Section | None:
    """The images that were made, and where each comes from."""
    made = view.generated
    if not made:
        return None
    runs = {i.run for i in made if i.run}
    kept = sum(1 for i in made if view.marks.get(i.id) in ("keep", "favourite"))
    facts = [("new images", f"{len(made):,}"), ("runs", str(len(runs)))]
    copies = sum(bool((i.facts.get("near") or {}).get("copy")) for i in made)
    if any(i.facts.get("near") for i in made):
        facts.append(("nearly an original", f"{copies:,}"))
    if kept:
        facts.append(("kept by hand", f"{kept:,}"))
    blocks: list[Block] = [Facts(facts)]
    wall = view.wall(made, "medium")
    if wall:
        blocks.append(wall)
    blocks += _origins(view, made)
    lead = "None of these was photographed. Each has a seed, and the same seed makes the same image again."
    terms = [("Seed", "The number that an image grows from.")]
    if any(i.facts.get("near") for i in made):
        terms.append(("Usual distance", "How far originals are from the original nearest to them."))
    if any(i.facts.get("parents") for i in made):
        terms += [
            ("Recombined", "Woven from patches of originals, which are named with their shares."),
        ]
    return Section("new", "New images", lead, blocks, terms)


def _origins(view: View, made: list[Image]) -> list[Block]:
    blocks: list[Block] = []
    for image in evenly([i for i in made if parents_of(i) or nearest_of(i)], SHOWN_WITH_PARENTS):
        shown = view.image(image, 2 * MEDIUM)
        if shown is None:
            continue
        parents = parents_of(image)
        others = []
        for path, said in [*parents[:PARENTS], *nearest_of(image)]:
            original = view.by_path.get(path)
            if original and (small := view.image(original, MEDIUM // 2, said)):
                others.append(small)
        text = "Nearest among the originals:"
        if parents:
            most = f"; the {PARENTS} with the largest shares" if len(parents) > PARENTS else ""
            text = f"Recombined from {plural(len(parents), 'picture')}{most}:"
        blocks.append(Origins(shown, others, text))
    return blocks


def parents_of(image: Image) -> list[tuple[str, str]]:
    """The originals that an image was woven from, with their shares in words, largest first."""
    parents = image.facts.get("parents") or []
    rows: list[tuple[str, float]] = []
    for parent in parents:
        if isinstance(parent, dict) and "image" in parent:
            rows.append((str(parent["image"]), float(parent.get("share", 0))))
    rows.sort(key=lambda row: -row[1])
    return [(path, f"{share:.0%} of it" if share else "") for path, share in rows]


def nearest_of(image: Image) -> list[tuple[str, str]]:
    """The original that an image is nearest to, where that is known, and how near in words."""
    near: dict[str, Any] = image.facts.get("near") or {}
    if "image" not in near:
        return []
    if near.get("copy"):
        said = "nearest original: nearly the same"
    elif near.get("close"):
        said = f"nearest original: nearer than {'others are' if near.get('crowded') else 'usual'}"
    else:
        times = f"nearest original, {float(near.get('ratio', 1)):.1f} times"
        others = "as far as others are from it" if near.get("crowded") else "the usual distance"
        said = f"{times} {others}"
    return [(str(near["image"]), said)]


def duration(seconds: float) -> str:
    """A time as people say it.

    >>> duration(42), duration(600), duration(5400)
    ('42 s', '10 min', '1.5 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
