"""The course of a training: looks at fixed rounds, ends in time, falls back when it breaks."""

from typing import Any

import pytest

from latelier.train import course
from latelier.train.course import Budget, Trouble
from latelier.train.loop import Diverged, Plan


class Counting:
    """A trainer that counts, and breaks in the rounds that it is told to."""

    def __init__(self, breaks: list[int] | None = None) -> None:
        self.plan = Plan(batch=100, seed=1)
        self.rounds = 0
        self.worked = 0
        self.setbacks = 0
        self.breaks = breaks or []
        self.pace = 1.0
        self.answers = 0
        self.spoilt = 0  # the round after which weights are no numbers

    def check(self) -> None:
        if self.spoilt and self.rounds >= self.spoilt:
            self.spoilt = 0
            raise Diverged("the weights of a are no longer numbers")

    def answer(self, answers: int) -> None:
        self.answers = answers

    @property
    def images_seen(self) -> int:
        return self.rounds * self.plan.batch

    def round(self) -> dict[str, float]:
        self.worked += 1
        if self.rounds + 1 in self.breaks:
            self.breaks.remove(self.rounds + 1)
            raise Diverged("the loss of a is nan")
        self.rounds += 1
        return {"a": float(self.rounds)}

    def calm(self, factor: float, player: str = "") -> None:
        self.pace *= factor
        self.calmed = player


class Memory:
    """A desk that keeps what is laid on it."""

    def __init__(self) -> None:
        self.looks: list[tuple[int, float]] = []
        self.saves: list[int] = []
        self.saved = self.sound = (0, 0, 1.0, 0)
        self.troubles: dict[int, Trouble] = {}
        self.notes: list[str] = []
        self.enough_at = 10**9

    @property
    def looked(self) -> int:
        return self.looks[-1][0] if self.looks else 0

    def look(self, trainer: Any, seconds: float, losses: dict[str, float]) -> str:
        self.looks.append((trainer.rounds, losses["a"]))
        self.save(trainer, seconds)
        return "Enough." if trainer.rounds >= self.enough_at else ""

    def save(self, trainer: Any, seconds: float) -> None:
        self.saves.append(trainer.rounds)
        self.saved = (trainer.rounds, trainer.setbacks, trainer.pace, trainer.answers)

    def trouble(self, trainer: Any, losses: dict[str, float]) -> Trouble | None:
        if found := self.troubles.pop(trainer.rounds, None):
            return found
        self.sound = self.saved
        return None

    def back(self, trainer: Any, sound: bool = False) -> None:
        now = self.sound if sound else self.saved
        trainer.rounds, trainer.setbacks, trainer.pace, trainer.answers = now

    def note(self, **what: Any) -> None:
        self.notes.append(what["said"])


def run(trainer: Counting, **budget: Any) -> tuple[course.End, Memory]:
    desk = Memory()
    end = course.run(trainer, Budget(**{"seconds": None, "rounds": None, **budget}), desk)  # type: ignore[arg-type]
    return end, desk


def test_looks_are_geometric_and_the_last_round_is_looked_at() -> None:
    end, desk = run(Counting(), rounds=50)
    assert [r for r, _ in desk.looks] == [10, 15, 20, 29, 40, 50]
    assert desk.looks[0][1] == 5.5  # the mean loss since the last look
    assert end.why == "rounds"


def test_the_state_is_saved_between_looks() -> None:
    _, desk = run(Counting(), rounds=30, save_every=8)
    assert desk.saves == [8, 10, 15, 16, 20, 24, 29, 30]


def test_a_run_looked_at_in_its_last_round_is_not_looked_at_twice() -> None:
    _, desk = run(Counting(), rounds=20)
    assert [r for r, _ in desk.looks] == [10, 15, 20]


def test_seconds_used_before_count() -> None:
    end, desk = run(Counting(), seconds=100.0, used_s=200.0)
    assert end.why == "time" and end.seconds >= 200
    assert [r for r, _ in desk.looks] == [1]  # at least one round, and it is kept


def test_a_person_can_stop_and_all_is_saved() -> None:
    trainer, desk, asked = Counting(), Memory(), iter([False] * 7 + [True])
    end = course.run(trainer, Budget(None, 50), desk, lambda: next(asked))  # type: ignore[arg-type]
    assert end.why == "stopped" and desk.saves[-1] == trainer.rounds == 7


def test_after_a_loss_that_is_no_number_it_goes_back_and_takes_smaller_steps() -> None:
    trainer = Counting(breaks=[18, 17])
    end, desk = run(trainer, rounds=20)
    assert end.why == "rounds" and trainer.rounds == 20
    assert (trainer.setbacks, trainer.pace) == (2, 0.25)
    assert "went back to round 15" in desk.notes[0]


