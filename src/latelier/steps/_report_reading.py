"""The report's third part: copies, groups and maps."""

import json
from typing import Any

from latelier.printing._curve import Curve
from latelier.printing._report import (
    Block,
    Facts,
    Origins,
    Picture,
    Plot,
    Points,
    Section,
    Table,
    Wall,
    Words,
)
from latelier.project import Run
from latelier.steps._grouping import reading_order
from latelier.steps._report_view import THUMB, View, evenly
from latelier.wording import plural

COPY_SETS = 40  # sets of copies that are shown
A_GROUP = 24  # pictures shown of one group
MAPPED = 600  # pictures of one map
MAP_THUMB = 112
SHARE = 0.70
PARTS = 12  # parts of pictures in others that are drawn; more of them are listed as well


def copies(view: View) -> Section | None:
    """Pictures that are one picture twice, a set a row, and parts of pictures in others."""
    run = view.last("copies")
    if run is None:
        return None
    found = json.loads((run.folder / "copies.json").read_text(encoding="utf-8"))
    sets, parts = found["sets"], found["partial"]
    if not sets and not parts:
        return None
    blocks: list[Block] = []
    for group in evenly(sets, COPY_SETS):
        keeper = view.by_path.get(group["keeper"])
        shown = view.image(keeper, THUMB) if keeper else None
        if shown is None:
            continue
        others = [_copy(view, m) for m in group["members"]]
        text = f"To keep: {shown.name}, {group['reason']}. Beside it:"
        blocks.append(Origins(shown, [o for o in others if o], text, small=True))
    blocks += [pair for part in parts[:PARTS] if (pair := _part(view, part))]
    rows = [(p["image"], p["in"], p["reason"]) for p in parts]
    if len(rows) > PARTS:
        title = "Parts of one picture in another"
        blocks.append(Table(title, ("Picture", "Found in", "Why"), rows, folded=len(rows) > 12))
    rows = [(a["image"], a["other"], a["reason"]) for a in found.get("alike", [])]
    if rows:
        title = "Alike, but no copies"
        blocks.append(Table(title, ("Picture", "Other", "Why"), rows, folded=True))
    lead = (
        f"{plural(len(sets), 'set')} of pictures that are one picture twice, as far as can be seen."
    )
    if any(m.get("changed") or m.get("shared") for s in sets for m in s["members"]) or parts:
        lead += " Orange: what was changed. Blue: what two of them share."
    if len(sets) > COPY_SETS:
        lead += f" {COPY_SETS} of them are shown."
    return Section("copies", "Copies", lead, blocks)


def _copy(view: View, member: dict[str, Any]) -> Picture | None:
    image = view.by_path.get(member["image"])
    if image is None:
        return None
    marks = (member.get("changed", []), member.get("shared"))
    return view.outlined(image, THUMB, member["reason"], marks)


def _part(view: View, part: dict[str, Any]) -> Origins | None:
    """A picture and the one that a part of it lies in, the part outlined in both."""
    shown = []
    for key, box, note in (("image", "of", ""), ("in", "box", part["reason"])):
        image = view.by_path.get(part[key])
        x, y, w, h = part.get(box, (0, 0, 0, 0))  # a run of before says not of which part
        if image is not None:
            sides = ((x, y), (x + w, y), (x + w, y + h), (x, y + h))
            frame = [[a / image.width, b / image.height] for a, b in sides] if w else None
            shown.append(view.outlined(image, THUMB, note, ([], frame)))
    if len(shown) < 2 or shown[0] is None or shown[1] is None:
        return None
    text = f"A part of {shown[0].name} lies in {shown[1].name}:"
    return Origins(shown[0], [shown[1]], text, small=True)


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
    """The last map of each kind, with the pictures as points."""
    newest = {r.name.split("-", 1)[1]: r for r in view.runs["map"]}
    blocks: list[Block] = []
    for run in newest.values():
        block = _points(view, run.result["points"])
        if block is None:
            continue
        blocks.append(block)
        notes = [str(note) for note in run.result.get("notes", [])[:1]]
        blocks += [
            Words(n) for n in (*notes, f"To move about in it, open runs/{run.name}/map.html.")
        ]
    if not blocks:
        return None
    lead = "Every picture lies beside those it is like. Near means alike."
    terms = [
        (
            "pca",
            "Shows the directions in which the pictures differ most, and nothing of the others.",
        ),
        ("tsne", "Keeps neighbours together; how far groups lie apart means little."),
    ]
    return Section("map", "Map", lead, blocks, terms)


def _points(view: View, places: dict[str, list[float]]) -> Points | None:
    """The pictures of a map at their places, the first two directions of them."""
    known = [p for p in evenly(list(places), MAPPED) if p in view.by_path]
    if not known:
        return None
    side = min(0.08, max(0.02, 0.6 / len(known) ** 0.5))
    xs, ys = ([places[p][axis] for p in known] for axis in (0, 1))
    points = []
    for path, x, y in zip(known, _spread(xs, side), _spread(ys, side * 4 / 3), strict=True):
        shown = view.image(view.by_path[path], MAP_THUMB)
        if shown is not None:
            points.append((shown, x, 1 - y))
    return Points(points, side)


def _spread(values: list[float], side: float) -> list[float]:
    """Values spread over 0 to 1, so that pictures of that side stay inside."""
    low, high = min(values), max(values)
    room = 1 - 1.2 * side
    return [0.5 + room * ((v - low) / ((high - low) or 1) - 0.5) for v in values]
