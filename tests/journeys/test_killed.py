"""kill -9 at many points of the whole way: no original, decision or finished run is lost."""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import Said, environment
from latelier import images
from latelier.files import sha256
from latelier.project import Project

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
WAY = [
    ["add", "../photos", "--rights", "CC0"],
    ["copies"],
    ["prepare", "h32", "--size", "32"],
    ["train", "h32", "--model", "vae", "--steps", "60"],
    ["make", "6", "--seed", "7"],
    ["mark", "keep", "cloth 00.png", "cloth 02.png"],
    ["groups", "originals", "--k", "3"],
    ["sort", "originals", "--to", "out/groups"],
    ["sheet", "originals", "--size", "4x4in", "--dpi", "50", "-o", "out/sheet.pdf"],
    ["report"],
]


def kill(words: list[str], cwd: Path, after_s: float) -> bool:
    """Start a command and kill it after a while; whether it was still at work then."""
    child = subprocess.Popen(
        [sys.executable, "-m", "latelier", *words],
        cwd=cwd,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(after_s)
    alive = child.poll() is None
    if alive:
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    return alive


def finish(words: list[str], cwd: Path) -> Said:
    done = subprocess.run(
        [sys.executable, "-m", "latelier", *words],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    return Said(done.returncode, done.stdout, done.stderr)


def finished_runs(root: Path) -> dict[str, str]:
    return {f.parent.name: sha256(f) for f in sorted(root.glob("runs/*/result.json"))}


def test_the_whole_way_killed_again_and_again_loses_nothing(photos: Path, tmp_path: Path) -> None:
    before = {f: sha256(f) for f in photos.rglob("*.png")}
    root = Project.create(tmp_path / "project").root
    moments = random.Random(3)
    killed = 0
    for words in WAY:
        stood, marks = finished_runs(root), Project(root).journal.values("mark")
        for _ in range(2):
            killed += kill(words, root, moments.uniform(0.15, 1.8))
        said = finish(words, root)
        assert said.code == 0, f"{words}: {said.err}"
        assert stood.items() <= finished_runs(root).items()
        assert marks.items() <= Project(root).journal.values("mark").items()
    assert killed >= 4, "the machine was too fast for the kills to meet anything"

    project = Project(root)
    assert {f: sha256(f) for f in photos.rglob("*.png")} == before
    assert len(project.sets.images("originals")) == 24
    assert len(project.sets.images("kept")) == 2
    assert set(project.journal.values("rights").values()) == {"CC0"}
    assert len(list((root / "out" / "groups").rglob("*.png"))) == 24
    assert (root / "out" / "report.html").is_file()
    said = finish(["verify", "--json"], root)
    assert said.code == 0, said.out
    assert said.json["ok"]


def run(photos: Path, where: Path) -> list[str]:
    words = ["run", str(photos), "--into", str(where), "--for", "2m", "--images", "4"]
    return [*words, "--model", "quilt", "--groups", "2", "--rights", "CC0"]


def made(root: Path) -> dict[str, str]:
    """What is put out: pictures by their pixels (beside them stands the run's number), PDFs whole."""
    out = root / "out"
    pixels = {f: hashlib.sha256(images.read(f)).hexdigest() for f in sorted(out.rglob("*.png"))}
    pages = {f: sha256(f) for f in sorted(out.rglob("*.pdf"))}
    return {f.relative_to(root).as_posix(): said for f, said in {**pixels, **pages}.items()}


def test_the_chain_killed_again_and_again_ends_as_if_it_never_was(
    photos: Path, tmp_path: Path
) -> None:
    straight = finish(run(photos, tmp_path / "straight"), tmp_path)
    assert straight.code == 0, straight.err
    moments, killed = random.Random(5), 0
    broken = tmp_path / "broken"
    for k in range(5):
        killed += kill(run(photos, broken), tmp_path, moments.uniform(0.4, 1.2 + k))
    assert killed >= 3, "the machine was too fast for the kills to meet anything"
    said = finish(run(photos, broken), tmp_path)
    assert said.code == 0, said.err

    assert made(broken) == made(tmp_path / "straight")
    assert (broken / "out" / "report.html").is_file()
    sets = Project(broken).sets
    assert len(sets.images("generated")) == 4
    assert {i.sha256 for i in sets.images("originals")} == {
        i.sha256 for i in Project(tmp_path / "straight").sets.images("originals")
    }
    verified = finish(["verify", "--json"], broken)
    assert verified.code == 0, verified.out
    shutil.rmtree(broken)
