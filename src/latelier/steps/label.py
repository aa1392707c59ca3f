"""Say what images are, under a criterion: by hand in bulk, from a table, from their folders."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from latelier.errors import TooFew, UsageError
from latelier.project import Image, Project
from latelier.project.criteria import Label, named
from latelier.steps._label_table import read_table

ONE_WAY = "Say what they are in one way: --as NAME, --clear, --from TABLE.csv or --from-folders."


@dataclass(frozen=True)
class Labelled:
    """What was said of images.

    Args:
        criterion: under which.
        images: the images' paths and their labels; None where the label was taken away.
        counts: how many images each label has now under the criterion.
        unmatched: rows of a table whose picture is not in the project, or not the only one.
        gone: of the images the paths of those that have no file any more.
        entry: the journal's number, for undoing; None where nothing changed.
    """

    criterion: str
    images: dict[str, str | None]
    counts: dict[str, int]
    unmatched: list[str]
    gone: list[str]
    entry: int | None

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {**vars(self), "labelled": len(self.images)}


def label(
    project: Project,
    criterion: str,
    images: Sequence[str | int | Path] = (),
    *,
    name: str | None = None,
    unsure: bool = False,
    note: str = "",
    clear: bool = False,
    again: bool = False,
    table: str | Path | None = None,
    folders: bool = False,
    level: int = 1,
) -> Labelled:
    """Give images a label under a criterion, in one entry of the journal.

    Exactly one of ``name``, ``clear``, ``table`` and ``folders`` says which label.

    Args:
        images: paths, file names or numbers, or sets with ``set:``; ``folders`` takes all originals
            if left out.
        name: the label that all of them get.
        unsure: whether there were doubts.
        note: in your words.
        clear: take their labels away.
        again: this is a second answer, given without sight of the first, which stays.
        table: a CSV with a column of pictures and one of labels, and perhaps unsure and note.
        folders: the label is the name of the folder an image came from; where folders were added
            one by one, of the folder it lay in.
        level: which folder, 1 the outermost.

    Raises:
        UsageError: not exactly one way was taken, a name is none, a table lacks its columns.
        UnknownName: there is no such image or set.
        TooFew: no image was named, or none of the table is here.
    """
    named(criterion, "criterion")
    if sum([name is not None, clear, table is not None, folders]) != 1:
        raise UsageError(ONE_WAY)
    unmatched: list[str] = []
    if table is not None:
        given, said, unmatched = _by_table(project, criterion, images, Path(table))
    elif folders:
        given, said = _by_folder(project, images, level)
    else:
        one = Label(named(name, "label"), unsure, note) if name is not None else None
        given, said = _by_hand(project, images, one)
    return _given(project, criterion, given, said, again=again, unmatched=unmatched)


def _given(
    project: Project,
    criterion: str,
    given: dict[int, Label | None],
    said: str,
    *,
    again: bool,
    unmatched: list[str],
) -> Labelled:
    """Decide the labels."""
    held = project.criteria.labels(criterion)
    if again:
        given, said = _second_answers(given, held), f"{said}, asked a second time"
    else:  # a note is kept until another is given
        given = {i: _kept(x, held.get(i)) for i, x in given.items()}
    entry = project.criteria.give(criterion, given, f"{criterion}: {said}")
    images = project.images.by_id(list(given))
    return Labelled(
        criterion,
        {i.path: _value(given[i.id], again) for i in images},
        dict(Counter(x.value for x in project.criteria.labels(criterion).values()).most_common()),
        unmatched,
        [i.path for i in images if not project.images.file(i).is_file()],
        entry,
    )


def images_of(project: Project, references: Sequence[str | int | Path]) -> dict[int, Image]:
    """The images that paths, names, numbers and ``set:NAME`` mean, by id.

    Raises:
        UnknownName: there is no such image or set.
    """
    chosen: dict[int, Image] = {}
    for reference in references:
        word, colon, name = str(reference).partition(":")
        of_set = colon and word == "set"
        found = project.sets.images(name) if of_set else [project.images.find(reference)]
        chosen.update((i.id, i) for i in found)
    return chosen


def _by_hand(
    project: Project, images: Sequence[str | int | Path], one: Label | None
) -> tuple[dict[int, Label | None], str]:
    chosen = images_of(project, images)
    if not chosen:
        raise TooFew("No image was named; name one or more, or a set: set:all")
    count = f"{len(chosen)} image{'s' if len(chosen) != 1 else ''}"
    said = f"labelled {one.value}{', unsure' if one.unsure else ''}" if one else "unlabelled"
    return dict.fromkeys(chosen, one), f"{count} {said}"


def _by_table(
    project: Project, criterion: str, images: Sequence[str | int | Path], table: Path
) -> tuple[dict[int, Label | None], str, list[str]]:
    chosen = images_of(project, images)
    found, unmatched = read_table(project, criterion, table)
    given = {i: x for i, x in found.items() if not chosen or i in chosen}
    if not given:
        raise TooFew(
            f"Of {len(unmatched)} picture{'s' if len(unmatched) != 1 else ''} named in {table.name} "
            "none is in this project; "
            "add the pictures first."
        )
    return given, f"{len(given)} labels from {table.name}", unmatched


def _by_folder(
    project: Project, images: Sequence[str | int | Path], level: int
) -> tuple[dict[int, Label | None], str]:
    chosen = images_of(project, images or ["set:originals"])
    named_by = {i.id: [part for part in i.tag.split("/") if part] for i in chosen.values()}
    if not any(named_by.values()):  # folder by folder was added: kawung, then parang
        above = {i.id: _folder_of(i.origin) for i in chosen.values()}
        if len(set(above.values()) - {""}) > 1:
            named_by = {i: [folder] if folder else [] for i, folder in above.items()}
    given: dict[int, Label | None] = {}
    for i, parts in named_by.items():
        if len(parts) >= level:
            word = "".join(" " if c in ":=\t\r\n" else c for c in parts[level - 1])
            given[i] = Label(word)
    if not given:
        raise TooFew(
            f"None of the {len(chosen)} images came from a subfolder that could name it; add a "
            "folder with one subfolder a label, or label them by hand."
        )
    return given, f"{len(given)} labels from the names of folders"


def _folder_of(origin: str) -> str:
    """The name of the folder that a picture lay in."""
    parts = origin.replace("\\", "/").split("/")
    return parts[-2] if len(parts) > 1 else ""


def _second_answers(
    given: Mapping[int, Label | None], held: Mapping[int, Label]
) -> dict[int, Label | None]:
    """The labels as they are, with the new ones as second answers."""
    missing = [i for i in given if i not in held]
    if missing:
        raise UsageError(
            f"{len(missing)} of these {len(given)} images have no first answer yet; label them "
            "without --again."
        )
    return {i: replace(held[i], again=x.value if x else None) for i, x in given.items()}


def _kept(new: Label | None, old: Label | None) -> Label | None:
    if new is None or old is None:
        return new
    again = old.again if new.value == old.value else None  # a new first answer drops the second
    return replace(new, note=new.note or old.note, again=new.again or again)


def _value(found: Label | None, again: bool) -> str | None:
    if found is None:
        return None
    return found.again if again else found.value
