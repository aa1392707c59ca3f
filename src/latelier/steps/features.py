"""Measure every image of a set, and put the numbers into one table."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latelier.errors import PictureError, TooFew
from latelier.files import write_csv
from latelier.progress import Progress, silent
from latelier.project import Project
from latelier.project._facts import Facts
from latelier.steps._gather import asked_for, plain
from latelier.steps._measured import Numbers, families, measured
from latelier.steps._parquet import available, write_parquet


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
    parquet: bool = False,
    on_progress: Progress = silent,
) -> Measured:
    """Measure every image of a set.

    Afterwards a run holds ``features.csv``, a row an image and a column a number, and
    ``measures.csv``, which says of each column its unit, its range and what it means. What was
    measured of a file once is kept in the project's cache. Sets ask for it: ``fact:eyes=2``.

    Args:
        project: whose images.
        set_name: a set, or image paths.
        names: the families of numbers, by name; all that have names for their numbers if left out.
        parquet: write ``features.parquet`` too, where each column carries its unit, range and
            sentence.
        on_progress: told how many images are done.

    Raises:
        MissingExtra: Parquet is asked for, and pyarrow is not installed.
        UnknownName: no set, image or family has that name.
        TooFew: the set is empty.
        PictureError: a file cannot be read any more.
    """
    wanted = families(names)
    if parquet:
        available()
    name, images = asked_for(project, set_name)
    if not images:
        raise TooFew(f"There are no images in {name!r}; add some, or take another set.")
    run = project.runs.start(
        "features",
        {"set_name": plain(set_name), "names": wanted, "parquet": parquet},
        suffix="-".join(wanted) if names else "",
        inputs=images,
    )
    found = measured(project, images, wanted, on_progress=on_progress)
    for path, reason in found.unread.items():
        run.discard()
        raise PictureError(reason if path in reason else f"{path} cannot be measured: {reason}")
    values = {i.path: row.tolist() for i, row in zip(found.images, found.table, strict=True)}
    _write(run.folder, found)
    if parquet:
        write_parquet(run.folder / "features.parquet", found)
    by_path = {image.path: image.id for image in images}
    Facts(project.store).put(found.columns, {by_path[path]: row for path, row in values.items()})
    result = Measured(run.name, wanted, found.columns, values)
    again = {"set_name": list(values)}
    kept = {"run": run.name, "features": wanted, "columns": found.columns, "images": len(images)}
    run.finish({**kept, "replay": again})
    return result


def _write(folder: Path, found: Numbers) -> None:
    """The table of numbers and the table of what they mean."""
    # nine digits are more than a picture tells
    rows = (
        (image.path, *(f"{value:.9g}" for value in row))
        for image, row in zip(found.images, found.table, strict=True)
    )
    write_csv(folder / "features.csv", ("image", *found.columns), rows)
    meanings = (
        (column, m.unit, m.low, m.high, m.says)
        for column, m in zip(found.columns, found.measures, strict=True)
    )
    write_csv(folder / "measures.csv", ("column", "unit", "low", "high", "says"), meanings)
