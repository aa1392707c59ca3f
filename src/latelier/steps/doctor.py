"""Look at this machine: what is here, what is missing, what to expect."""

import os
import platform
import shutil
import sqlite3
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

OPTIONAL = {
    "umap-learn": "maps by UMAP",
    "onnxruntime": "measuring by a network of your own as ONNX",
}
LITTLE_GB = 2.0  # a day's work with pictures at print size


@dataclass(frozen=True)
class Finding:
    """One line on the machine.

    Args:
        what: the part looked at.
        found: what was met.
        good: whether it will do.
        advice: what to do where it will not.
    """

    what: str
    found: str
    good: bool = True
    advice: str = ""


@dataclass(frozen=True)
class Health:
    """What was found.

    Args:
        findings: line by line.
    """

    findings: list[Finding]

    @property
    def good(self) -> bool:
        """Whether everything will do."""
        return all(f.good for f in self.findings)

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {"good": self.good, "findings": [vars(f) for f in self.findings]}


def doctor(folder: Path) -> Health:
    """Look at the machine as seen from ``folder``, where a project is or would be."""
    free_gb = shutil.disk_usage(folder).free / 1e9
    findings = [
        Finding(
            "python", platform.python_version(), sys.version_info >= (3, 11), "use 3.11 or newer"
        ),
        Finding("system", platform.platform()),
        Finding("processors", str(_processors())),
        Finding("disk", f"{free_gb:.1f} GB free", free_gb > LITTLE_GB, "free some space first"),
        Finding("folder", *_writable(folder)),
        Finding(
            "sqlite", sqlite3.sqlite_version, sqlite3.sqlite_version_info >= (3, 35), "update it"
        ),
    ]
    findings += [_package(p, "") for p in ("torch", "numpy", "pillow", "scikit-learn")]
    findings += [_package(p, use) for p, use in OPTIONAL.items()]
    return Health(findings)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _writable(folder: Path) -> tuple[str, bool, str]:
    if os.access(folder, os.W_OK):
        return "can be written", True, ""
    return "cannot be written", False, "choose another folder, or change its rights"


def _package(name: str, use: str) -> Finding:
    try:
        return Finding(name, metadata.version(name))
    except metadata.PackageNotFoundError:
        found = f"not installed; only needed for {use}" if use else "not installed"
        return Finding(name, found, bool(use), f"pip install {name}")