def test_setbacks_that_were_saved_are_not_counted_twice() -> None:
    trainer = Counting(breaks=[12, 18])
    run(trainer, rounds=20)
    assert (trainer.setbacks, trainer.pace) == (2, 0.25)


@pytest.mark.parametrize("ended", [18, 19, 21, 24])
def test_a_training_that_fell_back_ends_again_where_the_clock_ended_it(
    ended: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, now = Counting(breaks=[18]), [0.0]
    monkeypatch.setattr(course.time, "monotonic", lambda: now[0])
    rounds = Counting.round

    def timed(self: Counting) -> dict[str, float]:
        now[0] = 60.0 if self is first and self.worked + 1 == ended else 0.0
        return rounds(self)

    monkeypatch.setattr(Counting, "round", timed)
    end, _ = run(first, seconds=60.0)
    assert end.why == "time" and first.setbacks == 1 and first.worked == ended
    again = Counting(breaks=[18])
    assert run(again, worked=ended)[0].why == "rounds"
    assert (again.rounds, again.setbacks, again.pace) == (first.rounds, 1, 0.5)


def test_weights_that_are_no_numbers_are_never_saved() -> None:
    trainer = Counting()
    trainer.spoilt = 17
    end, desk = run(trainer, rounds=24, save_every=9)
    assert end.why == "rounds" and desk.saves[:3] == [9, 10, 15] and desk.saves[-1] == 24
    assert "no longer numbers; went back to round 15" in desk.notes[0]


def test_a_trouble_is_answered_from_the_last_sound_state() -> None:
    trainer, desk = Counting(), Memory()
    desk.troubles = {20: Trouble("the a had won", "a"), 40: Trouble("all were alike")}
    end = course.run(trainer, Budget(None, 50), desk)  # type: ignore[arg-type]
    assert end.why == "rounds" and trainer.rounds == 50
    assert [r for r, _ in desk.looks] == [10, 15, 20, 20, 29, 40, 40, 50]
    assert (trainer.answers, trainer.setbacks, trainer.pace, trainer.calmed) == (2, 2, 0.25, "")
    assert desk.notes[0].startswith("At round 20 the a had won; went on from round 15")
    assert "smaller steps of the a." in desk.notes[0]


def test_a_trouble_that_will_not_go_is_answered_three_times_only() -> None:
    class Stubborn(Memory):
        def trouble(self, trainer: Any, losses: dict[str, float]) -> Trouble | None:
            return (
                Trouble("all were alike")
                if trainer.rounds >= 20
                else super().trouble(trainer, losses)
            )

    trainer, desk = Counting(), Stubborn()
    end = course.run(trainer, Budget(None, 40), desk)  # type: ignore[arg-type]
    assert end.why == "rounds" and trainer.answers == 3 and len(desk.notes) == 3


def test_what_breaks_again_and_again_is_given_up_in_words() -> None:
    trainer = Counting(breaks=[12] * 20)
    end, desk = run(trainer, rounds=20)
    assert end.why == "broken" and trainer.rounds == 10
    assert "Gave up" in desk.notes[-1]


def test_it_stops_by_itself_in_time_given_but_not_in_rounds_given() -> None:
    desk = Memory()
    desk.enough_at = 20
    trainer = Counting()
    end = course.run(trainer, Budget(60.0, None), desk)  # type: ignore[arg-type]
    assert (end.why, trainer.rounds, desk.notes) == ("enough", 20, ["Enough."])
    end = course.run(trainer, Budget(None, 40), desk)  # type: ignore[arg-type]
    assert (end.why, trainer.rounds) == ("rounds", 40)


def test_looks_stand_further_apart_where_they_cost_much_and_the_forecast_knows_them() -> None:
    apart, left = course.looks_in(600, images_s=60, look_s=2)
    assert apart == course.APART and 550 < left < 600
    apart, left = course.looks_in(600, images_s=60, look_s=30)
    assert apart == 4.0 and left == 510
    assert course.looks_in(10, images_s=60, look_s=30)[1] == 10  # no look before the last
    assert course.looks_in(20, images_s=60, look_s=30)[1] == 1000 / 60  # the first ends it
    assert course.look_rounds(10, 0, 4.0) == [100, 400, 1600, 6400]
    trainer, desk = Counting(), Memory()
    course.run(trainer, Budget(None, 50, apart=4.0), desk)  # type: ignore[arg-type]
    assert [r for r, _ in desk.looks] == [10, 40, 50]
