"""The course of a training: when to look, when to save, when to stop, what to do when it breaks.

All that changes the outcome hangs on the number of rounds, never on the clock; the clock only
says when to stop. So a run made in ten minutes can be made again from its count of rounds.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from latelier.progress import Progress, silent
from latelier.train.loop import Diverged, Trainer

FIRST_LOOK = 1000  # pictures seen at the first snapshot
LOOKING = 0.2  # of the time that looks may take
APART = 2**0.5  # from one snapshot to the next: some 20 of them to 300,000 pictures
CALMER = 0.5  # steps after a setback, of those before
MOST_SETBACKS = 5
MOST_ANSWERS = 3  # to a player that has won, or to images that are all alike


@dataclass(frozen=True)
class Trouble:
    """What went wrong, though every loss is a number.

    Args:
        said: what, to stand after "At round 7".
        player: who should take smaller steps; all if empty.
    """

    said: str
    player: str = ""


class Desk(Protocol):
    """Where the course lays down what is to be kept."""

    @property
    def looked(self) -> int:
        """The round last looked at, 0 for none."""

    def look(self, trainer: Trainer, seconds: float, losses: dict[str, float]) -> str:
        """Measure, draw and keep a snapshot, save the state; says why to stop, or nothing."""

    def save(self, trainer: Trainer, seconds: float) -> None:
        """Save the state from which training can go on to the bit."""

    def trouble(self, trainer: Trainer, losses: dict[str, float]) -> Trouble | None:
        """What is wrong with what was last looked at, if anything is."""

    def back(self, trainer: Trainer, sound: bool = False) -> None:
        """Put the trainer back to the last saved state, or to the last that nothing was wrong with."""

    def note(self, **what: Any) -> None:
        """Write a line in the log."""


@dataclass(frozen=True)
class Budget:
    """How long.

    Args:
        seconds: of training in all, or None.
        rounds: in all, or None.
        worked: rounds in all, those that were taken back counted, or None; a training that fell
            back ends after as many where it ended before.
        used_s: seconds used before this process.
        save_every: rounds between two saved states.
        apart: pictures seen at a look, in those seen at the look before.
    """

    seconds: float | None
    rounds: int | None
    used_s: float = 0.0
    save_every: int = 256
    apart: float = APART
    worked: int | None = None

    @property
    def counted(self) -> bool:
        """Whether rounds end it, not the clock or its own judgement."""
        return self.rounds is not None or self.worked is not None


@dataclass(frozen=True)
class End:
    """How it ended.

    Args:
        seconds: used in all.
        why: "time", "rounds", "stopped" by the person, "enough" when there is nothing
            more to gain, or "broken" after too many setbacks.
    """

    seconds: float
    why: str


@dataclass
class _Losses:
    """Mean losses since the last look."""

    sums: dict[str, float] = field(default_factory=dict)
    rounds: int = 0

    def add(self, losses: dict[str, float]) -> None:
        for player, loss in losses.items():
            self.sums[player] = self.sums.get(player, 0.0) + loss
        self.rounds += 1

    def take(self) -> dict[str, float]:
        means = {player: total / max(self.rounds, 1) for player, total in self.sums.items()}
        self.sums, self.rounds = {}, 0
        return means


def run(
    trainer: Trainer,
    budget: Budget,
    desk: Desk,
    stop: Callable[[], bool] = lambda: False,
    on_progress: Progress = silent,
) -> End:
    """Train until the budget is used or `stop` says so; the last round is always looked at."""
    started = time.monotonic() - budget.used_s
    losses = _Losses()
    looks = look_rounds(trainer.plan.batch, trainer.rounds, budget.apart)
    while not (why := _over(trainer, budget, time.monotonic() - started, stop)):
        try:
            losses.add(trainer.round())
            if trainer.rounds >= looks[0] or trainer.rounds % budget.save_every == 0:
                trainer.check()
        except Diverged as error:
            if trainer.setbacks >= MOST_SETBACKS:
                desk.note(said=f"Gave up at round {trainer.rounds + 1}: {error}.")
                _back(trainer, desk)
                why = "broken"
                break
            _set_back(trainer, desk, str(error))
            losses.take()
            continue
        seconds = time.monotonic() - started
        if trainer.rounds >= looks[0]:
            means = losses.take()
            reason = desk.look(trainer, seconds, means)
            if (ill := desk.trouble(trainer, means)) and trainer.answers < MOST_ANSWERS:
                _answer(trainer, desk, ill)
            elif reason and not budget.counted:
                desk.note(said=reason)
                why = "enough"
                break
            looks = look_rounds(trainer.plan.batch, trainer.rounds, budget.apart)
        elif trainer.rounds % budget.save_every == 0:
            desk.save(trainer, seconds)
        _tell(on_progress, trainer, budget, seconds)
    seconds = time.monotonic() - started
    if why == "stopped":
        desk.save(trainer, seconds)
    elif why != "broken" and trainer.rounds > desk.looked:
        desk.look(trainer, seconds, losses.take())
    return End(time.monotonic() - started, why)


def look_rounds(batch: int, after: int, apart: float = APART) -> list[int]:
    """The next rounds at which a snapshot is kept, after a round: geometric in pictures seen.

    >>> look_rounds(8, 0)[:4]
    [125, 177, 250, 354]
    """
    rounds: list[int] = []
    pictures = float(FIRST_LOOK)
    while len(rounds) < 4:
        at = -(-int(pictures) // batch)
        if at > after and at not in rounds:
            rounds.append(at)
        pictures *= apart
    return rounds


def looks_in(seconds: float, images_s: float, look_s: float) -> tuple[float, float]:
    """How far apart to look, so that a fifth of the time at most goes into it; and what is left.

    Args:
        seconds: of training, looks included.
        images_s: pictures seen a second between looks.
        look_s: what a look takes.

    >>> looks_in(600, 60, 2)[0] == APART, looks_in(600, 60, 30)[0]
    (True, 4.0)
    """
    left = seconds
    for apart in (APART, 2.0, 4.0, 16.0):
        left, looked = _learning(seconds, images_s, look_s, apart)
        if looked <= LOOKING * seconds:
            break
    return apart, left


def _learning(seconds: float, images_s: float, look_s: float, apart: float) -> tuple[float, float]:
    """Seconds of learning before the last look, and those that looks before it take."""
    at, now, looked = float(FIRST_LOOK), 0.0, 0.0
    while at / images_s + looked < seconds:
        now, looked, at = at / images_s, looked + look_s, at * apart
    return max(seconds - looked, now), looked


def _over(trainer: Trainer, budget: Budget, seconds: float, stop: Callable[[], bool]) -> str:
    if budget.rounds is not None and trainer.rounds >= budget.rounds:
        return "rounds"
    if budget.worked is not None and trainer.worked >= budget.worked:
        return "rounds"
    if budget.seconds is not None and seconds >= budget.seconds and trainer.rounds:
        return "time"
    return "stopped" if stop() else ""


def _back(trainer: Trainer, desk: Desk, sound: bool = False) -> None:
    """Put the trainer back; what was worked for nothing stays counted."""
    worked = trainer.worked
    desk.back(trainer, sound)
    trainer.worked = worked


def _set_back(trainer: Trainer, desk: Desk, reason: str) -> None:
    broke, setbacks = trainer.rounds + 1, trainer.setbacks
    _back(trainer, desk)
    trainer.calm(
        CALMER ** (setbacks + 1 - trainer.setbacks)
    )  # the saved steps may be calmer already
    trainer.setbacks = setbacks + 1
    desk.note(
        said=f"At round {broke} {reason}; went back to round {trainer.rounds} with smaller steps.",
        setbacks=trainer.setbacks,
    )


def _answer(trainer: Trainer, desk: Desk, ill: Trouble) -> None:
    """Go back to where all was well, and on from there with other chances, made harder."""
    broke, setbacks, answers = trainer.rounds, trainer.setbacks, trainer.answers + 1
    _back(trainer, desk, sound=True)
    trainer.calm(CALMER ** (answers - trainer.answers), ill.player)
    trainer.setbacks = setbacks + 1
    trainer.answer(answers)
    whose = f" of the {ill.player}" if ill.player else ""
    desk.note(
        said=f"At round {broke} {ill.said}; went on from round {trainer.rounds} with stronger "
        f"augmentation and smaller steps{whose}.",
        answers=answers,
    )


def _tell(on_progress: Progress, trainer: Trainer, budget: Budget, seconds: float) -> None:
    note = f"{trainer.images_seen:,} pictures seen"
    if budget.rounds is not None:
        on_progress(trainer.rounds, budget.rounds, note)
    elif budget.worked is not None:
        on_progress(trainer.worked, budget.worked, note)
    else:
        on_progress(seconds, budget.seconds, note)
