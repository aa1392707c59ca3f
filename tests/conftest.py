"""What all tests share: one thread, a project in a temporary folder, the command line, drawn pictures."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # on two cores 14 times faster than two threads

import numpy as np
import pytest

from drawn import cloth
from latelier import images
from latelier.steps.open_project import Atelier, new_project

SHARED = Path(
    os.environ.get("LATELIER_SHARED", Path(__file__).resolve().parents[2] / "shared" / "data")
)
SRC = Path(__file__).resolve().parents[1] / "src"


@dataclass(frozen=True)
class Said:
    """What a command line call printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as one JSON object."""
        return json.loads(self.out)


def environment() -> dict[str, str]:
    """The environment of child processes: this source tree, one thread."""
    return {**os.environ, "PYTHONPATH": str(SRC), "OMP_NUM_THREADS": "1"}


@pytest.fixture
def project(tmp_path: Path) -> Atelier:
    """A new, empty project."""
    return new_project(tmp_path / "project", title="Test")


@pytest.fixture
def latelier(tmp_path: Path) -> Callable[..., Said]:
    """Call the command line as a person would, in ``tmp_path``."""

    def call(*words: object, cwd: Path = tmp_path, timeout: float = 300) -> Said:
        done = subprocess.run(
            [sys.executable, "-m", "latelier", *map(str, words)],
            cwd=cwd,
            env=environment(),
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of 24 small drawn cloths, half of them in a subfolder."""
    folder = tmp_path / "photos"
    (folder / "más").mkdir(parents=True)
    for i in range(24):
        place = folder / "más" if i % 2 else folder
        pixels = cloth(np.random.default_rng(i), 48 + 8 * (i % 3), 64)
        (place / f"cloth {i:02d}.png").write_bytes(images.png_bytes(pixels))
    return folder


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB; tests that need it are skipped where this account cannot make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this account cannot mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real pictures; tests that need it are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"real pictures are not here ({SHARED})")
    return SHARED
