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
from latelier.classify.heads import View
from latelier.errors import LatelierError, UnknownName
from latelier.extractors._open import named
from latelier.features._contract import Measure
from latelier.files import replacing
from latelier.images import Pixels
from latelier.progress import Progress, silent
from latelier.project import Image, Project
from latelier.steps._encoders import Encoder, is_encoder
from latelier.steps._pictures import pixels as read

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


def families(names: Sequence[str] | None = None, *, encoders: bool = False) -> list[str]:
    """The families of numbers that were asked for; all if None.

    Args:
        names: of families, and of encoders where those may be named.
        encoders: whether extractors may be named too: ``self``, ``mobilenet:FILE``.

    Raises:
        UnknownName: there is no such family or encoder.
        UsageError: an encoder lacks its file.
    """
    known = [
        name for name in registry.names("features") if registry.load("features", name).MEASURES
    ]
    for name in names or ():
        if encoders and is_encoder(name):
            named(name)
        elif name not in known:
            more = registry.names("extractors") if encoders else []
            raise UnknownName("family of features", name, [*known, *more])
    return list(names) if names else known


def usual_families(
    project: Project, images: Sequence[Image], *, on_progress: Progress = silent
) -> list[str]:
    """The families to tell labels by: the form of ink only where the images are grey on the whole.

    On cloth and paintings where an edge lies says nothing of the label, and 144 more numbers make
    learning harder: of 210 batiks .51 were told without the gradients' places, .45 with them, of 160
    paintings .62 and .55; of 300 ink characters .59 and .64. Hence ``views``.
    """
    found = measured(project, images, ["colour"], on_progress=on_progress)
    chroma = found.table[:, found.columns.index("colour.chroma_mean")]
    ink = len(chroma) > 0 and float(np.median(chroma)) < GREY
    return [name for name in families() if ink or name != "form"]


def views(columns: Sequence[str]) -> list[View]:
    """What a head may choose to look at, the plainest first, where outlines were measured.

    Surfaces alone; then with the outline; then with where edges run, which in ink belongs to the
    surface. Of other columns there is one view of all.
    """
    of = [column.partition(".")[0] for column in columns]
    surface = {f for f in of if f != "shape" and (f not in INK or "form" in of)}
    sets = [surface, surface | {"shape"}, set(of)]
    if "shape" not in of or not surface:
        return [View()]
    names = ("surfaces", "surfaces and outlines", "surfaces, outlines and places")
    kept = [(n, s) for i, (n, s) in enumerate(zip(names, sets, strict=True)) if s not in sets[:i]]
    return [View(n, tuple(j for j, f in enumerate(of) if f in s)) for n, s in kept]


def measured(
    project: Project,
    images: Sequence[Image],
    names: Sequence[str] | None = None,
    *,
    taught_on: Sequence[Image] | None = None,
    on_progress: Progress = silent,
) -> Numbers:
    """Measure images, or take what was measured of the same files before.

    Args:
        project: whose images.
        images: which.
        names: families of numbers and encoders; all families if left out.
        taught_on: the images that an encoder which learns is taught on; these if left out.
        on_progress: told how many are done.

    Raises:
        UnknownName: there is no such family or encoder.
        UsageError: an encoder lacks its file.
        Damaged: its file is not what it reads.
        TooFew: there are too few images to teach one.
        DiskError: the cache cannot be written.
    """
    chosen = families(names, encoders=True)
    kept = [_Kept(project, source) for source in sources(project, chosen, taught_on or images)]
    unread: dict[str, str] = {}
    new = 0
    with threadpool_limits(1):  # the matrices are small; more threads only wait for each other
        for done, image in enumerate(images):
            lacking = [each for each in kept if image.sha256 not in each.rows]
            if not lacking:
                continue
            on_progress(done, len(images), image.name)
            try:
                pixels = read_for(project, image)
            except LatelierError as error:
                unread[image.path] = str(error)
                continue
            for each in lacking:
                teach(project, each.source, taught_on or images)
                each.rows[image.sha256] = each.source.describe(pixels)
            new += 1
            if new % SAVE_EVERY == 0:
                _save(kept)
    if new:
        _save(kept)
    there = [i for i in images if i.path not in unread]
    rows = [np.concatenate([each.rows[i.sha256] for each in kept]) for i in there]
    measures = [(each.source.name, m) for each in kept for m in each.measures]
    table = np.array(rows, np.float64).reshape(len(there), len(measures))
    columns = [f"{name}.{m.name}" for name, m in measures]
    return Numbers(there, table, columns, [m for _, m in measures], unread)


class Family:
    """A family of named numbers, as a source of them.

    Args:
        name: of the family.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._module = registry.load("features", name)
        digest = hashlib.sha256()
        place = Path(str(self._module.__file__))
        for file in [place, *sorted(place.parent.glob("_*.py"))]:
            digest.update(file.read_bytes())
        self.digest = digest.hexdigest()[:16]

    def describe(self, pixels: Pixels) -> NDArray[np.float64]:
        """(d,) the numbers of a picture."""
        return np.asarray(self._module.describe(pixels), np.float64)

    def measures(self, count: int) -> list[Measure]:
        """What they are."""
        return list(self._module.MEASURES)


Source = Family | Encoder


def sources(project: Project, names: Sequence[str], taught_on: Sequence[Image]) -> list[Source]:
    """Where the numbers of families and encoders come from, in the order of the names."""
    seed = project.config.seed
    return [Encoder(n, taught_on, seed) if is_encoder(n) else Family(n) for n in names]


def teach(project: Project, source: Source, taught_on: Sequence[Image]) -> None:
    """Teach an encoder that learns, unless it can see already.

    Raises:
        TooFew: there are too few images to learn from.
    """
    if isinstance(source, Encoder) and not source.taught:
        source.teach([read_for(project, image) for image in taught_on])


def read_for(project: Project, image: Image) -> Pixels:
    """A picture as features see it: a large JPEG may come smaller, which they make it anyway.

    It may only be read, so that a family knows it for the one that the family before looked at.

    Raises:
        PictureError: the file is gone, or cannot be read any more.
    """
    pixels = read(project, image, at_least=SIDE)
    pixels.setflags(write=False)
    return pixels


class _Kept:
    """What is kept of one source: rows by the file's hash, for its code as it is."""

    def __init__(self, project: Project, source: Source) -> None:
        self.source = source
        ground = hashlib.sha256(f"{project.config.ground_rgb} {source.digest}".encode())
        name = f"{source.name}-{ground.hexdigest()[:16]}.npz"
        self.path = project.root / "cache" / "features" / name
        self.rows: dict[str, NDArray[np.float64]] = {}
        try:
            with np.load(self.path, allow_pickle=False) as held:
                keys, values = held["keys"], held["values"]
            if values.ndim == 2 and len(values) == len(keys):
                self.rows = {str(k): v for k, v in zip(keys, values, strict=True)}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            pass  # not there yet, or damaged: it is measured again

    @property
    def measures(self) -> list[Measure]:
        """What the numbers are."""
        return self.source.measures(len(next(iter(self.rows.values()), ())))

    def save(self) -> None:
        """Keep all rows; older code's rows of the family go."""
        with replacing(self.path) as part, part.open("wb") as file:
            np.savez(file, keys=np.array(list(self.rows)), values=np.stack([*self.rows.values()]))
        stem = self.path.name.rpartition("-")[0]
        for old in self.path.parent.glob(f"{stem}-*.npz"):
            if old != self.path:
                old.unlink(missing_ok=True)


def _save(kept: Sequence[_Kept]) -> None:
    for each in kept:
        if each.rows:
            each.save()
