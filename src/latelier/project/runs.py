"""Runs: one step done once, in a folder that says enough to do it again.

``result.json`` is written last and makes a run finished. The store follows the folder: whoever
is killed between the two is caught up with the next time the project is opened.
"""

import json
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from latelier.errors import Damaged, UnknownName, UsageError, disk_error
from latelier.files import PART, sha256, write_json
from latelier.project.images import Image, Images, NewImage
from latelier.project.store import Store, now

NOT_HASHED = {"log.jsonl", "result.json", "environment.json", "recipe.json"}
EVENTS = "events.out.tfevents."  # how TensorBoard's logs begin, which hold the time of day
PACKAGES = ("latelier", "numpy", "pillow", "torch", "scikit-learn", "scipy", "safetensors")


@dataclass(frozen=True)
class Run:
    """One step done once.

    Args:
        folder: ``runs/0003-train-gan``.
        step: the verb that ran.
        runs: the table it belongs to.
    """

    folder: Path
    step: str
    runs: "Runs"

    @property
    def name(self) -> str:
        """The folder's name, ``0003-train-gan``."""
        return self.folder.name

    @property
    def images_folder(self) -> Path:
        """Where the images that the run makes lie; made on first use."""
        folder = self.folder / "images"
        folder.mkdir(exist_ok=True)
        return folder

    @property
    def recipe(self) -> dict[str, Any]:
        """All settings, the seed, the inputs with their hashes."""
        return _read(self.folder / "recipe.json")

    @property
    def environment(self) -> dict[str, Any]:
        """The machine, the versions and the command that started it."""
        return _read(self.folder / "environment.json")

    @property
    def finished(self) -> bool:
        """Whether the run came to its end."""
        return (self.folder / "result.json").is_file()

    @property
    def result(self) -> dict[str, Any]:
        """What came of it.

        Raises:
            UsageError: the run has not finished.
        """
        if not self.finished:
            raise UsageError(
                f"Run {self.name} has not finished; go on with it, or take another run."
            )
        return _read(self.folder / "result.json")

    def log(self, **what: Any) -> None:
        """Append one line to ``log.jsonl``.

        Raises:
            DiskError: the disk is full, read-only, or refuses.
        """
        line = json.dumps({"at": now(), **what}, ensure_ascii=False)
        try:
            with (self.folder / "log.jsonl").open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError as error:
            raise disk_error(error, f"writing the log of {self.name}") from error

    def logged(self) -> list[dict[str, Any]]:
        """The lines of ``log.jsonl``; a line cut short by a kill is left out."""
        path = self.folder / "log.jsonl"
        lines = []
        for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
            try:
                lines.append(json.loads(line))
            except json.JSONDecodeError:
                continue
        return lines

    def discard(self) -> None:
        """Take away an unfinished run that came to nothing, with its folder."""
        if not self.finished:
            shutil.rmtree(self.folder, ignore_errors=True)
            with self.runs.store.write() as db:
                db.execute("DELETE FROM runs WHERE name = ?", (self.name,))

    def finish(self, result: Mapping[str, Any], images: Iterable[NewImage] = ()) -> list[Image]:
        """Say that the run is done: hash its files, write ``result.json``, enter its images.

        Args:
            result: what came of it, as JSON. A key ``replay`` holds settings that, laid over the
                recipe's, do the same again (steps done instead of minutes given).
            images: files of the run that are to be images of the project.

        Raises:
            DiskError: the disk is full, read-only, or refuses.
        """
        outputs = {
            f.relative_to(self.folder).as_posix(): sha256(f)
            for f in sorted(self.folder.rglob("*"))
            if f.is_file() and not _is_log(f.name)
        }
        made = [asdict(i) for i in images]
        ended = {**result, "finished": now(), "outputs": outputs, "images_made": made}
        write_json(self.folder / "result.json", ended)
        return self.runs.enter(self)


