"""Learn a person's labels, say how well on pictures held out, and say what the others are."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from latelier.classify import drawing, reading
from latelier.classify.calibration import METHODS
from latelier.classify.conformal import SCORES
from latelier.classify.figures import verdict
from latelier.classify.heads import choices
from latelier.classify.reading import Reading, Said, Wishes
from latelier.errors import UnknownName, UsageError
from latelier.files import write_bytes, write_csv, write_text
from latelier.progress import Progress, silent
from latelier.project import Project, Run
from latelier.steps._classify_words import report, words
from latelier.steps._found_copies import found_copies
from latelier.steps._gather import asked_for, plain
from latelier.steps._lesson import Lesson, lesson
from latelier.steps._measured import Numbers, families, measured, views

COLUMNS = ("image", "label", "said", "probability", "set", "stranger", "perhaps_meant")


@dataclass(frozen=True)
class Guess:
    """What is said of one image.

    Args:
        said: the most probable label.
        probability: of it.
        labels: the set that holds the true label as often as promised; None without a promise.
        stranger: whether the picture is unlike anything that was labelled.
        given: the label that a person gave, or empty.
    """

    said: str
    probability: float
    labels: list[str] | None
    stranger: bool
    given: str = ""


@dataclass(frozen=True)
class Classified:
    """What came of learning a criterion.

    Args:
        run: the run's folder name.
        criterion: what was learnt.
        verdict: what it is worth, in one sentence.
        sentences: all that there is to say, the verdict first.
        learnt: the figures, as JSON.
        labelled: image path to what a head said that had not seen it.
        others: the same of images without a label, the least sure first.
        slips: images whose label is suspected, to the label that each is taken for.
        random: the accuracy and its interval with copies on both sides, if it was asked for.
    """

    run: str
    criterion: str
    verdict: str
    sentences: list[str]
    learnt: dict[str, Any]
    labelled: dict[str, Guess]
    others: dict[str, Guess]
    slips: dict[str, str]
    random: tuple[float, tuple[float, float]] | None

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it and ``result.json`` keeps it."""
        return {
            "run": self.run,
            "criterion": self.criterion,
            **self.learnt,
            "verdict": self.verdict,
            "sentences": self.sentences,
            "labelled": {path: asdict(guess) for path, guess in self.labelled.items()},
            "others": {path: asdict(guess) for path, guess in self.others.items()},
            "suspicious": self.slips,
            "random": self.random and {"accuracy": self.random[0], "interval": self.random[1]},
        }


def classify(
    project: Project,
    criterion: str,
    *,
    set_name: str | Sequence[str] = "all",
    features: Sequence[str] | None = None,
    head: str = "auto",
    calibrate: str = "temperature",
    score: str = "lac",
    promise: float = 0.9,
    per_label: bool = False,
    unsure: bool = False,
    random: bool = False,
    seed: int | None = None,
    labels: Mapping[str, str] | None = None,
    copies: str | None = None,
    on_progress: Progress = silent,
) -> Classified:
    """Learn the labels of a criterion, measure it on pictures held out, and say what others are.

    Sets of copies and drawings of one page always stay on one side of the split. Afterwards a run
    holds ``report.md``, ``plate.png``, ``confusion.png`` and tables of what was said.

    Args:
        criterion: its name.
        set_name: the images to say what they are, or their paths.
        features: families of numbers to look at, or encoders (``self``, ``mobilenet:FILE``); those
            families that suit the pictures if left out.
        head: lda, logistic, svm, forest, trees, gp, jury; auto is the jury.
        calibrate: temperature, isotonic or venn-abers.
        score: of the sets of labels: lac, aps or raps.
        promise: how often a set is to hold the true label.
        per_label: keep the promise for each label.
        unsure: learn from unsure labels too.
        random: show beside it how much a split would flatter that ignores copies.
        seed: of all splits; the project's if left out.
        labels: by image path, instead of those given.
        copies: the run that found copies; the newest if left out, none for "none".
        on_progress: told where it stands.

    Raises:
        UnknownName: there is no such criterion, set, head, family, calibration or score.
        UsageError: the promise is none, or an encoder lacks its file.
        Damaged: the file of an encoder is not what it reads.
        TooFew: fewer than two labels have three pictures that stand for themselves.
    """
    seed = project.config.seed if seed is None else seed
    wishes = Wishes(head, calibrate, score, promise, per_label, seed)
    _possible(wishes)
    names = families(features, encoders=True) if features else None
    asked = {"set_name": plain(set_name), "features": names, "unsure": unsure}
    settings = {"criterion": criterion, **asked, **asdict(wishes), "random": random}
    return _classified(project, settings, wishes, labels, copies, on_progress)


