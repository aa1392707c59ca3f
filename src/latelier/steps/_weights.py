"""Which trained model a step works with: the training, and the file of its weights."""

from pathlib import Path
from typing import Any

from latelier.errors import UnknownName, UsageError
from latelier.project import Project, Run
from latelier.steps._training import MODEL, history, snapshot_file, snapshots
from latelier.train import words


def training(project: Project, run: Any) -> Run:
    """The training that is meant.

    Args:
        project: that holds it.
        run: a number, a name or what ``train`` gave; the newest if None.

    Raises:
        UnknownName: there is no such run.
        UsageError: nothing was trained yet, or the run is no training.
    """
    if run is None:
        last = project.runs.last("train")
        if last is None and (begun := [r for r in project.runs.all() if r.step == "train"]):
            raise UsageError(
                f"The training {begun[-1].name} is not finished. Go on with: latelier train --resume "
                f"{begun[-1].name}, or give its name with --run to use its best snapshot so far."
            )
        if last is None:
            raise UsageError("There is no trained model yet; make one with: latelier train NAME")
        return last
    found = project.runs.find(str(getattr(run, "run", None) or getattr(run, "name", run)))
    if found.step != "train":
        raise UsageError(f"Run {found.name} is no training; give the run of a `latelier train`.")
    return found


def weights(trained: Run, snapshot: int | None) -> Path:
    """The file of the model that is meant: the best, or an earlier snapshot.

    Raises:
        UnknownName: there is no such snapshot.
        UsageError: there is none at all yet.
    """
    if snapshot is not None:
        known = snapshots(trained)
        if snapshot not in known:
            raise UnknownName(f"snapshot of {trained.name}", str(snapshot), map(str, known))
        return snapshot_file(trained, snapshot)
    if (trained.folder / MODEL).is_file():
        return trained.folder / MODEL
    if seen := history(trained):  # not finished: the best so far
        return snapshot_file(trained, words.best(seen).step)
    raise UsageError(
        f"Run {trained.name} has no snapshot yet; go on with: latelier train --resume {trained.name}"
    )
