"""How far `latelier run` has come in a project: each stage with what it was asked and what it gave.

Kept in ``runs/chain.json``. A stage is done when it was asked the same before and what it made is
still there; then it is not done again, so the same command goes on where it was stopped.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latelier.errors import DiskError, LatelierError, Stopped
from latelier.files import write_json
from latelier.progress import Progress
from latelier.project import Image, Project
from latelier.steps._pictures import pixels as read
from latelier.steps._report_view import evenly

FILE = "chain.json"
LOOKED_AT = 60  # images, evenly chosen, to see whether a set is ink or colour
Say = Callable[[str], None]
Work = Callable[[], tuple[dict[str, Any], str]]


def unheard(sentence: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Stage:
    """One step of the chain and what came of it.

    Args:
        name: the step.
        state: ``done``, ``before`` (by an earlier run of the chain), ``each time`` or ``left out``.
        said: one sentence.
        result: as the step's ``--json`` gives it; empty where it was left out.
    """

    name: str
    state: str
    said: str
    result: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {"stage": self.name, "state": self.state, "said": self.said}


class Chain:
    """The stages of one run through, told as they end.

    Args:
        project: that they work on.
        say: told one sentence a stage.
        on_progress: told where each stage stands.
    """

    def __init__(self, project: Project, say: Say, on_progress: Progress) -> None:
        self.project = project
        self.now = ""
        self._told = on_progress
        self.stages: list[Stage] = []
        self._say = say
        self._path = project.root / "runs" / FILE
        self._kept = _read(self._path)

    def on_progress(self, done: float, total: float | None, note: str = "") -> None:
        """Pass on where a stage stands, and which it is."""
        self._told(done, total, ": ".join(word for word in (self.now, note) if word))

    def stage(
        self,
        name: str,
        asked: Mapping[str, Any],
        work: Work,
        holds: Callable[[dict[str, Any]], bool] = lambda result: True,
    ) -> dict[str, Any] | None:
        """Do a stage unless it was done; what cannot be done is said, and the rest goes on.

        Args:
            name: of the stage.
            asked: everything that its outcome depends on, as JSON.
            work: does it; gives its result and one sentence.
            holds: whether what an earlier result names is still there.

        Returns:
            what came of it, or None where it could not be done.

        Raises:
            DiskError: the disk is full, read-only, or refuses: nothing else would go on either.
            Stopped: Ctrl-C; all is saved.
        """
        self.now = name
        key = _digest(asked)
        before = self._kept.get(name)
        if before and before["asked"] == key and holds(before["result"]):
            self._end(Stage(name, "before", before["said"], before["result"]))
            return dict(before["result"])
        try:
            result, said = work()
        except (DiskError, Stopped):
            raise
        except LatelierError as error:
            self.leave_out(name, f"Left out {name}: {error}")
            return None
        self._kept[name] = {"asked": key, "said": said, "result": result}
        write_json(self._path, self._kept)
        self._end(Stage(name, "done", said, result))
        return result

    def tell(self, name: str, result: dict[str, Any], said: str) -> None:
        """Say that a stage was done which is done each time."""
        self._end(Stage(name, "each time", said, result))

    def leave_out(self, name: str, why: str) -> None:
        """Say that a stage is not done, and why."""
        self._end(Stage(name, "left out", why, {}))

    def hashes(self, name: str) -> list[str]:
        """What a set holds, as something that a stage is asked with."""
        return [image.sha256 for image in self.project.sets.images(name)]

    def thumbs(self, images: Sequence[Image]) -> NDArray[np.uint8]:
        """Some of the images squeezed to (n, 64, 64, 3): enough to see whether they are ink."""
        made = []
        for image in evenly(images, LOOKED_AT):
            pixels = read(self.project, image)
            rows, columns = (np.linspace(0, side - 1, 64).astype(int) for side in pixels.shape[:2])
            made.append(pixels[rows[:, None], columns])
        return np.stack(made)

    def has_run(self, result: dict[str, Any]) -> bool:
        """Whether the run that a result names is still there."""
        return (self.project.root / "runs" / str(result.get("run")) / "result.json").is_file()

    def has_files(self, *files: str) -> bool:
        """Whether files, from the project folder, are still there."""
        return all((self.project.root / file).is_file() for file in files)

    def _end(self, stage: Stage) -> None:
        self.stages.append(stage)
        self._say(stage.said + (" (Done before.)" if stage.state == "before" else ""))


def _digest(asked: Mapping[str, Any]) -> str:
    text = json.dumps(dict(asked), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _read(path: Path) -> dict[str, dict[str, Any]]:
    """The stages kept before; a file that is no such thing counts as none."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}
