"""Add pictures: read by processes that may break, copied to ``sources/``, entered block by block."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latelier.collection import Found, Listing, Readers, Refused, folder, processors
from latelier.errors import DiskError, PictureError, UsageError
from latelier.files import sha256, turn
from latelier.progress import Progress, silent
from latelier.project import Image, Project
from latelier.steps._intake import Intake
from latelier.steps._names import readable

WORTH_A_READER = 50  # files; a reader takes 0.25 s to start, in which another reads so many
CLOSED = "this account may not open the folder; change its rights and add it again"
TURN = ".adding"  # an empty file in the project folder: whoever adds holds it


@dataclass(frozen=True)
class Added:
    """What came of adding.

    Args:
        images: that are new, in the order of their names.
        known: images that files were already.
        repeated: files that came twice in this adding.
        restored: images whose adding was undone, or whose file had gone, and which are back.
        refused: files that could not be read, each with its reason.
        aside: files that no one would take for pictures.
    """

    images: tuple[Image, ...]
    known: tuple[Image, ...]
    repeated: int
    restored: tuple[Image, ...]
    refused: tuple[tuple[str, str], ...]
    aside: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "added": len(self.images) + len(self.restored),
            "known": len(self.known) + self.repeated,
            "restored": len(self.restored),
            "refused": [{"file": f, "reason": r} for f, r in self.refused],
            "aside": len(self.aside),
            "images": [i.path for i in (*self.images, *self.restored)],
        }

    def with_fact(self, fact: str) -> list[str]:
        """The paths of new images of which something is true: ``frames``, ``truncated``."""
        return [i.path for i in self.images if i.facts.get(fact)]


def add(
    project: Project,
    *places: str | Path,
    rights: str = "",
    credit: str = "",
    link: bool = False,
    truncated: bool = False,
    on_progress: Progress = silent,
) -> Added:
    """Add the pictures at some places; what cannot be read is refused by name, the rest goes on.

    The originals are not touched. Adding again adds nothing twice, and goes on where a stopped
    adding stood.

    Args:
        project: where to.
        places: files and folders; a folder's subfolders become a tag.
        rights: of these pictures; else what ``latelier.toml`` says.
        credit: likewise.
        link: make links to the originals instead of copies.
        truncated: take pictures that are cut short, with a mark.
        on_progress: told after each file.

    Raises:
        UsageError: a place does not exist, or lies in the project.
        PictureError: there is no picture at these places.
        DiskError: the disk is full, read-only, or refuses.
    """
    listing = _listed(project, places)
    names = ", ".join(readable(Path(p).name or str(p)) for p in places[:3])
    more = f" and {len(places) - 3} more places" if len(places) > 3 else ""
    said = f"Added pictures from {names}{more}"

    def waiting() -> None:
        on_progress(0, None, "another program is adding to this project; this one waits for it")

    with turn(project.root / TURN, waiting):
        intake = Intake(project, said, link, rights, credit)
        intake.sweep()
        for place in listing.closed:
            intake.refuse(place, CLOSED)
        refused = [(readable(str(place)), CLOSED) for place in listing.closed]
        refused += _take_all(project, intake, listing.found, truncated, on_progress)
    return Added(
        tuple(intake.images),
        tuple(intake.known),
        intake.repeated,
        tuple(intake.restored),
        tuple(refused),
        tuple(readable(str(f)) for f in listing.aside),
    )


def _listed(project: Project, places: tuple[str | Path, ...]) -> Listing:
    if not places:
        raise UsageError("Name what to add: pictures, or folders of pictures")
    found: dict[Path, Found] = {}
    aside: list[Path] = []
    closed: list[Path] = []
    for place in places:
        if Path(place).expanduser().resolve().is_relative_to(project.root):
            raise UsageError(
                f"{place} lies in the project itself; copy it to a folder outside, and add that"
            )
        listing = folder.find(place, leave_out=project.root)
        for each in listing.found:
            found.setdefault(each.file, each)
        aside += listing.aside
        closed += listing.closed
    if not found:
        kinds = Counter(f.suffix.lower() or "without ending" for f in aside)
        holds = (
            f"only {', '.join(k for k, _ in kinds.most_common(5))} files" if aside else "nothing"
        )
        raise PictureError(
            f"There are no pictures in {', '.join(map(str, places))}: it holds {holds}. "
            "PNG, JPEG, TIFF, WebP, BMP, GIF and AVIF can be added."
        )
    return Listing(tuple(found.values()), tuple(aside), tuple(closed))


def _take_all(
    project: Project,
    intake: Intake,
    found: tuple[Found, ...],
    truncated: bool,
    on_progress: Progress,
) -> list[tuple[str, str]]:
    """Read and take what is new; gives what was refused, with its reason."""
    refused: list[tuple[str, str]] = []
    digests: dict[Path, tuple[Found, str]] = {}
    done = 0

    def settled(each: Found, reason: str = "", digest: str = "") -> None:
        nonlocal done
        done += 1
        if reason:
            refused.append((readable(str(each.file)), reason))
            intake.refuse(each.file, reason, digest)
        on_progress(done, len(found), readable(each.file.name))

    def new() -> Iterator[Path]:
        for each in found:
            try:
                digest = _digest(each.file)
                if intake.knows(each, digest):
                    settled(each)
                    continue
            except PictureError as error:
                settled(each, str(error))
                continue
            digests[each.file] = each, digest
            yield each.file

    try:
        count = min(processors(), 8, 1 + len(found) // WORTH_A_READER)
        with Readers(count, ground=project.config.ground_rgb, truncated=truncated) as readers:
            for file, answer in readers.read(new()):
                each, digest = digests.pop(file)
                if isinstance(answer, Refused):
                    settled(each, answer.reason, digest)
                    continue
                try:
                    if not intake.knows(each, digest):
                        intake.take(each, digest, answer)
                    settled(each)
                except PictureError as error:
                    settled(each, str(error), digest)
    except BaseException:
        intake.commit()  # stopped, or the disk is full: what is in its place stays
        raise
    intake.finish()
    return refused


def _digest(file: Path) -> str:
    try:
        return sha256(file)
    except DiskError as error:
        words = str(error).rpartition(": ")[2].removesuffix(".")
        raise PictureError(f"it cannot be read: {words}") from error
