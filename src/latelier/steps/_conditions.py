"""The labels that a model learns its pictures under, and the one that it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from latelier.errors import TooFew, UnknownName, UsageError
from latelier.models._contract import Model
from latelier.models._quilted import FEW
from latelier.prepare.dataset import Dataset
from latelier.project import Project

NONE = -1  # the number of no label


@dataclass(frozen=True)
class Conditions:
    """What a training is told of its pictures.

    Args:
        criterion: that they are labelled under.
        names: of the labels; a label's number is its place here.
        rows: the number of each training row's label, or -1.
    """

    criterion: str
    names: list[str]
    rows: list[int]

    @property
    def said(self) -> str:
        """One sentence for the person."""
        known = sum(row != NONE for row in self.rows)
        without = len(self.rows) - known
        rest = f"; {without} have none, which it learns too" if without else ""
        counts = {name: self.rows.count(number) for number, name in enumerate(self.names)}
        few = [f"{name} ({count})" for name, count in counts.items() if count < FEW]
        return (
            f"Learns under {len(self.names)} labels of {self.criterion!r} "
            f"({', '.join(self.names[:6])}{', ...' if len(self.names) > 6 else ''}), "
            f"given to {known} of {len(self.rows)} pictures{rest}."
            + (f" Few to learn from: {', '.join(few)}." if few else "")
        )


def conditions(
    project: Project, dataset: Dataset, criterion: str, names: Sequence[str] = ()
) -> Conditions:
    """The labels of a dataset's training rows under a criterion; unsure ones count as none.

    Args:
        project: whose labels.
        dataset: whose rows.
        criterion: its name.
        names: labels known already, of a training that this one starts from.

    Raises:
        UnknownName: nothing is labelled under that criterion.
        TooFew: none of the rows is.
    """
    labels = project.criteria.labels(criterion)
    if not labels:
        known = project.criteria.names()
        if not known:
            raise TooFew(
                f"Nothing is labelled yet; begin with: latelier label {criterion} IMAGE... --as NAME"
            )
        raise UnknownName("criterion", criterion, known)
    by_path = {i.path: labels[i.id].value for i in project.images.by_id(list(labels))
               if not labels[i.id].unsure}  # fmt: skip
    found = [by_path.get(dataset.rows[row].image, "") for row in dataset.train]
    order = list(names) or sorted(set(found) - {""})
    if not order or not any(found):
        raise TooFew(
            f"None of the pictures that {dataset.name!r} learns from is labelled under "
            f"{criterion!r}; label some with: latelier label {criterion} IMAGE... --as NAME"
        )
    numbers = {name: number for number, name in enumerate(order)}
    return Conditions(criterion, order, [numbers.get(value, NONE) for value in found])


def told_for(model: Model, label: str | None) -> Tensor | None:
    """What latents are to carry so that a label is shown, (1, labels); None if none is asked for.

    Raises:
        UnknownName: the model does not know it.
        UsageError: the model knows no labels at all.
    """
    if label is None:
        return None
    if not model.labels:
        raise UsageError(
            f"This model learnt no labels, so it cannot be asked for {label!r}; train one with: "
            "latelier train NAME --labels CRITERION"
        )
    if label not in model.labels:
        raise UnknownName("label of this model", label, model.labels)
    return model.one_hot([model.labels.index(label)])
