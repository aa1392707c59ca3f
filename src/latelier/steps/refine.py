"""Refine images: a chain of small steps, each making a new image beside the one it came from."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from latelier import images as pictures
from latelier.errors import PictureError, UsageError
from latelier.files import sha256, write_bytes, write_text
from latelier.progress import Progress, silent
from latelier.project import Image, NewImage, Project, Run
from latelier.refine._beside import beside
from latelier.refine._chain import Link, link
from latelier.refine._tones import is_grey
from latelier.steps._gather import asked_for, enough, plain
from latelier.steps._names import free
from latelier.steps._refining import Passing, Refused, passed
from latelier.steps._threads import Threads

USUAL = ("threshold", "despeckle", "smooth")
SHOWN = 40  # pairs of before and after


@dataclass(frozen=True)
class Refined:
    """What came of a refinement.

    Args:
        run: the run's folder name.
        chain: each refinement, as it is typed with all its settings.
        changed: by how many images each of them changed.
        images: the new images; none where the chain only writes files.
        files: what was written beside: ``image`` it shows, ``file``, and its facts.
        refused: images that could not be refined, each with the reason.
        sheet: before and after side by side, from the project folder.
    """

    run: str
    chain: tuple[str, ...]
    changed: dict[str, int]
    images: tuple[Image, ...]
    files: tuple[dict[str, Any], ...]
    refused: tuple[tuple[str, str], ...]
    sheet: str

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "run": self.run,
            "chain": list(self.chain),
            "changed": self.changed,
            "images": [i.path for i in self.images],
            "files": list(self.files),
            "refused": [{"image": i, "reason": r} for i, r in self.refused],
            "sheet": self.sheet,
        }


def refine(
    project: Project,
    set_name: str | Sequence[str] = "generated",
    chain: Sequence[str] | str = USUAL,
    *,
    on_progress: Progress = silent,
) -> Refined:
    """Make a refined image of each image of a set; nothing that was there is altered.

    Args:
        project: whose images.
        set_name: a set, or image paths.
        chain: refinements in their order, such as ``["threshold", "despeckle:area=12", "trace"]``.
        on_progress: told after each image.

    Raises:
        UnknownName: no set, image, refinement or setting has that name.
        UsageError: a setting is out of its range.
        TooFew: the set is empty.
        PictureError: none of the images could be refined.
        DiskError: the disk is full, read-only, or refuses.
    """
    links = [link(words) for words in ([chain] if isinstance(chain, str) else chain)]
    if not links:
        raise UsageError(f"Say what to do, such as: {' '.join(USUAL)}")
    name, images = asked_for(project, set_name)
    enough(images, name, 1, "refining")
    settings = {"set_name": plain(set_name), "chain": [str(part) for part in links]}
    suffix = "-".join(part.name for part in links)[:28].rstrip("-")
    run = project.runs.start("refine", settings, suffix=suffix, inputs=images)
    try:
        done, new = _written(project, run, images, links, on_progress)
    except BaseException:
        run.discard()
        raise
    told = done.to_json() | {"images": [i.path for i in new]}
    return replace(done, images=tuple(run.finish(told, new)))


def _written(
    project: Project, run: Run, images: list[Image], links: list[Link], on_progress: Progress
) -> tuple[Refined, list[NewImage]]:
    """Send the images through the chain and write what comes out.

    Raises:
        PictureError: nothing does.
    """
    refused: Refused = []
    new: list[NewImage] = []
    files: list[dict[str, Any]] = []
    pairs: list[tuple[pictures.Pixels, pictures.Pixels]] = []
    changed: Counter[str] = Counter()
    taken: set[str] = set()
    keep = any(part.plugin.OF != "file" for part in links)
    threads = Threads(project)
    for count, passing in enumerate(passed(threads, images, links, refused), 1):
        stem = _stem(passing, taken)
        if keep:
            new.append(_image(threads, run, passing, stem, links))
        files += _files(project, run, passing, stem)
        changed.update(passing.changed)
        if len(pairs) < SHOWN:
            pairs.append((passing.before, passing.pixels))
        run.log(image=passing.of[0].path, changed=passing.changed)
        on_progress(count, len(images), passing.of[0].name)
    if not pairs:
        raise PictureError(f"None of these could be refined. {refused[0][0]}: {refused[0][1]}")
    sheet = run.folder / "before-after.png"
    write_bytes(sheet, pictures.png_bytes(beside(pairs)))
    on_progress(len(images), len(images))
    done = Refined(
        run.name,
        tuple(str(part) for part in links),
        {part.name: changed[part.name] for part in links if part.plugin.OF != "file"},
        (),
        tuple(files),
        tuple(refused),
        project.relative(sheet),
    )
    return done, new


def _stem(passing: Passing, taken: set[str]) -> str:
    """A name for what comes out, like that of the image it came from."""
    stem = Path(passing.of[0].name).stem
    if len(passing.of) > 1:
        stem = f"{stem}-and-{len(passing.of) - 1}"
    stem = free(f"{stem}.png", taken).removesuffix(".png")
    taken.add(f"{stem}.png".casefold())
    return stem


def _image(threads: Threads, run: Run, passing: Passing, stem: str, links: list[Link]) -> NewImage:
    """Write a picture; gives the image that it is to become."""
    pixels, project = passing.pixels, threads.project
    data = pictures.png_bytes(pixels[..., 0] if (grey := is_grey(pixels)) else pixels)
    file = run.images_folder / f"{stem}.png"
    write_bytes(file, data)
    facts: dict[str, Any] = {"chain": [str(part) for part in links]}
    if len(passing.of) > 1:
        facts["of"] = [image.path for image in passing.of]
    if passing.woven is not None:
        facts |= threads.told(run, stem, passing.woven, passing.story)
    return NewImage(
        path=project.relative(file),
        role="refined",
        sha256=sha256(file),
        bytes=len(data),
        width=pixels.shape[1],
        height=pixels.shape[0],
        pixels_sha256=pictures.pixels_sha256(pixels),
        format="PNG",
        mode="L" if grey else "RGB",
        tag=passing.of[0].tag,
        parent=passing.of[0].id,
        run=run.name,
        facts=facts,
    )


def _files(project: Project, run: Run, passing: Passing, stem: str) -> list[dict[str, Any]]:
    """Write what the chain wrote of a picture."""
    told = []
    for written in passing.files:
        folder = run.folder / written.ending.lstrip(".")
        folder.mkdir(exist_ok=True)
        file = folder / f"{stem}{written.ending}"
        write_text(file, written.text)
        told.append({"image": passing.of[0].path, "file": project.relative(file), **written.facts})
    return told
