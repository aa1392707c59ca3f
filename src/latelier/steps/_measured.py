"""The named numbers of images, each measured once: kept in the project's ``cache`` by content."""

import hashlib
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from latelier import registry
from latelier.errors import LatelierError, UnknownName
from latelier.features._contract import Measure
from latelier.files import replacing
from latelier.images import Pixels, read
from latelier.progress import Progress, silent
from latelier.project import Image, Project

SIDE = 1600  # px that a JPEG keeps at least when it is read smaller; forms are counted at 800
INK = ("form", "hog")  # families that read a drawing in ink
GREY = 3.0  # C*, the median of a collection's pictures; ink on paper has 0 to 2, cloth 10 and more
SAVE_EVERY = 100  # pictures; a stopped measuring goes on from there


@dataclass(frozen=True)
class Numbers:
    """Images in named numbers.

    Args:
        images: row by row; those whose file could not be read are left out.
        table: (n, d).
        columns: ``family.name`` of each number.
        measures: what each means.
        unread: images left out, with the reason.
    """

    images: list[Image]
    table: NDArray[np.float64]
    columns: list[str]
    measures: list[Measure]
    unread: dict[str, str]


def families(names: Sequence[str] | None = None) -> list[str]:
    """The families of numbers that were asked for; all if None.

    Raises:
        UnknownName: there is no such family.
    """
    known = [
        name for name in registry.names("features") if registry.load("features", name).MEASURES
    ]
    for name in names or ():
        if name not in known:
            raise UnknownName("family of features", name, known)
    return list(names) if names else known


def usual_families(
    project: Project, images: Sequence[Image], *, on_progress: Progress = silent
) -> list[str]:
    """The families to tell labels by: those of ``INK`` only where the images are grey on the whole.

    On cloth and paintings where an edge lies says nothing of the label, and 154 more numbers only
    make learning harder: of 210 batiks .51 were told without the gradients' places, .45 with them,
    of 160 paintings .62 and .55; of 300 ink characters .59 and .64.
    """
    found = measured(project, images, ["colour"], on_progress=on_progress)
    chroma = found.table[:, found.columns.index("colour.chroma_mean")]
    ink = len(chroma) > 0 and float(np.median(chroma)) < GREY
    return [name for name in families() if ink or name not in INK]


def measured(
    project: Project,
    images: Sequence[Image],
    names: Sequence[str] | None = None,
    *,
    on_progress: Progress = silent,
) -> Numbers:
    """Measure images, or take what was measured of the same files before.

    Args:
        project: whose images.
        images: which.
        names: families of numbers; all if left out.
        on_progress: told how many are done.

    Raises:
        UnknownName: there is no such family.
        DiskError: the cache cannot be written.
    """
    chosen = families(names)
    kept = {name: _Kept(project, name) for name in chosen}
    unread: dict[str, str] = {}
    new = 0
    with threadpool_limits(1):  # the matrices are small; more threads only wait for each other
        for done, image in enumerate(images):
            lacking = [name for name in chosen if image.sha256 not in kept[name].rows]
            if not lacking:
                continue
            on_progress(done, len(images), image.name)
            try:
                pixels = read_for(project, image)
            except LatelierError as error:
                unread[image.path] = str(error)
                continue
            for name in lacking:
                kept[name].rows[image.sha256] = registry.load("features", name).describe(pixels)
            new += 1
            if new % SAVE_EVERY == 0:
                _save(kept)
    if new:
        _save(kept)
    there = [i for i in images if i.path not in unread]
    rows = [np.concatenate([kept[name].rows[i.sha256] for name in chosen]) for i in there]
    measures = [(name, m) for name in chosen for m in registry.load("features", name).MEASURES]
    table = np.array(rows, np.float64).reshape(len(there), len(measures))
    columns = [f"{name}.{m.name}" for name, m in measures]
    return Numbers(there, table, columns, [m for _, m in measures], unread)


def read_for(project: Project, image: Image) -> Pixels:
    """A picture as features see it: a large JPEG may come smaller, which they make it anyway.

    Raises:
        PictureError: the file cannot be read any more.
    """
    return read(project.images.file(image), project.config.ground_rgb, at_least=SIDE)


class _Kept:
    """What is kept of one family: rows by the file's hash, for the family's code as it is."""

    def __init__(self, project: Project, name: str) -> None:
        module = registry.load("features", name)
        room = Path(str(module.__file__)).parent
        digest = hashlib.sha256(str(project.config.ground_rgb).encode())
        for file in [Path(str(module.__file__)), *sorted(room.glob("_*.py"))]:
            digest.update(file.read_bytes())
        self.path = project.root / "cache" / "features" / f"{name}-{digest.hexdigest()[:16]}.npz"
        self.rows: dict[str, NDArray[np.float64]] = {}
        try:
            with np.load(self.path, allow_pickle=False) as held:
                keys, values = held["keys"], held["values"]
            if values.shape == (len(keys), len(module.MEASURES)):
                self.rows = {str(k): v for k, v in zip(keys, values, strict=True)}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            pass  # not there yet, or damaged: it is measured again

    def save(self) -> None:
        """Keep all rows; older code's rows of the family go."""
        with replacing(self.path) as part, part.open("wb") as file:
            np.savez(file, keys=np.array(list(self.rows)), values=np.stack([*self.rows.values()]))
        stem = self.path.name.rpartition("-")[0]
        for old in self.path.parent.glob(f"{stem}-*.npz"):
            if old != self.path:
                old.unlink(missing_ok=True)


def _save(kept: dict[str, _Kept]) -> None:
    for each in kept.values():
        if each.rows:
            each.save()
