"""Which images to label next, the least sure first, on one numbered sheet."""

from dataclasses import dataclass
from typing import Any

from latelier.curate.numbered import numbered
from latelier.errors import LatelierError, TooFew
from latelier.files import write_bytes
from latelier.images import png_bytes
from latelier.project import Image, Project
from latelier.project.criteria import named
from latelier.seeds import rng
from latelier.steps._pictures import pixels as read

READ_AT = 200  # px that a picture on the sheet keeps


@dataclass(frozen=True)
class ToLabel:
    """Images to be labelled.

    Args:
        criterion: under which.
        images: their paths, in the order of the numbers on the sheet.
        sheet: the picture that shows them.
        order: why in that order, in one sentence.
    """

    criterion: str
    images: list[str]
    sheet: str
    order: str

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return dict(vars(self))


def to_label(project: Project, criterion: str, count: int = 24, *, twice: bool = False) -> ToLabel:
    """Choose images to label, and show them with numbers in ``out/label/``.

    Args:
        criterion: under which they are to be labelled.
        count: how many at the most.
        twice: ask again for pictures that have a label, to see how steady the answers are.

    Raises:
        UsageError: the criterion is no name.
        TooFew: there is nothing left to ask.
    """
    named(criterion, "criterion")
    held = project.criteria.labels(criterion)
    originals = project.sets.images("originals")
    if twice:
        open_ = [i for i in originals if i.id in held and held[i.id].again is None]
        none = f"Every picture that is labelled under {criterion!r} was asked twice, or none is."
    else:
        open_ = [i for i in originals if i.id not in held]
        none = f"Every original has a label under {criterion!r}."
    if not open_:
        raise TooFew(f"{none} Take other pictures in with: latelier add")
    chosen, order = _ordered(project, criterion, open_, twice)
    shown, pictures = [], []
    for image in chosen:
        try:
            pictures.append(read(project, image, at_least=READ_AT))
        except LatelierError:
            continue  # `check` and `verify` tell of it
        shown.append(image.path)
        if len(shown) == count:
            break
    if not shown:
        raise TooFew("None of these pictures can be read; run latelier verify.")
    path = project.out / "label" / f"{''.join(c if c.isalnum() else '-' for c in criterion)}.png"
    write_bytes(path, png_bytes(numbered(pictures)))
    return ToLabel(criterion, shown, project.relative(path), order)


def _ordered(
    project: Project, criterion: str, open_: list[Image], twice: bool
) -> tuple[list[Image], str]:
    """The images in the order in which they are worth asking."""
    draw = rng(project.config.seed, "ask", criterion, len(open_))
    mixed = [open_[i] for i in draw.permutation(len(open_))]
    runs = [r for r in project.runs.all() if r.step == "classify" and r.finished]
    of = [r for r in runs if r.recipe["settings"]["criterion"] == criterion]
    if not of:
        return mixed, "In random order; once the criterion is classified, the least sure first."
    result = of[-1].result
    if twice:
        suspect = result["suspicious"]
        mixed.sort(key=lambda i: i.path not in suspect)  # the sort is stable: others stay mixed
        return mixed, "Labels that look like slips first, then at random; labels are not shown."
    sure = {path: guess["probability"] for path, guess in result["others"].items()}
    mixed.sort(key=lambda i: sure.get(i.path, 0.0))
    return mixed, f"The least sure of {of[-1].name} first."
