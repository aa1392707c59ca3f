"""The report's third part: copies, groups and maps."""

from typing import Any

from latelier.printing._curve import Curve
from latelier.printing._report import Block, Facts, Plot, Section, Table, Wall, Words
from latelier.project import Run
from latelier.steps._grouping import reading_order
from latelier.steps._report_view import View, evenly, plural

A_GROUP = 24  # pictures shown of one group
MAP_SIDE = 1600
SHARE = 0.70


def groups(view: View) -> Section | None:
    """The last grouping: its curve, its sizes, its pictures."""
    run = view.last("groups")
    if run is None:
        return None
    result = run.result
    labels: dict[str, Any] = result["labels"]
    blocks: list[Block] = [
        Facts(
            [
                ("groups", str(result["k"])),
                ("images", f"{len(labels):,}"),
                ("components that hold 70 %", str(result["components_70"])),
            ]
        )
    ]
    said = result.get("clearness", {}).get("sentences", [])
    if said:
        blocks.append(Words(" ".join(said)))
    blocks += [Words(note) for note in result.get("notes", [])]
    blocks += _silhouettes(result)
    blocks += _variance(result)
    blocks += _members(view, run, labels)
    lead = "Images that are like one another stand together. How many groups there are is a choice."
    terms = [
        ("Group", "Found by k-means: each image belongs to the nearest of k middles."),
        (
            "How clear",
            "The silhouette: 1 where each image is far nearer to its own group than to any other, "
            "0 where it lies on the border.",
        ),
        ("Component", "A direction in which the images differ (principal component analysis)."),
    ]
    return Section("groups", "Groups", lead, blocks, terms)


def _silhouettes(result: dict[str, Any]) -> list[Block]:
    scores = sorted((int(k), float(s)) for k, s in result["silhouettes"].items())
    if len(scores) < 2:
        return []
    lines: dict[str, list[tuple[float, float]]] = {
        "these images": [(float(k), s) for k, s in scores]
    }
    chance = sorted((int(k), ends) for k, ends in result.get("chance", {}).items())
    if len(chance) > 1:
        lines["images without groups"] = [(float(k), float(ends[1])) for k, ends in chance]
    k = int(result["k"])
    marked = [(float(k), dict(scores)[k], f"{k} groups")] if k in dict(scores) else []
    curve = Curve(
        "How clear the groups are, by their number",
        "number of groups",
        "silhouette",
        lines,
        "Where the line stands well above the dashed one there is more than chance; "
        "a peak is a number that the images themselves suggest.",
        marked,
        points=True,
    )
    rows = [(str(j), f"{s:.3f}") for j, s in scores]
    return [Plot(curve), Table("The numbers", ("Groups", "Silhouette"), rows, folded=True)]


def _variance(result: dict[str, Any]) -> list[Block]:
    shares = [float(s) for s in result.get("shares", [])]
    if len(shares) < 3:
        return []
    total, points = 0.0, []
    for i, share in enumerate(shares, 1):
        total += share
        points.append((float(i), total))
    n = int(result["components_70"])
    marked = [(float(n), points[n - 1][1], f"{n} components hold 70 %")] if n <= len(points) else []
    curve = Curve(
        "How much of the difference few directions hold",
        "components, counted from one",
        "share of the variance",
        {"cumulative": points},
        f"With {n} directions, 70 % of all that tells these images apart is said.",
        marked,
        (SHARE, "70 %"),
    )
    return [Plot(curve)]


def _members(view: View, run: Run, labels: dict[str, Any]) -> list[Block]:
    """Each group: its mean picture where there is one, and some of its images."""
    blocks: list[Block] = []
    by_label: dict[str, list[str]] = {}
    for path, label in labels.items():
        by_label.setdefault(str(label), []).append(path)
    for label in sorted(by_label, key=reading_order):
        images = [view.by_path[p] for p in by_label[label] if p in view.by_path]
        more = f", {A_GROUP} of them shown" if len(images) > A_GROUP else ""
        title = f"Group {label}: {plural(len(images), 'image')}{more}"
        wall = view.wall(evenly(images, A_GROUP), title=title)
        if wall is None:
            continue
        pictures = list(wall.pictures)
        for name in (f"mean-{label}.png", f"means/{label}.png", f"mean/{label}.png"):
            if (run.folder / name).is_file():
                mean = view.file(run.folder / name, 144, "the mean of them all")
                pictures = [mean, *pictures] if mean else pictures
        blocks.append(Wall(pictures, title=title))
    return blocks


def maps(view: View) -> Section | None:
    """The pictures of the last map of each method."""
    newest = {
        (r.recipe["settings"].get("method"), r.recipe["settings"].get("dims")): r
        for r in view.runs["map"]
    }
    blocks: list[Block] = []
    for run in newest.values():
        files = sorted(f for f in run.folder.rglob("*") if f.suffix.lower() in (".png", ".webp"))
        for file in files:
            shown = view.file(file, MAP_SIDE, file.stem.replace("-", " "), run.name)
            if shown:
                blocks.append(Wall([shown], "whole"))
    if not blocks:
        return None
    lead = "Every picture lies beside those it is like. Near means alike; the axes have no names."
    return Section("map", "Map", lead, blocks)
