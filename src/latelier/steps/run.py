"""The whole chain on one folder of pictures, from taking them in to the report; can be gone on with."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latelier import registry
from latelier.errors import PictureError, TooFew, UnknownName, UsageError
from latelier.progress import Progress, silent
from latelier.project import Project
from latelier.steps._chain import Chain, Say, Stage, unheard
from latelier.steps._chain_learn import learn_and_make
from latelier.steps._chain_look import read_and_print
from latelier.steps.add import add
from latelier.steps.check import check
from latelier.steps.copies import copies
from latelier.steps.report import report
from latelier.wording import plural, weight


@dataclass(frozen=True)
class Ran:
    """What came of the whole chain.

    Args:
        project: its folder.
        stages: in order.
        report: the page to open, from the project folder.
        look: what else to open: a few words to a file or folder, from the project folder.
    """

    project: str
    stages: tuple[Stage, ...]
    report: str
    look: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "project": self.project,
            "stages": [s.to_json() for s in self.stages],
            "report": self.report,
            "look": self.look,
            "left_out": [s.name for s in self.stages if s.state == "left out"],
        }


def run(
    project: Project,
    folder: str | Path | None = None,
    *,
    minutes: float = 10.0,
    train: bool = True,
    model: str = "auto",
    groups: int | None = None,
    images: int | None = None,
    rights: str = "",
    credit: str = "",
    truncated: bool = False,
    say: Say = unheard,
    on_progress: Progress = silent,
) -> Ran:
    """Do everything with the pictures of a folder that can be done with them.

    Doing it again goes on where it was stopped, and does only what is not there yet.

    Args:
        project: where everything goes.
        folder: of pictures; those that are in the project if left out.
        minutes: for learning and making, together.
        train: whether to make new images; otherwise the pictures themselves are read and printed.
        model: that makes them; chosen by collection, time and machine if left out.
        groups: how many; of 4 to 9 the number furthest above chance if left out.
        images: how many to make; as many as the time allows, 96 at the most, if left out.
        rights: of the pictures.
        credit: whom to name beside them.
        truncated: take pictures that are cut short, with a mark.
        say: told one sentence a stage.
        on_progress: told where each stage stands.

    Raises:
        PictureError: there is no picture in the folder, or none that can be read.
        TooFew: all pictures are hidden.
        UsageError: the folder does not exist, or lies in the project; a number makes no sense.
        DiskError: the disk is full, read-only, or refuses.
        Stopped: Ctrl-C; all is saved.
    """
    asked = (("minutes", minutes, 0), ("groups", groups, 1), ("images", images, 0))
    for what, number, least in asked:
        if number is not None and number <= least:
            raise UsageError(f"{number} {what} cannot be; take more than {least}.")
    if model != "auto" and model not in registry.names("models"):
        raise UnknownName("model", model, registry.names("models"))
    chain = Chain(project, say, on_progress)
    how = {"rights": rights, "credit": credit, "truncated": truncated}
    _take_in(chain, Path(folder) if folder else None, how)
    shown = "originals"
    if train and learn_and_make(chain, minutes, images, model):
        shown = "generated"
    elif not train:
        chain.leave_out("train", "Nothing is learnt and no new images are made, as was asked.")
    look = read_and_print(chain, shown, groups)
    chain.now = "report"
    written = report(project, on_progress=chain.on_progress)
    say(f"Wrote the report, {weight(written.bytes)}.")
    return Ran(str(project.root), tuple(chain.stages), written.file, look)


def _take_in(chain: Chain, folder: Path | None, how: dict[str, Any]) -> None:
    """Pictures in, their state told, copies found."""
    project = chain.project

    chain.now = "reading pictures"
    there = len(project.sets.images("originals"))
    if folder is not None and (folder.exists() or not there):
        chain.tell("add", *_added(chain, folder, how))
    elif there:
        gone = f"{folder} is not there any more; " if folder else ""
        chain.tell("add", {}, f"{gone}{plural(there, 'picture')} taken in before.")
    else:
        raise TooFew("There are no pictures yet; say which folder they are in.")
    if not project.sets.images("originals"):
        raise TooFew(
            f"All {plural(len(project.sets.images('hidden')), 'picture')} here are hidden, so "
            "there is nothing to work with; latelier journal lists what hid them, and latelier undo "
            "shows them again."
        )

    def looking() -> tuple[dict[str, Any], str]:
        done = copies(project, "originals", on_progress=chain.on_progress)
        count = len(done.members)
        if not count:
            return done.to_json(), "No picture is a copy of another."
        are = "is a copy of another" if count == 1 else "are copies of others"
        return done.to_json(), (
            f"{plural(count, 'picture')} {are}; they stay, the report shows them, "
            "and latelier copies --hide hides them."
        )

    chain.stage("copies", {"images": chain.hashes("originals")}, looking)
    looked = check(project)
    said = "; ".join(f.said for f in looked.findings) or "nothing stands in the way"
    chain.tell("check", looked.to_json(), f"Looked over, it says {looked.verdict}: {said}.")


def _added(chain: Chain, folder: Path, how: dict[str, Any]) -> tuple[dict[str, Any], str]:
    done = add(chain.project, folder, **how, on_progress=chain.on_progress)
    known = f", {len(done.known):,} were here already" if done.known else ""
    refused = f"; {plural(len(done.refused), 'file')} could not be read" if done.refused else ""
    new = len(done.images) + len(done.restored)
    if done.refused and not chain.project.sets.images("originals"):
        file, reason = done.refused[0]
        raise PictureError(
            f"No picture in {folder} could be read, of {plural(len(done.refused), 'file')}; "
            f"the first, {Path(file).name}: {reason}"
        )
    return done.to_json(), f"Took in {plural(new, 'picture')}{known}{refused}."
