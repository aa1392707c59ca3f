"""Files become images: each gets a place under ``sources/``, and a block of them enters at once.

Files are put in their places first and entered after. Whoever is killed between the two leaves
whole files that no one knows; the next adding finds them in their places and takes them as they
are. Parts of files that a killed adding left are swept before the next begins.
"""

import contextlib
import hashlib
import os
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from latelier.collection import Found, Sound
from latelier.errors import DiskError, PictureError, disk_error
from latelier.files import PART, replacing, sha256
from latelier.project import Image, NewImage, Project
from latelier.steps._names import free, portable, portable_tag, readable

BLOCK = 32  # files between two entries in the store; killing the program costs no more work
SOURCES = "sources"


@dataclass
class Intake:
    """What one adding does to a project.

    Args:
        project: the project.
        said: the journal's sentence.
        link: make links to the originals instead of copies.
        rights: of every picture; empty for what the source or ``latelier.toml`` says.
        credit: likewise.
        role: of the images that the files become.
    """

    project: Project
    said: str
    link: bool = False
    rights: str = ""
    credit: str = ""
    role: str = "source"
    images: list[Image] = field(default_factory=list)
    known: list[Image] = field(default_factory=list)
    restored: list[Image] = field(default_factory=list)
    repeated: int = 0
    _block: list[tuple[NewImage, Found, bool]] = field(default_factory=list)
    _refused: list[tuple[str, str, str]] = field(default_factory=list)
    _entry: int | None = None

    def __post_init__(self) -> None:
        self._taken: set[str] = set()
        self._known: dict[str, list[NewImage]] = defaultdict(list)
        self._taken_back = self.project.journal.taken_back()
        for image in self.project.images.where():
            self._remember(image)

    def sweep(self) -> None:
        """Delete the parts of files that a killed adding left."""
        for part in (self.project.root / SOURCES).rglob(f".*{PART}"):
            with contextlib.suppress(OSError):
                part.unlink()

    def knows(self, found: Found, digest: str) -> bool:
        """Whether the file is an image already: the same bytes from the same place or of one name.

        An image whose adding was undone is shown again, one whose file went missing gets it back.

        Raises:
            PictureError: the file is gone, or not what it was when it was looked at.
            DiskError: the disk is full, read-only, or refuses.
        """
        origin, tag, name = _origin(found), portable_tag(found.tag), portable(found.file.name)
        for image in self._known.get(digest, []):
            if image.origin == origin or (image.tag, _first_name(image)) == (tag, name):
                break
        else:
            return False
        if not isinstance(image, Image):
            self.repeated += 1  # it was taken a moment ago, from another of the places
            return True
        target = self.project.images.file(image)
        lost = not target.exists()
        if lost:
            self._put(found.file, target, digest)
        if lost or image.id in self._taken_back:
            self.restored.append(image)
        else:
            self.known.append(image)
        return True

    def take(self, found: Found, digest: str, sound: Sound) -> NewImage:
        """Put the file in its place; it becomes an image with the next ``commit``.

        Raises:
            PictureError: the file is gone, or not what it was when it was read.
            DiskError: the disk is full, read-only, or refuses.
        """
        tag = self._clear_tag(portable_tag(found.tag))
        name = portable(found.file.name)
        wanted = "/".join([SOURCES, *([tag] if tag else []), name])
        path, adopted = self._place(wanted, digest)
        target = self.project.root / path
        if not adopted:
            self._put(found.file, target, digest)
        facts: dict[str, Any] = {**found.facts, **sound.facts}
        if readable(found.file.name) != target.name:
            facts["name"] = readable(found.file.name)
        image = NewImage(
            path=path,
            role=self.role,
            sha256=digest,
            bytes=target.stat().st_size,
            width=sound.width,
            height=sound.height,
            pixels_sha256=sound.pixels_sha256,
            format=sound.format,
            mode=sound.mode,
            tag=portable_tag(found.tag),
            origin=_origin(found),
            facts=facts,
        )
        self._remember(image)
        self._block.append((image, found, not adopted))
        if len(self._block) >= BLOCK:
            self.commit()
        return image

    def refuse(self, file: Path, reason: str, digest: str = "") -> None:
        """Remember that a file could not become an image."""
        self._refused.append((readable(str(file)), reason, digest))

    def commit(self) -> None:
        """Enter the block: its images, their rights, and what was refused, or nothing of it.

        Raises:
            DiskError: the disk is full, read-only, or refuses; the block's files are taken away.
        """
        try:
            with self.project.store.write():
                entered = self.project.images.add(image for image, _, _ in self._block)
                if entered:
                    self._entry = self.project.journal.record_added(
                        self.said, [i.id for i in entered], self._stated(entered), self._entry
                    )
                self.project.images.refuse(self._refused)
                self.project.images.accept([i.origin for i in entered])
        except DiskError:
            for image, _, made in self._block:
                if made:
                    with contextlib.suppress(OSError):
                        (self.project.root / image.path).unlink()
            raise
        self.images += entered
        self._block, self._refused = [], []

    def finish(self) -> None:
        """Enter what is left, show again what an undone adding hid, state rights of what is known.

        Raises:
            DiskError: the disk is full, read-only, or refuses.
        """
        self.commit()
        back = [i.id for i in self.restored if i.id in self._taken_back]
        with self.project.store.write():
            if back:
                rights = {k: v for k, v in self._default().items() if v}
                self.project.journal.record_added(self.said, back, rights, self._entry)
            old = [i.id for i in (*self.known, *self.restored) if i.id not in self._taken_back]
            self._state_again(old)

    def _state_again(self, images: list[int]) -> None:
        """State the rights of pictures that were here already.

        What was said in this call holds for all of them, what ``latelier.toml`` says for those of
        which nothing was said yet.
        """
        said = {"rights": self.rights, "credit": self.credit}
        changed: dict[str, dict[int, str | None]] = {}
        for kind, value in self._default().items():
            now = self.project.journal.values(kind)
            new = [
                i for i in images if value and (now.get(i) != value if said[kind] else i not in now)
            ]
            if new:
                changed[kind] = dict.fromkeys(new, value)
        if changed:
            count = len({i for stated in changed.values() for i in stated})
            self.project.journal.decide(
                "rights", f"Stated rights of {count} pictures that were here already", more=changed
            )

    def _default(self) -> dict[str, str]:
        config = self.project.config
        return {"rights": self.rights or config.rights, "credit": self.credit or config.credit}

    def _put(self, file: Path, target: Path, digest: str) -> None:
        if self.link:
            _link(file, target)
        else:
            _copy(file, target, digest)

    def _stated(self, entered: list[Image]) -> dict[str, dict[int, str]]:
        config = self.project.config
        stated: dict[str, dict[int, str]] = {"rights": {}, "credit": {}}
        for image, (_, found, _) in zip(entered, self._block, strict=True):
            if rights := self.rights or found.rights or config.rights:
                stated["rights"][image.id] = rights
            if credit := self.credit or found.credit or config.credit:
                stated["credit"][image.id] = credit
        return stated

    def _remember(self, image: NewImage) -> None:
        self._taken.add(image.path.casefold())
        self._known[image.sha256].append(image)

    def _clear_tag(self, tag: str) -> str:
        """The folder for a tag; where a picture of the same name stands in the way, another."""
        parts: list[str] = []
        for part in PurePosixPath(tag).parts:
            here = part
            while (self.project.root / SOURCES / "/".join([*parts, here])).is_file():
                here += "_"
            parts.append(here)
        return "/".join(parts)

    def _place(self, wanted: str, digest: str) -> tuple[str, bool]:
        """A free path, and whether the very file lies there already, left by a killed adding."""
        taken = set(self._taken)
        while True:
            path = free(wanted, taken)
            target = self.project.root / path
            if not target.exists() and not target.is_symlink():
                return path, False
            if target.is_file() and target.is_symlink() == self.link and sha256(target) == digest:
                return path, True
            taken.add(path.casefold())


def _origin(found: Found) -> str:
    return readable(found.origin or str(found.file))


def _first_name(image: NewImage) -> str:
    return portable(PurePosixPath(image.origin.replace("\\", "/")).name)


def _copy(file: Path, target: Path, digest: str) -> None:
    copied = hashlib.sha256()
    try:
        source = file.open("rb")
        status = file.stat()
    except OSError as error:
        raise PictureError("it is not there any more") from error
    with source, replacing(target) as part:
        with part.open("wb") as written:
            while block := source.read(1 << 20):
                copied.update(block)
                written.write(block)
        if copied.hexdigest() != digest:
            raise PictureError("it changed while it was being read; add it again")
        os.utime(part, ns=(status.st_atime_ns, status.st_mtime_ns))


def _link(file: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(file)
    except OSError as error:
        if os.name != "nt":
            raise disk_error(error, f"linking {target.name}") from error
        _hard_link(file, target)  # Windows makes soft links for administrators alone


def _hard_link(file: Path, target: Path) -> None:
    try:
        target.hardlink_to(file)
    except OSError as error:
        raise DiskError(
            f"No link to {file.name} can be made here; add without --link, which makes copies."
        ) from error
