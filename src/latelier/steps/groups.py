"""Groups by likeness: k-means for k from 2 to 19, how clear each is, and what the groups look like."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

from latelier import registry
from latelier.cluster import clearness, kmeans
from latelier.cluster.clearness import Clearness, Range
from latelier.cluster.geometry import Geometry, geometry
from latelier.cluster.kmeans import Grouping
from latelier.errors import TooFew, UsageError
from latelier.files import write_csv
from latelier.progress import Progress, silent
from latelier.project import Image, Project
from latelier.steps._figures import group_figures
from latelier.steps._gather import EXACT, Gathered, asked_for, enough, gather, plain

COMPONENTS = 256  # kept of more than EXACT pictures; n x 256 numbers at 50,000 are 102 MB
SHARE = 0.70  # of the variance, whose number of components is told


@dataclass(frozen=True)
class Groups:
    """Images in groups.

    Args:
        run: the run's folder name.
        k: how many groups.
        chosen: whether a person chose k; else the highest silhouette did.
        features: what was compared.
        labels: image path to its group, 0 ... k - 1.
        sizes: how many images each group has.
        silhouettes: the mean silhouette of each number of groups tried.
        inertias: the sum of squared distances to the middle of the groups, of each.
        chance: the range of silhouettes of pictures without groups, by number of groups.
        components_70: how many principal components hold 70 % of the variance, from one.
        shares: the share of the variance of each component.
        clearness: how clear the groups are.
        notes: sentences on how the pictures were compared.
        cleared: images outside the set that lost the group of an earlier grouping.
        figures: files of the run that show all this, from its folder.
    """

    run: str
    k: int
    chosen: bool
    features: str
    labels: dict[str, int]
    sizes: list[int]
    silhouettes: dict[int, float]
    inertias: dict[int, float]
    chance: dict[int, Range]
    components_70: int
    shares: list[float]
    clearness: Clearness
    notes: list[str] = field(default_factory=list)
    cleared: int = 0
    figures: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it and ``result.json`` keeps it."""
        return {
            "run": self.run,
            "k": self.k,
            "chosen": self.chosen,
            "features": self.features,
            "silhouettes": {str(k): s for k, s in self.silhouettes.items()},
            "labels": self.labels,
            "sizes": self.sizes,
            "components_70": self.components_70,
            "inertias": {str(k): i for k, i in self.inertias.items()},
            "chance": {str(k): list(ends) for k, ends in self.chance.items()},
            "shares": self.shares,
            "clearness": {
                "score": self.clearness.score,
                "word": self.clearness.word,
                "above_chance": self.clearness.above_chance,
                "best": self.clearness.best,
                "sentences": list(self.clearness.sentences),
            },
            "n_init": kmeans.STARTS,
            "random_state": kmeans.SEED,
            "notes": self.notes,
            "cleared": self.cleared,
            "figures": self.figures,
        }


def groups(
    project: Project,
    set_name: str | Sequence[str] = "all",
    *,
    k: int | str = "auto",
    features: str = "pixels",
    decide: bool = True,
    on_progress: Progress = silent,
) -> Groups:
    """Bring the images of a set into groups by likeness, and say how clear the groups are.

    Afterwards each image of the set has its group (``group:3`` is a set), those outside have
    none, and a run holds ``groups.csv``, the curves, the map, and each group's mean picture.

    Args:
        project: whose images.
        set_name: a set, or image paths.
        k: how many groups; "auto" takes the number with the highest silhouette.
        features: what is compared: a feature by name.
        decide: whether the groups become each image's group; undo takes that back.
        on_progress: told what is being done.

    Raises:
        UnknownName: no set, image or feature has that name.
        UsageError: k is no number from 2.
        TooFew: the set has fewer than 3 images, or fewer different ones than k.
    """
    wanted = _number(k)
    feature = registry.load("features", features)
    name, images = asked_for(project, set_name)
    gathered, ks = _ready(project, name, images, feature, wanted, on_progress)
    settings = {"set_name": plain(set_name), "k": k, "features": features, "decide": decide}
    run = project.runs.start("groups", settings, suffix=features, inputs=images)
    found, grouping, done = _analysed(gathered, feature, ks, wanted, on_progress)
    labels = {i.id: str(label) for i, label in zip(images, grouping.labels, strict=True)}
    before = project.journal.values("group")
    outside = {i: None for i in before if i not in labels} if decide else {}
    figures = group_figures(
        run.folder,
        gathered,
        found,
        grouping,
        done.silhouettes,
        inertias=done.inertias,
        chance=done.chance,
        share=SHARE,
        on_progress=on_progress,
    )
    result = replace(done, run=run.name, features=features, cleared=len(outside), figures=figures)
    write_csv(run.folder / "groups.csv", ("image", "label"), result.labels.items())
    again = {"set_name": [i.path for i in images], "decide": False}
    run.finish({**result.to_json(), "replay": again})
    if decide:
        said = f"Put {len(images)} images of {name!r} into {grouping.k} groups by {features}"
        project.journal.decide("groups", said, "group", {**outside, **labels})
    return result