def _classified(
    project: Project,
    settings: dict[str, Any],
    wishes: Wishes,
    labels: Mapping[str, str] | None,
    copies: str | None,
    on_progress: Progress,
) -> Classified:
    criterion = settings["criterion"]
    known = None if copies == "none" else found_copies(project, copies)
    _, asked = asked_for(project, settings["set_name"])
    learnt = lesson(
        project,
        criterion,
        features=settings["features"],
        given=labels,
        unsure=settings["unsure"],
        copies=known,
        on_progress=on_progress,
    )
    names = settings["features"] = learnt.families
    seen = {i.id for i in learnt.numbers.images}
    new = measured(
        project,
        [i for i in asked if i.id not in seen],
        names,
        taught_on=learnt.numbers.images,
        on_progress=on_progress,
    )
    with threadpool_limits(1):  # the matrices are small; more threads only wait for each other
        looks = views(learnt.numbers.columns)
        told = learnt.numbers.table, learnt.labels
        read = reading.read(*told, learnt.groups, wishes, views=looks, on_progress=on_progress)
        random = (
            reading.flattered(*told, wishes.seed, wishes.head, looks)
            if settings["random"]
            else None
        )
        said = read.say(new.table) if new.images else None
    inputs = [*learnt.numbers.images, *new.images]
    run = project.runs.start("classify", settings, suffix=criterion, inputs=inputs)
    done = _told(run, criterion, read, learnt, new, said, random)
    _write(run, read, done)
    run.finish(
        {
            **done.to_json(),
            "replay": {
                "labels": dict(
                    zip([i.path for i in learnt.numbers.images], learnt.labels, strict=True)
                ),
                "set_name": [i.path for i in asked],
                "copies": known.run if known else "none",
            },
        }
    )
    return done


def _possible(wishes: Wishes) -> None:
    """Say what cannot be wished for, before anything is measured."""
    if not 0.5 <= wishes.promise <= 0.99:
        raise UsageError(f"A promise of {wishes.promise:g} cannot be made; take 0.5 to 0.99.")
    if wishes.calibrate not in METHODS:
        raise UnknownName("way to calibrate", wishes.calibrate, METHODS)
    if wishes.score not in SCORES:
        raise UnknownName("conformal score", wishes.score, SCORES)
    choices(wishes.head)


def _told(
    run: Run,
    criterion: str,
    read: Reading,
    learnt: Lesson,
    new: Numbers,
    said: Said | None,
    random: tuple[float, tuple[float, float]] | None,
) -> Classified:
    """Everything in words and by image."""
    images, p = learnt.numbers.images, read.calibration.probabilities
    inside = read.sets.inside if read.sets else None
    far = read.shown.strangers(learnt.numbers.table) & False  # what was shown is no stranger
    own = _guesses(read, [i.path for i in images], Said(p, inside, far, p[:, 0]), learnt.labels)
    others = _guesses(read, [i.path for i in new.images], said, None) if said else {}
    slips = {
        images[row].path: read.classes[instead]
        for row, instead in zip(read.doubts.rows, read.doubts.instead, strict=True)
    }
    first = verdict(read.figures, len(images), criterion)
    sentences = [first, *words(read, random), *learnt.said]
    if new.unread:
        sentences.append(f"{len(new.unread)} images could not be read.")
    return Classified(
        run.name, criterion, first, sentences, reading.to_json(read), own, others, slips, random
    )


def _guesses(
    read: Reading, paths: Sequence[str], said: Said, given: Sequence[str] | None
) -> dict[str, Guess]:
    """By path, the least sure first."""
    order = np.argsort(said.p.max(axis=1), kind="stable")
    return {
        paths[i]: Guess(
            read.classes[int(said.p[i].argmax())],
            round(float(said.p[i].max()), 4),
            None
            if said.inside is None
            else [read.classes[c] for c in np.flatnonzero(said.inside[i])],
            bool(said.strangers[i]),
            given[i] if given is not None else "",
        )
        for i in order
    }


def _write(run: Run, read: Reading, done: Classified) -> None:
    rows = [
        (
            path,
            guess.given,
            guess.said,
            f"{guess.probability:.4f}",
            "" if guess.labels is None else "|".join(guess.labels),
            "yes" if guess.stranger else "",
            done.slips.get(path, ""),
        )
        for path, guess in [*done.others.items(), *done.labelled.items()]
    ]
    write_csv(run.folder / "said.csv", COLUMNS, rows)
    write_bytes(run.folder / "plate.png", drawing.plate(read))
    write_bytes(run.folder / "confusion.png", drawing.confusion(read.figures))
    write_text(run.folder / "report.md", report(done))
