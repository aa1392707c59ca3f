"""Why an image is said to be what it is: pictures like it, reasons in words, and where it comes from."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from latelier.errors import UnknownName, UsageError
from latelier.explain import heat as room
from latelier.explain import plate, turning
from latelier.files import write_bytes, write_text
from latelier.images import Pixels, fitted
from latelier.progress import Progress, silent
from latelier.project import Image, Project
from latelier.seeds import rng
from latelier.steps._encoders import Encoder
from latelier.steps._explain_words import Reason, change_in_words, page, reasons, sentences, sure
from latelier.steps._explaining import Asked, heads_for, newest_reading
from latelier.steps._measured import read_for

SIDE = 256  # px, the longer side of the picture that is covered in places
MAPS = ("occlusion", "rise", "gradcam", "none")
BARS = 12  # reasons on the plate


@dataclass(frozen=True)
class Explained:
    """Why an image is said to be what it is.

    Args:
        run: the run's folder name.
        image: its path.
        criterion: of the labels.
        said: the label.
        probability: of it.
        instead: the label next in line.
        given: the label that a person gave, or empty.
        alike: labelled images most like it, with their labels and how far they are.
        reasons: what spoke for it and against it, the strongest first.
        families: what each family of numbers added together.
        exact: whether the reasons are exact, or drawn with an error.
        change: what would change its mind, in one sentence.
        faith: how far the heat map can be believed; None without one.
        sentences: all of it in words.
    """

    run: str
    image: str
    criterion: str
    said: str
    probability: float
    instead: str
    given: str
    alike: list[tuple[str, str, float]]
    reasons: list[Reason]
    families: dict[str, float]
    exact: bool
    change: str
    faith: room.Faith | None
    sentences: list[str]

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it and ``result.json`` keeps it."""
        found = {**vars(self), "reasons": [asdict(r) for r in self.reasons]}
        return {**found, "faith": self.faith and asdict(self.faith)}


def explain(
    project: Project,
    image: str | int | Image,
    criterion: str | None = None,
    *,
    heat: str = "occlusion",
    run: str | None = None,
    on_progress: Progress = silent,
) -> Explained:
    """Say why an image is said to be what it is, by the heads of the newest reading.

    Of an image that was learnt from, only the head speaks that had not seen it. Afterwards a run
    holds ``explanation.png`` and ``explanation.md``.

    Args:
        project: that holds both.
        image: its path, name or number.
        criterion: of the labels; the one of the newest reading if left out.
        heat: occlusion, rise, gradcam where an encoder shows its maps, or none for no map.
        run: a certain run of ``classify``.
        on_progress: told where it stands.

    Raises:
        UnknownName: there is no such image, run, map or criterion that was read.
        UsageError: nothing was read yet, or no encoder shows its maps.
        PictureError: the image cannot be read.
    """
    if heat not in MAPS:
        raise UnknownName("map", heat, MAPS)
    shown = image if isinstance(image, Image) else project.images.find(image)
    read = newest_reading(project, criterion, run)
    settings = read.recipe["settings"]
    pixels = fitted(read_for(project, shown), SIDE, SIDE)
    with threadpool_limits(1):  # the matrices are small; more threads only wait for each other
        asked = heads_for(project, shown, read, on_progress)
        if heat == "gradcam" and not any(isinstance(s, Encoder) and s.shows for s in asked.sources):
            raise UsageError(
                "No encoder shows its maps here: Grad-CAM needs a reading with --features self or "
                "mobilenet:FILE (files of ONNX and TorchScript hide theirs). Take --map occlusion."
            )
        recipe = {"image": shown.path, "criterion": settings["criterion"], "heat": heat}
        done = project.runs.start(
            "explain",
            {**recipe, "run": read.name},
            suffix=settings["criterion"],
            inputs=[shown, *asked.lesson.numbers.images],
        )
        on_progress(0, 1, "covering the picture in places")
        warm, faith = _map(asked, pixels, heat, settings)
        found = _found(asked, shown, settings, done.name, faith)
    bars = found.reasons[:BARS]
    names = [f"{r.name.replace('.', ' · ').replace('_', ' ')}" for r in bars]
    pictures, captions = _shown(project, found, pixels, warm)
    title = f"{shown.name}: {found.said} ({sure(found.probability)}), rather than {found.instead}"
    sides = (f"speaks for {found.instead}", f"for {found.said}")
    bar_values = plate.Reasons(names, [r.share for r in bars], sides)
    write_bytes(done.folder / "explanation.png", plate.plate(pictures, captions, bar_values, title))
    write_text(done.folder / "explanation.md", page(found))
    done.finish(found.to_json())
    return found


