"""What several processes do together is what one does alone, also when one of them is lost."""

import base64
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from entered import enter
from latelier.copies.fingerprint import from_bytes
from latelier.steps import _hands
from latelier.steps._hands import Hands
from latelier.steps._likenesses import Likenesses
from latelier.steps.copies import copies
from latelier.steps.open_project import Atelier
from planted import CHANGES, brocade, ink

READER = "latelier.steps._copies_hand"
WHITE = (255, 255, 255)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Many small pictures, each with its number drawn."""
    made = []
    for number in range(_hands.ENOUGH + 10):
        picture = Image.new("RGB", (90, 60 + number), "white")
        ImageDraw.Draw(picture).text((5, 5), str(number), fill="black", font_size=40)
        made.append(tmp_path / f"{number}.png")
        picture.save(made[-1])
    return made


def read(
    files: list[Path], hands: Hands, broken_at: int = -1, apart: bool = False
) -> tuple[list[int], int]:
    """The heights of the pictures as they were read, and how many were read here."""
    here = 0

    def read_here(task: dict[str, Any]) -> int:
        nonlocal here
        here += 1
        if here == broken_at:
            for process in [h._process for h in hands._hands if h._process is not None]:
                process.kill()
        time.sleep(0.003)
        with Image.open(task["read"]) as picture:
            return picture.height

    tasks = [{"read": str(file), "ground": WHITE, "truncated": False} for file in files]
    told = hands.each(
        tasks,
        read_here,
        lambda said: from_bytes(base64.b64decode(said["print"])).height,
        apart=apart,
    )
    return list(told), here


@pytest.mark.parametrize("apart", [False, True])
def test_answers_come_in_order_whoever_gives_them(files: list[Path], apart: bool) -> None:
    with Hands(READER, ["."], count=1) as hands:
        for _ in range(2):  # the first time the other may begin too late to take part
            heights, here = read(files, hands, apart=apart)
            assert heights == list(range(60, 60 + len(files)))
            assert hands._hands[0].is_ready()
        assert 0 < here < len(files)


def test_few_tasks_need_no_other_process(files: list[Path]) -> None:
    with Hands(READER, ["."], count=1) as hands:
        _, here = read(files[:20], hands)
        assert (here, hands._hands) == (20, [])


@pytest.mark.parametrize("module", ["latelier.no_such_module", READER])
def test_a_hand_that_is_lost_costs_no_answer(files: list[Path], module: str) -> None:
    with Hands(module, ["."], count=1) as hands:
        read(files, hands)
        assert hands._hands[0].is_ready() == (module == READER)
        heights, _ = read(files, hands, broken_at=5, apart=module == READER)
        assert heights == list(range(60, 60 + len(files)))


def test_an_error_or_ctrl_c_ends_the_other_processes(files: list[Path]) -> None:
    for error in (KeyboardInterrupt, RuntimeError):

        def stop(task: object, error: type[BaseException] = error) -> object:
            raise error

        with Hands(READER, ["."], count=1) as hands:
            answers = hands.each([str(file) for file in files], stop, str)
            with pytest.raises(error):
                list(answers)
            assert hands._hands == []


def test_two_processes_find_the_same_as_one(
    project: Atelier, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = {f"cloth {i}.png": brocade(i % 3, hand="ab"[i % 2]) for i in range(6)}
    pictures |= {f"ink {i}.png": ink(i) for i in range(4)}
    pictures |= {f"1 {name}.png": change(ink(1)) for name, change in CHANGES.items()}
    enter(project, {name: np.asarray(p.convert("RGB")) for name, p in pictures.items()})
    monkeypatch.setattr(_hands, "ENOUGH", 2)
    (project.root / "sources" / "ink 3.png").unlink()
    known = []
    for count in (0, 1):
        (project.root / "cache" / "copies.db").unlink(missing_ok=True)
        monkeypatch.setattr(_hands, "spare", lambda count=count: count)
        done = copies(project)
        assert [u["image"] for u in done.unread] == ["sources/ink 3.png"]
        with Likenesses(project.root / "cache") as cache:
            known.append({pair: found and found.to_json() for pair, found in cache.all().items()})
    assert len(known[0]) > 10
    assert known[0] == known[1]