def _ready(
    project: Project,
    name: str,
    images: list[Image],
    feature: ModuleType,
    wanted: int | None,
    on_progress: Progress,
) -> tuple[Gathered, list[int]]:
    """The pictures read and checked, and the numbers of groups to try."""
    enough(images, name, 3, "grouping")
    _not_more_than(wanted, len(images) - 1, f"{len(images)} images in {name!r}")
    gathered = gather(project, images, feature, on_progress=on_progress)
    distinct = gathered.distinct
    if distinct < 2:
        raise TooFew(
            f"All {len(images)} images in {name!r} are equal to the last pixel, so there is nothing "
            "to group; take a set with different images."
        )
    _not_more_than(wanted, distinct, f"{distinct} different images in {name!r}")
    top = min(kmeans.MOST, distinct, len(images) - 1)
    return gathered, sorted({*range(2, top + 1), *([wanted] if wanted else [])})


def _analysed(
    gathered: Gathered,
    feature: ModuleType,
    ks: Sequence[int],
    wanted: int | None,
    on_progress: Progress,
) -> tuple[Geometry, Grouping, Groups]:
    """The points, the grouping taken, and all that is to be said of it."""
    many = len(gathered.images) > EXACT
    found = geometry(
        gathered.table,
        standardise=feature.STANDARDISE,
        keep=COMPONENTS if many else None,
        on_progress=on_progress,
    )
    tried = kmeans.group(found, ks, on_progress=on_progress)
    scores = kmeans.silhouettes(found.points, {j: g.labels for j, g in tried.items()})
    by_chance = clearness.chance(found, ks, on_progress=on_progress)
    taken = tried[wanted or clearness.best(scores)]
    notes = [gathered.said] if gathered.said else []
    if len(found.variances) == COMPONENTS and many:
        notes.append(
            f"Compared by the first {COMPONENTS} principal components, which hold "
            f"{found.shares.sum():.1%} of the variance."
        )
    return (
        found,
        taken,
        Groups(
            run="",
            k=taken.k,
            chosen=wanted is not None,
            features="",
            labels={
                i.path: int(label) for i, label in zip(gathered.images, taken.labels, strict=True)
            },
            sizes=taken.sizes,
            silhouettes=scores,
            inertias={j: g.inertia for j, g in tried.items()},
            chance=by_chance,
            components_70=found.components_for(SHARE),
            shares=[float(share) for share in found.shares],
            clearness=clearness.judge(
                scores, taken.k, chosen=wanted is not None, reference=by_chance
            ),
            notes=[*notes, feature.BLIND],
        ),
    )


def _number(k: int | str) -> int | None:
    """The number of groups that was asked for; None for "auto"."""
    text = str(k).strip()
    if text == "auto":
        return None
    if not text.isdecimal() or int(text) < 2:
        raise UsageError(f"{text!r} groups cannot be made; take a number from 2, or auto.")
    return int(text)


def _not_more_than(wanted: int | None, most: int, there: str) -> None:
    if wanted is not None and wanted > most:
        raise TooFew(f"{there} cannot make {wanted} groups; take {most} or fewer.")