def _map(
    asked: Asked, pixels: Pixels, heat: str, settings: dict[str, Any]
) -> tuple[room.Heat | None, room.Faith | None]:
    """The heat map and how far it can be believed."""
    if heat == "none":
        return None, None
    seed = int(settings["seed"])
    place = int(asked.p(asked.x[None])[0].argmax())
    ask = asked.see(place)
    if heat == "gradcam":
        own, shuffled = _gradcam(asked, pixels, place)
    else:
        both = (
            room.occlusion(pixels, ask)
            if heat == "occlusion"
            else room.rise(pixels, ask, rng(seed, "rise"))
        )
        own, shuffled = both[..., 0], both[..., 1]
    return own, room.faith(
        pixels, own, shuffled, lambda pictures: ask(pictures)[:, 0], rng(seed, "faith")
    )


def _gradcam(asked: Asked, pixels: Pixels, place: int) -> tuple[room.Heat, room.Heat]:
    """The map of an encoder by the heads, and by heads that learnt shuffled labels."""
    encoder = next(s for s in asked.sources if isinstance(s, Encoder) and s.shows)
    families = [column.partition(".")[0] for column in asked.lesson.numbers.columns]
    maps, first = encoder.maps(pixels)
    start = families.index(encoder.name) + first
    where = slice(start, start + len(maps))
    own, shuffled = (asked.slopes(place, heads, where) for heads in (asked.heads, asked.shuffled))
    return room.gradcam(maps, own), room.gradcam(maps, shuffled)


def _found(
    asked: Asked, image: Image, settings: dict[str, Any], run: str, faith: room.Faith | None
) -> Explained:
    """All that is found, in words and numbers."""
    p = asked.p(asked.x[None])[0]
    a, b = (int(c) for c in np.argsort(-p, kind="stable")[:2])
    shares, exact = asked.reasons(a, b, int(settings["seed"]))
    learnt = asked.lesson.numbers
    told = reasons(learnt, asked.x, shares)
    families: dict[str, float] = {}
    for column, share in zip(learnt.columns, shares.values, strict=True):
        family = column.partition(".")[0]
        families[family] = families.get(family, 0.0) + float(share)
    spread = learnt.table.std(axis=0)
    spread = np.where(spread > 1e-9 * (1 + np.abs(learnt.table.mean(axis=0))), spread, np.inf)
    rows, apart = turning.alike(asked.x, learnt.table, spread, list(asked.skip), list(asked.groups))
    usual = np.median(learnt.table[asked.labels == b], axis=0)
    turned = turning.turn(asked.margin(a, b), asked.x, usual)
    given = dict(zip((i.path for i in learnt.images), asked.lesson.labels, strict=True))
    found = Explained(
        run=run,
        image=image.path,
        criterion=settings["criterion"],
        said=asked.classes[a],
        probability=round(float(p[a]), 4),
        instead=asked.classes[b],
        given=given.get(image.path, ""),
        alike=[
            (learnt.images[row].path, asked.lesson.labels[row], round(far, 4))
            for row, far in zip(rows, apart, strict=True)
        ],
        reasons=told,
        families={f: round(v, 4) for f, v in sorted(families.items(), key=lambda x: -abs(x[1]))},
        exact=exact,
        change=change_in_words(learnt, asked.x, turned, asked.classes[b]),
        faith=faith,
        sentences=[],
    )
    return replace(found, sentences=sentences(found))


def _shown(
    project: Project, found: Explained, pixels: Pixels, warm: room.Heat | None
) -> tuple[list[Pixels], list[str]]:
    """The pictures of the plate and what stands below each."""
    given = f"\nyou said {found.given}" if found.given else "\n"
    pictures, captions = [pixels], ["the picture" + given]
    if warm is not None and found.faith is not None:
        pictures.append(room.overlay(pixels, warm))
        captions.append(f"where from (faith {found.faith.score:+.2f})\nwarm for, cold against")
    for path, label, _ in found.alike:
        like = project.images.find(path)
        pictures.append(fitted(read_for(project, like), SIDE, SIDE))
        captions.append(f"like it: {label}\n{like.name}")
    return pictures, captions
