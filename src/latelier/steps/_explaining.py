"""The heads that may speak of a picture, and what they say of it changed in parts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latelier.classify import calibration, crossed
from latelier.classify.heads import KINDS, Head, Table, choices, of_classes
from latelier.errors import PictureError, UnknownName, UsageError
from latelier.explain import shapley
from latelier.images import Pixels
from latelier.progress import Progress
from latelier.project import Image, Project, Run
from latelier.seeds import child, rng
from latelier.steps._found_copies import found_copies
from latelier.steps._lesson import Lesson, lesson, together
from latelier.steps._measured import Source, measured, sources, teach, views

STEP = 0.25  # spreads that a number is moved both ways; trees do not move with less
BACKGROUND = 40  # labelled pictures that reasons of a head that is not linear are counted against


@dataclass(frozen=True)
class Asked:
    """The heads that may speak of a picture, and what they know it by.

    Args:
        lesson: the labelled pictures.
        classes: the labels' names.
        labels: (n,) places among them.
        heads: that had not seen the picture.
        shuffled: heads that learnt labels dealt out at random.
        probabilities: logits to calibrated probabilities.
        x: (d,) the picture's numbers.
        skip: (n,) the picture itself and its copies.
        groups: (n,) copies share a number; a page is no reason to leave its drawings out.
        sources: where the numbers come from, one family or encoder after the other.
    """

    lesson: Lesson
    classes: list[str]
    labels: NDArray[np.int64]
    heads: list[Head]
    shuffled: list[Head]
    probabilities: Callable[[Table], Table]
    x: NDArray[np.float64]
    skip: NDArray[np.bool_]
    groups: NDArray[np.int64]
    sources: list[Source]

    def p(self, numbers: Table, heads: Sequence[Head] | None = None) -> Table:
        """(m, k) what the heads say together."""
        each = [self.probabilities(h.logits(numbers)) for h in heads or self.heads]
        found: Table = np.mean(each, axis=0)
        return found

    def margin(self, a: int, b: int) -> shapley.Value:
        """How far label a leads label b, in log odds."""

        def lead(numbers: Table) -> NDArray[np.float64]:
            logits = np.mean([h.logits(numbers) for h in self.heads], axis=0)
            return np.asarray(logits[:, a] - logits[:, b])

        return lead

    def reasons(self, a: int, b: int, seed: int) -> tuple[shapley.Shares, bool]:
        """What each number adds to the lead of label a over label b, and whether that is exact."""
        table = self.lesson.numbers.table
        if all(KINDS[h.choice.kind].linear for h in self.heads):

            def parts(numbers: Table) -> Table:
                each = []
                for head in self.heads:
                    w, _ = head.weights()
                    each.append(head.scaled(numbers) * (w[a] - w[b]))
                found: Table = np.mean(each, axis=0)
                return found

            return shapley.additive(parts, self.x, table), True
        draw = rng(seed, "reasons")
        some = draw.permutation(len(table))[:BACKGROUND]
        return shapley.sampled(self.margin(a, b), self.x, table[some], draw), False

    def slopes(self, place: int, heads: Sequence[Head], columns: slice) -> NDArray[np.float64]:
        """(c,) how fast a label's logit rises above the mean of all with each of some numbers.

        Over half a spread; log probabilities alone do not rise any more where a head is quite sure.
        """
        spread = self.lesson.numbers.table.std(axis=0)[columns]
        at = np.arange(self.x.size)[columns]
        moved = np.repeat(self.x[None], 2 * len(at), axis=0)
        rows = np.arange(len(at))
        moved[rows, at] += STEP * spread
        moved[len(at) + rows, at] -= STEP * spread
        logits = np.mean([head.logits(moved) for head in heads], axis=0)
        said = logits[:, place] - logits.mean(axis=1)
        rise = said[: len(at)] - said[len(at) :]
        return np.asarray(rise / np.maximum(2 * STEP * spread, 1e-12))

    def see(self, place: int) -> Callable[[Sequence[Pixels]], Table]:
        """Pictures to (m, 2): what the heads say of one label, and what the shuffled heads say."""

        def said(pictures: Sequence[Pixels]) -> Table:
            numbers = np.array(
                [np.concatenate([s.describe(p) for s in self.sources]) for p in pictures]
            )
            both = [self.p(numbers)[:, place], self.p(numbers, self.shuffled)[:, place]]
            return np.stack(both, axis=1)

        return said


def newest_reading(project: Project, criterion: str | None, run: str | None) -> Run:
    """The run of ``classify`` that is meant.

    Raises:
        UnknownName: no such run or criterion was read.
        UsageError: nothing was read yet.
    """
    if run is not None:
        found = project.runs.find(run)
        if found.step != "classify":
            raise UsageError(f"Run {found.name} read no labels; name one of: latelier classify.")
        return found
    done = [r for r in reversed(project.runs.all()) if r.step == "classify" and r.finished]
    if not done:
        raise UsageError("Nothing was read yet; begin with: latelier classify CRITERION")
    known = {r.recipe["settings"]["criterion"]: r for r in reversed(done)}
    if criterion is not None and criterion not in known:
        raise UnknownName("criterion that was read", criterion, known)
    return done[0] if criterion is None else known[criterion]


def heads_for(project: Project, image: Image, run: Run, on_progress: Progress) -> Asked:
    """Learn again what a run learnt, and keep the heads that had not seen the image.

    Raises:
        PictureError: the image cannot be read.
    """
    settings, again = run.recipe["settings"], run.result["replay"]
    copies = None if again["copies"] == "none" else found_copies(project, again["copies"])
    learnt = lesson(
        project,
        settings["criterion"],
        features=settings["features"],
        given=again["labels"],
        copies=copies,
        on_progress=on_progress,
    )
    taught_on = learnt.numbers.images
    own = measured(project, [image], settings["features"], taught_on=taught_on)
    if own.unread:
        raise PictureError(f"{image.path} cannot be read: {own.unread[image.path]}")
    classes, y = of_classes(learnt.labels)
    table, seed = learnt.numbers.table, int(settings["seed"])
    held = crossed.held_out(
        table,
        y,
        learnt.groups,
        choices(settings["head"]),
        views=views(learnt.numbers.columns),
        seed=seed,
        on_progress=on_progress,
    )
    images = learnt.numbers.images
    groups = together([*images, image], copies)
    mine = groups[:-1] == groups[-1]
    unseen = [
        head
        for fold, head in enumerate(held.heads)
        if not mine.any() or (held.folds[mine] == fold).all()
    ]
    heads = unseen or held.heads
    dealt = rng(seed, "shuffled").permutation(y)
    shuffled = [
        Head(h.choice, len(classes), child(seed, "s") % 2**32).fit(table, dealt) for h in heads
    ]
    to_p = calibration.METHODS[settings["calibrate"]](held.logits, y, learnt.groups)
    alone = together([*images, image], copies, pages=False)
    skip = (alone[:-1] == alone[-1]) | np.array([i.id == image.id for i in images])
    from_ = sources(project, settings["features"], taught_on)
    for source in from_:
        teach(project, source, taught_on)
    return Asked(learnt, classes, y, heads, shuffled, to_p, own.table[0], skip, alone[:-1], from_)
