"""Measure every image of a set, and put the numbers into one table."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from threadpoolctl import threadpool_limits

from latelier import registry
from latelier.errors import TooFew, UnknownName
from latelier.files import write_csv
from latelier.images import read
from latelier.progress import Progress, silent
from latelier.project import Project
from latelier.steps._gather import asked_for, plain


@dataclass(frozen=True)
class Measured:
    """What was measured.

    Args:
        run: the run's folder name.
        features: the families measured, by name.
        columns: the numbers' names, ``family.name``.
        values: image path to its numbers, in the order of ``columns``.
    """

    run: str
    features: list[str]
    columns: list[str]
    values: dict[str, list[float]]

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it and ``result.json`` keeps it."""
        return dict(vars(self))


def features(
    project: Project,
    set_name: str | Sequence[str] = "all",
    *,
    names: Sequence[str] | None = None,
    on_progress: Progress = silent,
) -> Measured:
    """Measure every image of a set.

    Afterwards a run holds ``features.csv``, a row an image and a column a number, and
    ``measures.csv``, which says of each column its unit, its range and what it means.

    Args:
        project: whose images.
        set_name: a set, or image paths.
        names: the families of numbers, by name; all that have names for their numbers if left out.
        on_progress: told how many images are done.

    Raises:
        UnknownName: no set, image or family has that name.
        TooFew: the set is empty.
        PictureError: a file cannot be read any more.
    """
    measured = [name for name in registry.names("features") if _has_names(name)]
    wanted = list(names) if names else measured
    for name in wanted:
        if name not in measured:
            raise UnknownName("family of features", name, measured)
    name, images = asked_for(project, set_name)
    if not images:
        raise TooFew(f"There are no images in {name!r}; add some, or take another set.")
    families = {name: registry.load("features", name) for name in wanted}
    run = project.runs.start(
        "features",
        {"set_name": plain(set_name), "names": wanted},
        suffix="-".join(wanted) if names else "",
        inputs=images,
    )
    values: dict[str, list[float]] = {}
    with threadpool_limits(1):  # the matrices are small; more threads only wait for each other
        for done, image in enumerate(images):
            on_progress(done, len(images), image.name)
            pixels = read(project.images.file(image), project.config.ground_rgb)
            values[image.path] = [
                float(value) for family in families.values() for value in family.describe(pixels)
            ]
    columns = _write(run.folder, families, values)
    result = Measured(run.name, wanted, columns, values)
    again = {"set_name": list(values)}
    kept = {"run": run.name, "features": wanted, "columns": columns, "images": len(images)}
    run.finish({**kept, "replay": again})
    return result


def _write(
    folder: Path, families: dict[str, ModuleType], values: dict[str, list[float]]
) -> list[str]:
    """The table of numbers and the table of what they mean; the names of the columns."""
    measures = [(f"{name}.{m.name}", m) for name, each in families.items() for m in each.MEASURES]
    columns = [column for column, _ in measures]
    # nine digits are more than a picture tells
    rows = ((path, *(f"{value:.9g}" for value in row)) for path, row in values.items())
    write_csv(folder / "features.csv", ("image", *columns), rows)
    meanings = ((column, m.unit, m.low, m.high, m.says) for column, m in measures)
    write_csv(folder / "measures.csv", ("column", "unit", "low", "high", "says"), meanings)
    return columns


def _has_names(name: str) -> bool:
    return bool(registry.load("features", name).MEASURES)
