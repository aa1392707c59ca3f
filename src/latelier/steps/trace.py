"""Say whether a design contains, repeats, recolours, mirrors or redraws a part of an original."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from latelier import images as pictures
from latelier.errors import LatelierError, TooFew, UsageError
from latelier.progress import Progress, silent
from latelier.project import Image, Project
from latelier.steps._credits import credits, rights
from latelier.steps._tracing_cache import CLOSER, MarksCache
from latelier.steps._tracing_evidence import (
    Finding,
    finding,
    overlap,
    page,
    plates,
    shown,
    union,
)
from latelier.steps._tracing_inputs import Design, designs, itself
from latelier.tracing.judge import probability
from latelier.tracing.marks import CLOSER_SIDE, SIDE, Marks, marks
from latelier.tracing.search import TOLD, evidence_of_two_looks
from latelier.tracing.words import SILENT, gone, nothing, once, unlike

LEAST, MOST = 0.05, 0.99  # that may be asked for
BATCH = 50  # pictures whose marks are kept at once


@dataclass(frozen=True)
class TracedImage:
    """One design and what was found of it.

    Args:
        image: its path in the project, or where it lies.
        findings: the likeliest first.
        itself: originals that are this very picture, and were left out.
        said: all of it in sentences.
        unseen: those of them on files that could not be looked at any more.
    """

    image: str
    findings: list[Finding]
    itself: list[str]
    said: list[str]
    unseen: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "image": self.image,
            "findings": [f.to_json() for f in self.findings],
            "itself": self.itself,
            "said": self.said,
            "unseen": self.unseen,
        }


@dataclass(frozen=True)
class Traced:
    """What was found.

    Args:
        run: the run that found it.
        traced: each design, those with findings first.
        originals: how many originals they were compared with.
        unread: files that could not be read, and why.
        page: a page with the evidence, from the project folder.
        silent: what this cannot say.
    """

    run: str
    traced: list[TracedImage]
    originals: int
    unread: list[dict[str, str]] = field(default_factory=list)
    page: str = ""
    silent: str = SILENT

    @property
    def borrowing(self) -> list[TracedImage]:
        """The designs of which something was found."""
        return [t for t in self.traced if t.findings]

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "traced": [t.to_json() for t in self.traced],
            "originals": self.originals,
            "unread": self.unread,
            "page": self.page,
            "silent": self.silent,
            "run": self.run,
        }


def trace(
    project: Project,
    place: str | Path,
    *,
    set_name: str = "originals",
    at_least: float = TOLD,
    on_progress: Progress = silent,
) -> Traced:
    """Compare designs with the originals of a project; draw the evidence in the run's folder.

    Stopped and asked again, it goes on after the last design that it compared.

    Args:
        project: whose originals.
        place: a picture or a folder of pictures anywhere, or an image or set of the project.
        set_name: the originals.
        at_least: the probability from which a finding is told, 0.05 to 0.99.
        on_progress: told how many pictures are read and compared.

    Raises:
        UsageError: nothing is called that; the probability is out of its range.
        TooFew: there are no originals.
        PictureError: there is no picture to trace.
        DiskError: the disk is full, read-only, or refuses.
    """
    if not LEAST <= at_least <= MOST:
        raise UsageError(f"--at-least {at_least} should be between {LEAST} and {MOST}")
    originals = project.sets.images(set_name)
    if not originals:
        raise TooFew(
            f"0 images in {set_name!r} to compare with; add the originals first: latelier add FOLDER"
        )
    asked, unread = designs(project, place, on_progress)
    inputs = {i.path: i.sha256 for i in originals} | {d.name: d.sha256 for d in asked}
    with (
        MarksCache(project.root / "cache", project.config.ground_rgb) as cache,
        threadpool_limits(1),
    ):
        files = {d.sha256: d for d in asked}
        files |= {i.sha256: Design.of(project, i) for i in originals}
        unread += _looked_at(project, cache, files, on_progress)
        unknown = set(cache.missing([*files]))
        there = [i for i in {o.sha256: o for o in originals}.values() if i.sha256 not in unknown]
        if not there:
            raise TooFew(f"None of the images in {set_name!r} could be read; see latelier verify.")
        known = Known(project, there, cache)
        traced = []
        for done, design in enumerate(d for d in asked if d.sha256 not in unknown):
            on_progress(done, len(asked), f"tracing {Path(design.name).name}")
            traced.append(known.trace(design, at_least))
    strangers = bool(asked) and Path(asked[0].name).is_absolute()
    where = str(Path(place).expanduser().absolute()) if strangers else str(place)
    settings = {"place": where, "set_name": set_name, "at_least": at_least}
    run = project.runs.start("trace", settings, inputs=inputs)
    traced = plates(project, run, sorted(traced, key=lambda t: -_surest(t)))
    told = Traced(run.name, traced, len(there), unread)
    told = replace(told, page=page(project, run, told))
    run.finish(told.to_json())
    return told


def _surest(traced: TracedImage) -> float:
    return max((f.probability for f in traced.findings), default=0.0)


class Known:
    """The originals, ready to be compared with.

    Args:
        project: whose they are.
        originals: in the order of the index.
        cache: that holds their marks.
    """

    def __init__(self, project: Project, originals: Sequence[Image], cache: MarksCache) -> None:
        self.project = project
        self.originals = originals
        self.cache = cache
        self.index = cache.index([o.sha256 for o in originals])
        self.credit = credits(project, originals)
        self.rights = rights(project, originals)

    def trace(self, design: Design, at_least: float) -> TracedImage:
        """Compare one design."""
        asked = self.cache.load(design.sha256)
        same = itself(design, self.originals)
        kept = self.cache.evidence(design.sha256, same)
        unseen: list[str] = []
        if kept is None:
            seen_all = evidence_of_two_looks(
                asked, lambda: self._closer(design, unseen), self.index, self._marks, without=same
            )
            kept = [e for e in seen_all if probability(e.facts) >= LEAST]
            if not unseen:  # or its next trace would not look closer either
                self.cache.found(design.sha256, same, kept)
        found = [(probability(e.facts), e) for e in kept]
        told = sorted((f for f in found if f[0] >= at_least), key=lambda f: -f[0])
        findings = []
        here = shown(self.project, design) if told else None
        for sure, seen in told:
            original = self.originals[seen.original]
            there = shown(self.project, Design.of(self.project, original))
            if here is not None and there is not None:
                rights_of = (self.credit.get(original.id, ""), self.rights.get(original.id, ""))
                findings.append(finding(design, original, seen, sure, (here, there), rights_of))
            else:
                name = Path(design.name).name
                unseen.append(gone(original.name, name, sure, of_design=here is None))
        names = [self.originals[row].path for row in same]
        compared = len(self.originals) - len(same)
        said = _said(findings, names, compared, asked, looked=not told)
        return TracedImage(design.name, findings, names, said + unseen, unseen)

    def _closer(self, design: Design, unseen: list[str]) -> Marks | None:
        """The marks of a closer look; None, and said, where the file is not what it was at the first."""
        kept_as = design.sha256 + CLOSER
        if self.cache.missing([kept_as]):
            try:
                pixels = pictures.read(
                    design.file,
                    self.project.config.ground_rgb,
                    at_least=CLOSER_SIDE,
                    truncated=design.truncated,
                )
            except LatelierError:
                unseen.append(once(Path(design.name).name))
                return None
            self.cache.keep({kept_as: marks(pixels, closer=True)})
        return self.cache.load(kept_as)

    def _marks(self, row: int) -> Marks:
        return self.cache.load(self.originals[row].sha256)


def _said(
    findings: Sequence[Finding],
    itself: Sequence[str],
    compared: int,
    asked: Marks,
    *,
    looked: bool,
) -> list[str]:
    """What was found of one design, in sentences.

    Args:
        findings: what can be told.
        itself: originals that are the design.
        compared: how many others there are.
        asked: marks of the design.
        looked: whether no findings means that there is none.
    """
    said = []
    if itself:
        names = ", ".join(Path(name).name for name in itself)
        said.append(f"It is itself in the collection, as {names}; it was compared with the others.")
    if not findings:
        return [*said, nothing(compared, len(asked))] if looked else said
    said += [f.words for f in findings]
    said += _shared(findings)
    rest = unlike(findings[0].kind, union(findings))
    return [*said, rest] if rest else said


def _shared(findings: Sequence[Finding]) -> list[str]:
    """That several originals have one and the same part, where it is so."""
    first = findings[0]
    others = [f for f in findings[1:] if overlap(first, f) > 0.5]
    if not others:
        return []
    names = ", ".join(Path(f.original).name for f in others[:3])
    return [
        f"The same part is also in {names}: which of these it was taken from, if from any, "
        "cannot be told from the pictures."
    ]


def _looked_at(
    project: Project,
    cache: MarksCache,
    files: Mapping[str, Design],
    on_progress: Progress,
) -> list[dict[str, str]]:
    """Take the marks that are missing; gives the pictures whose file could not be read."""
    missing = cache.missing([*files])
    unread: list[dict[str, str]] = []
    taken: dict[str, Marks] = {}
    try:
        for done, digest in enumerate(missing):
            file = files[digest]
            on_progress(done, len(missing), f"looking at {Path(file.name).name}")
            try:
                ground, truncated = project.config.ground_rgb, file.truncated
                pixels = pictures.read(file.file, ground, at_least=SIDE, truncated=truncated)
                taken[digest] = marks(pixels)
            except LatelierError as error:
                unread.append({"image": file.name, "reason": str(error)})
            if len(taken) == BATCH:
                cache.keep(taken)
                taken = {}
    finally:
        cache.keep(taken)  # stopped: what was looked at is not looked at again
    return unread