class Runs:
    """The table of runs, and the folder ``runs/``.

    Args:
        store: the project's database.
        images: the project's images.
        root: the project folder.
    """

    def __init__(self, store: Store, images: Images, root: Path) -> None:
        self.store = store
        self.images = images
        self.root = root
        self.folder = root / "runs"

    def start(
        self,
        step: str,
        settings: Mapping[str, Any],
        *,
        suffix: str = "",
        inputs: Mapping[str, str] | Iterable[Image] = (),
    ) -> Run:
        """Begin a run: a new numbered folder with its recipe and environment.

        Args:
            step: the verb, the name of the file under ``steps/``.
            settings: the step's keyword arguments, as JSON, that would do the same again.
            suffix: stands behind the verb in the folder's name: ``train-gan``.
            inputs: what was read: path in the project to sha256, or images.

        Raises:
            DiskError: the disk is full, read-only, or refuses.
        """
        title = re.sub(r"[^\w.-]+", "-", f"{step}-{suffix}" if suffix else step)[:60].strip("-.")
        with self.store.write() as db:
            last = db.execute("SELECT coalesce(max(number), 0) AS n FROM runs").fetchone()["n"]
            number = max(last, self._last_folder()) + 1
            folder = self.folder / f"{number:04d}-{title}"
            try:
                folder.mkdir(parents=True)
            except OSError as error:
                raise disk_error(error, f"starting run {folder.name}") from error
            db.execute(
                "INSERT INTO runs (name, number, step, status, started) VALUES (?, ?, ?, 'running', ?)",
                (folder.name, number, step, now()),
            )
        hashes = dict(inputs) if isinstance(inputs, Mapping) else {i.path: i.sha256 for i in inputs}
        write_json(folder / "environment.json", environment())
        write_json(
            folder / "recipe.json",
            {"step": step, "settings": dict(settings), "started": now(), "inputs": hashes},
        )
        return Run(folder, step, self)

    def all(self) -> list[Run]:
        """Every run that has a recipe, oldest first."""
        rows = self.store.db.execute("SELECT name, step FROM runs ORDER BY number")
        runs = [Run(self.folder / r["name"], r["step"], self) for r in rows]
        return [r for r in runs if (r.folder / "recipe.json").is_file()]

    def find(self, reference: str | int | Path) -> Run:
        """The run that a number, a name or a folder means.

        Raises:
            UnknownName: there is none.
        """
        text = str(reference).replace("\\", "/").rstrip("/").rpartition("/")[2]
        runs = self.all()
        for run in runs:
            if run.name == text or (text.isdecimal() and int(run.name[:4]) == int(text)):
                return run
        raise UnknownName("run", text, [r.name for r in runs])

    def last(self, step: str) -> Run | None:
        """The newest finished run of a step."""
        return next((r for r in reversed(self.all()) if r.step == step and r.finished), None)

    def enter(self, run: Run) -> list[Image]:
        """Let the store follow a finished run's ``result.json``; does nothing the second time."""
        result = run.result
        with self.store.write() as db:
            known = {
                r["path"] for r in db.execute("SELECT path FROM images WHERE run = ?", (run.name,))
            }
            records = [NewImage(**record) for record in result["images_made"]]
            self.images.add([r for r in records if r.path not in known])
            db.execute(
                "UPDATE runs SET status = 'finished', finished = ? WHERE name = ?",
                (result["finished"], run.name),
            )
            entered = self.images.where("run = ?", [run.name])
        return entered

    def catch_up(self) -> None:
        """Enter the runs that finished on disk while the store did not hear of it."""
        rows = self.store.db.execute("SELECT name, step FROM runs WHERE status = 'running'")
        for row in rows.fetchall():
            run = Run(self.folder / row["name"], row["step"], self)
            if run.finished:
                self.enter(run)

    def _last_folder(self) -> int:
        numbers = [int(f.name[:4]) for f in self.folder.glob("[0-9][0-9][0-9][0-9]-*")]
        return max(numbers, default=0)


def environment() -> dict[str, Any]:
    """The machine and the versions that a run depends on."""
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = "absent"
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "packages": versions,
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise disk_error(error, f"reading {path.parent.name}/{path.name}") from error
    except ValueError as error:
        raise Damaged(f"{path} is damaged ({error}); run the step again.") from error
    return value


def _is_log(name: str) -> bool:
    return name in NOT_HASHED or name.endswith(PART) or name.startswith(EVENTS)
