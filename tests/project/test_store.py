"""The store: named migrations, whole transactions, several processes at once, sudden deaths."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import environment
from latelier.errors import Damaged
from latelier.project import NewImage, Project
from latelier.project.migrations import MIGRATIONS
from latelier.project.store import Store


def image(name: str) -> NewImage:
    return NewImage(f"sources/{name}", "source", "0" * 64, 1, 8, 8)


def test_each_migration_is_applied_once_and_by_name(tmp_path: Path) -> None:
    for _ in range(2):
        store = Store(tmp_path / "latelier.db")
        names = [r["name"] for r in store.db.execute("SELECT name FROM migrations ORDER BY name")]
        assert names == sorted(name for name, _ in MIGRATIONS)
        store.close()


def test_a_store_of_a_newer_latelier_is_not_touched(tmp_path: Path) -> None:
    store = Store(tmp_path / "latelier.db")
    store.db.execute("INSERT INTO migrations VALUES ('9999-future', 'now')")
    with pytest.raises(Damaged, match="newer Latelier"):
        Store(tmp_path / "latelier.db")


def test_a_transaction_is_whole_or_nothing(project: Project) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        project.images.add([image("a.png"), image("b.png"), image("a.png")])
    assert project.images.where() == []


def test_the_journal_cannot_be_rewritten(project: Project) -> None:
    project.images.add([image("a.png")])
    project.journal.decide("mark", "kept", "mark", {1: "keep"})
    for table in ("journal", "changes"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id + 1"):
            with pytest.raises(sqlite3.IntegrityError, match="only ever appended"):
                project.store.db.execute(statement)


def add_many(root: str, who: str) -> None:
    project = Project(root)
    for i in range(30):
        project.images.add([image(f"{who}-{i}.png")])
        project.journal.decide("mark", f"{who} {i}")
        project.runs.start("try", {"who": who})


def test_two_processes_may_use_a_project_at_once(project: Project) -> None:
    code = "import sys; from test_store import add_many; add_many(*sys.argv[1:])"
    path = os.pathsep.join([environment()["PYTHONPATH"], *map(str, TESTS)])
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(project.root), who],
            env={**environment(), "PYTHONPATH": path},
        )
        for who in "ab"
    ]
    assert [process.wait() for process in both] == [0, 0]
    assert len(project.images.where()) == 60
    assert len(project.journal.entries()) == 60
    assert sorted(int(r.name[:4]) for r in project.runs.all()) == list(range(1, 61))


TESTS = [Path(__file__).parent, Path(__file__).parents[1]]
WRITER = """
import sys
from latelier.project import NewImage, Project
project = Project(sys.argv[1])
i = len(project.images.where())
while True:
    i += 1
    image, = project.images.add([NewImage(f"sources/{i}.png", "source", "0" * 64, 1, 8, 8)])
    project.journal.decide("mark", "kept", "mark", {image.id: "keep"})
    print(i, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_nothing_that_was_said_to_be_done_is_lost_when_killed(project: Project) -> None:
    said: set[int] = set()
    for pause in (0.0, 0.013, 0.031, 0.05):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(project.root)],
            stdout=subprocess.PIPE,
            env=environment(),
            text=True,
        )
        assert child.stdout is not None
        said.add(int(child.stdout.readline()))
        time.sleep(pause)
        os.kill(child.pid, signal.SIGKILL)
        said |= {int(n) for n in child.stdout.read().split("\n")[:-1] if n}
        child.stdout.close()
        child.wait()
        again = Project(project.root)
        assert again.store.check() == []
        marked = {int(i.name.removesuffix(".png")) for i in again.sets.images("kept")}
        assert said <= marked
