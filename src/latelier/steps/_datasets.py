"""Datasets are found again by their names."""

from latelier.errors import UnknownName
from latelier.prepare.dataset import Dataset
from latelier.project import Project, Run


def dataset_runs(project: Project) -> dict[str, Run]:
    """The newest finished run of ``prepare`` for each dataset's name."""
    runs = [r for r in project.runs.all() if r.step == "prepare" and r.finished]
    return {str(r.result["dataset"]): r for r in runs}


def find_dataset(project: Project, name: str) -> tuple[Dataset, Run]:
    """The dataset of a name as it was prepared last, and the run that prepared it.

    Raises:
        UnknownName: none has that name; those there are, and the nearest, are told.
        Damaged: its files are not what they were.
    """
    runs = dataset_runs(project)
    if name not in runs:
        raise UnknownName("dataset", name, runs)
    return Dataset.open(runs[name].folder), runs[name]
