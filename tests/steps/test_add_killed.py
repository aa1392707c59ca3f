"""An adding that is killed, stopped or out of disk loses nothing, and the next completes it."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from conftest import Said, environment
from drawn import cloth
from latelier import images
from latelier.files import PART, sha256
from latelier.steps.open_project import Atelier, new_project

COUNT = 80
# Where the program ends, as if killed, and the line that makes it so
POINTS = {
    "within a copy": "intake.os.utime = lambda *a, **k: end()",
    "a copy later": "real = intake.os.utime; calls = []\n"
    "intake.os.utime = lambda *a, **k: (calls.append(1), len(calls) > 40 and end(), real(*a, **k))",
    "before a block enters": "intake.Intake.commit = lambda self: end()",
    "while a block enters": "intake.Images.refuse = lambda self, refused: end()",
    "after a block entered": "real = intake.Intake.commit\n"
    "intake.Intake.commit = lambda self: (real(self), end())",
    "at the end": "intake.Intake.finish = lambda self: (self.commit(), end())",
}


@pytest.fixture
def many(tmp_path: Path) -> Path:
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(COUNT):
        (folder / f"{i:03d}.png").write_bytes(
            images.png_bytes(cloth(np.random.default_rng(i), 16, 16))
        )
    return folder


def all_is_well(project: Atelier, folder: Path, count: int = COUNT) -> None:
    assert len(project.images.where()) == count
    known = {i.path for i in project.images.where()}
    sources = project.root / "sources"
    lying = {project.relative(f) for f in sources.rglob("*") if f.is_file()}
    assert lying == known
    assert all(sha256(project.images.file(i)) == i.sha256 for i in project.images.where())
    assert len(project.sets.images("all")) == count
    assert project.store.check() == []
    assert len(list(folder.iterdir())) == count


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_chosen_point(project: Atelier, many: Path, point: str) -> None:
    code = (
        "import os, sys\nfrom latelier.steps import _intake as intake, add\n"
        "from latelier.project.images import Images\nfrom latelier.project import Project\n"
        "intake.Images = Images\n"
        f"def end(): os._exit(9)\n{POINTS[point]}\n"
        "add.add(Project(sys.argv[1]), sys.argv[2], rights='CC0')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(project.root), str(many)],
        env=environment(),
        capture_output=True,
    )
    assert done.returncode == 9, done.stderr
    entered = project.images.where()
    assert all(sha256(project.images.file(i)) == i.sha256 for i in entered)
    assert set(project.journal.values("rights")) == {i.id for i in entered}
    again = project.add(many, rights="CC0")
    assert again.to_json()["added"] == COUNT - len(entered)
    assert again.to_json()["known"] == len(entered)
    all_is_well(project, many)
    assert len(project.journal.values("rights")) == COUNT


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("files", [1, 30, 50])
def test_killed_from_outside_whenever_so_many_files_lie_there(
    project: Atelier, many: Path, files: int
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "latelier", "-C", str(project.root), "add", str(many)],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    sources = project.root / "sources"
    while process.poll() is None and len(list(sources.glob("*.png"))) < files:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    project.add(many)
    all_is_well(project, many)


@pytest.mark.skipif(sys.platform == "win32", reason="another signal on Windows")
def test_ctrl_c_keeps_what_was_taken(project: Atelier, many: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "latelier", "-C", str(project.root), "add", str(many)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    sources = project.root / "sources"
    while process.poll() is None and len(list(sources.glob("*.png"))) < 5:
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    if process.returncode:
        assert "Nothing is lost" in said
        assert "Traceback" not in said
    taken = len(project.images.where())
    assert taken >= 4
    lying = {project.relative(f) for f in sources.glob("*.png")}
    orphans = lying - {i.path for i in project.images.where()}
    assert len(orphans) <= 1  # stopped between two lines; the next adding adopts it
    assert project.add(many).to_json()["known"] == taken
    all_is_well(project, many)


def test_two_addings_at_once_take_turns(project: Atelier, many: Path) -> None:
    command = [sys.executable, "-m", "latelier", "-C", str(project.root), "add", str(many)]
    both = [
        subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL) for _ in range(2)
    ]
    assert [p.wait() for p in both] == [0, 0]
    all_is_well(project, many)


def test_a_full_disk_is_said_in_one_sentence_and_nothing_is_half_written(
    small_disk: Path, tmp_path: Path, latelier: Callable[..., Said]
) -> None:
    project = new_project(small_disk / "project")
    folder = tmp_path / "large"
    folder.mkdir()
    for i in range(40):
        noise = np.random.default_rng(i).integers(0, 256, (150, 150, 3)).astype(np.uint8)
        (folder / f"{i}.png").write_bytes(images.png_bytes(noise))
    said = latelier("-C", project.root, "add", folder)
    assert said.code == 1
    assert said.err.count("\n") == 1
    assert "no space left on the disk" in said.err or "disk is full" in said.err
    assert "Traceback" not in said.err
    sources = project.root / "sources"
    lying = [f for f in sources.rglob("*") if f.is_file()]
    assert not [f for f in lying if f.name.endswith(PART)]
    entered = Atelier(project.root).images.where()
    assert {f.name for f in lying} == {i.name for i in entered}
    for image in entered:
        assert sha256(project.images.file(image)) == image.sha256
    project.close()


def test_a_read_only_project_is_said_in_one_sentence(
    small_disk: Path, photos: Path, latelier: Callable[..., Said]
) -> None:
    project = new_project(small_disk / "project")
    project.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    said = latelier("-C", project.root, "add", photos)
    assert said.code == 1
    assert said.err.count("\n") == 1
    assert "read-only" in said.err


def test_a_folder_that_may_not_be_written_is_said_in_one_sentence(
    project: Atelier, photos: Path, latelier: Callable[..., Said]
) -> None:
    sources = project.root / "sources"
    sources.rmdir()
    sources.write_text("a file where the folder should be")
    said = latelier("-C", project.root, "add", photos)
    assert said.code == 1
    assert said.err.count("\n") == 1
    assert project.images.where() == []
    assert project.store.check() == []
    assert sources.read_text() == "a file where the folder should be"
