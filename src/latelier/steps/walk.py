"""Walk from image to image through what a model has learnt, as a film or as single pictures."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from latelier.errors import Damaged, Stopped, TooFew, UsageError
from latelier.files import replacing, sha256, write_bytes
from latelier.generate import film
from latelier.generate import walk as path_of
from latelier.generate.camera import Camera, grown
from latelier.generate.sample import latent, one_thread
from latelier.images import Pixels, png_bytes
from latelier.models import _files
from latelier.progress import Progress, silent
from latelier.project import Project, Run
from latelier.steps._conditions import told_for
from latelier.steps._out import called, place
from latelier.steps._training import dataset_of, stoppable
from latelier.steps._weights import training, weights
from latelier.steps.make import VARIETY

LONGEST_S = 600
JUMP = 0.1  # of the way between two images, more than three times the fastest even step: to the
#             eye a cut. A vae at 60 pictures a way makes 0.05


@dataclass(frozen=True)
class Walked:
    """A film that was made.

    Args:
        run: the name of the run.
        file: the film, or the folder of pictures, as a person finds it.
        frames: how many pictures.
        fps: pictures a second.
        size: width and height in pixels.
        seeds: of the images it passes; the path of each that is no made one.
        loop: whether it ends where it began.
        model_run: the training that it walks in.
        woven_over: whether each image is woven over into the next, piece by piece, because the
            model has no way through its latents.
        largest_step: between two pictures, as a share of the way between two images.
    """

    run: str
    file: str
    frames: int
    fps: float
    size: tuple[int, int]
    seeds: list[int | str]
    loop: bool
    model_run: str
    woven_over: bool
    largest_step: float

    @property
    def jumps(self) -> bool:
        """Whether a picture goes so much further than its share of the way that it looks like a cut."""
        ways = len(self.seeds) - (not self.loop)
        even = 1.5 * ways / self.frames  # `eased` is half as fast again in the middle
        return self.largest_step > JUMP + 3 * even

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "run": self.run,
            "file": self.file,
            "frames": self.frames,
            "fps": self.fps,
            "seconds": self.frames / self.fps,
            "width_px": self.size[0],
            "height_px": self.size[1],
            "seeds": self.seeds,
            "loop": self.loop,
            "model_run": self.model_run,
            "woven_over": self.woven_over,
            "largest_step": round(self.largest_step, 4),
            "jumps": self.jumps,
        }


def walk(
    project: Project,
    places: Sequence[int | str],
    *,
    to: str | Path = "out/walk.mp4",
    run: Any = None,
    seconds: float = 12.0,
    fps: float = 30.0,
    loop: bool = False,
    variety: float | None = None,
    snapshot: int | None = None,
    size: int | None = None,
    nearest: bool = False,
    on_progress: Progress = silent,
) -> Walked:
    """Film the way from image to image; on its station each is the image of that seed to the bit.

    Args:
        project: that holds the model.
        places: where to pass: seeds, seeds with a label (``7:round``), generated images, or sets of
            them (``set:favourites``); of models that encode pictures, such as the vae, also
            pictures they learned from.
        to: a .mp4, .mov or .webp, or a folder for single PNGs; from the project folder.
        run: of the training, by number, name or what `train` gave; if left out, that of the images
            named, else the newest.
        seconds: how long the film is.
        fps: pictures a second.
        loop: from the last image back to the first.
        variety: as for `make`; if left out, that of the images named, else 0.8; 1 where pictures
            are passed that the model learned from.
        snapshot: the step of an earlier snapshot, instead of the best.
        size: the shorter side in pixels; if left out, the smallest whole multiple from 512.
        nearest: enlarge without smoothing.
        on_progress: told after each picture.

    Raises:
        TooFew: fewer than two images are named.
        UsageError: a number out of its range, images of several models, an ending no film has.
        UnknownName: there is no such image, set, run or snapshot.
        Stopped: Ctrl-C; no film is written.
        Damaged: the model or the film does not read as it was written.
        DiskError: the disk is full, read-only, or refuses.
    """
    asked = _Asked(to, run, seconds, fps, loop, variety, snapshot, size, nearest)
    return _walked(project, _passed(project, places, run), asked, on_progress)


@dataclass(frozen=True)
class _Asked:
    """The wishes, as `walk` was given them."""

    to: str | Path
    run: Any
    seconds: float
    fps: float
    loop: bool
    variety: float | None
    snapshot: int | None
    size: int | None
    nearest: bool


@dataclass(frozen=True)
class _Passed:
    """What the images named say of themselves."""

    seeds: list[int | str]
    run: Any
    variety: float | None
    snapshot: int | None

    @property
    def usual(self) -> float:
        """The variety where nothing else says it; pictures are passed as they were understood."""
        return VARIETY if all(_seed(seed)[0] is not None for seed in self.seeds) else 1.0


def _walked(project: Project, passed: _Passed, asked: _Asked, on_progress: Progress) -> Walked:
    target = place(project, asked.to)
    film.check(target)
    frames = _checked(len(passed.seeds), asked)
    share = next((v for v in (asked.variety, passed.variety) if v is not None), passed.usual)
    if not 0 <= share <= 2:
        raise UsageError(f"A variety of {share:g} cannot be; take 0 to 2")
    trained = training(project, passed.run)
    snapshot = asked.snapshot
    file = weights(trained, snapshot)
    name, model, header = _files.load(file)
    if snapshot is None and passed.snapshot not in (None, header["step"]):
        snapshot = passed.snapshot
        file = weights(trained, snapshot)
        name, model, header = _files.load(file)
    settings = {
        **vars(asked),
        "to": str(asked.to),
        "places": passed.seeds,
        "run": trained.name,
        "variety": share,
        "snapshot": snapshot,
    }
    latents = _latents(project, trained, model, passed.seeds)
    inputs = {project.relative(file): sha256(file)}
    made_by = project.runs.start("walk", settings, suffix=name, inputs=inputs)
    size = grown(model.shape, asked.size)
    camera = Camera(model, share, size, asked.nearest, project.config.ground_rgb)
    of = _Film(latents, frames, asked.fps, asked.loop)
    largest = _made(made_by, camera, of, target, on_progress)
    walked = Walked(
        run=made_by.name,
        file=called(project, target),
        frames=frames,
        fps=asked.fps,
        size=camera.size,
        seeds=passed.seeds,
        loop=asked.loop,
        model_run=trained.name,
        woven_over=model.crosses,
        largest_step=largest,
    )
    made_by.finish(walked.to_json())
    return walked


@dataclass(frozen=True)
class _Film:
    """The way, as frames."""

    latents: list[Tensor]
    frames: int
    fps: float
    loop: bool


def _made(run: Run, camera: Camera, of: _Film, target: Path, on_progress: Progress) -> float:
    """Write the film into the run and to its target; the largest step from picture to picture."""
    out = run.folder / target.name
    with stoppable() as stop:
        pictures = _pictures(camera, of, stop, on_progress)
        film.write(out, pictures, of.fps, of.loop)
    write_bytes(run.folder / "strip.png", png_bytes(camera.strip(of.frames)))
    _put_out(out, target)
    stations = path_of.stations(len(of.latents), of.frames, of.loop)
    return camera.largest_step(stations, of.loop)


def _passed(project: Project, places: Sequence[int | str], run: Any) -> _Passed:
    """Seeds, and the one model, variety and snapshot of the images that were named.

    Raises:
        UsageError: two images come from different models.
    """
    numbers: list[int | str] = []
    told: set[tuple[Any, Any, Any]] = set()
    for reference in places:
        text = str(reference)
        if text.isdecimal():
            numbers.append(int(text))
            continue
        word, colon, name = text.partition(":")
        if colon and word.isdecimal():
            numbers.append(text)
            continue
        images = (
            project.sets.images(name) if colon and word == "set" else [project.images.find(text)]
        )
        for image in images:
            if image.seed is None or "model_run" not in image.facts:
                numbers.append(image.path)
                continue
            facts = image.facts
            numbers.append(f"{image.seed}:{facts['label']}" if "label" in facts else image.seed)
            told.add((facts["model_run"], facts.get("variety"), facts.get("snapshot")))
    runs = {t[0] for t in told}
    if len(runs) > 1 or (run is None and len(told) > 1):
        raise UsageError(
            "The images come from different models, snapshots or varieties, between which there is "
            "no way; name seeds, and one training with --run"
        )
    if run is not None or not told:
        return _Passed(numbers, run, None, None)
    model_run, variety, snapshot = told.pop()
    return _Passed(numbers, model_run, variety, snapshot)


def _checked(count: int, asked: _Asked) -> int:
    """How many pictures the film has.

    Raises:
        TooFew: there are fewer than two images to pass.
        UsageError: a number out of its range.
    """
    seconds, fps, size = asked.seconds, asked.fps, asked.size
    if count < 2:
        raise TooFew(f"A walk needs two images or more to pass; {count} named")
    if not (0 < seconds <= LONGEST_S and 1 <= fps <= 120):
        raise UsageError(
            f"A film of {seconds:g} s at {fps:g} pictures a second cannot be made; take up to "
            f"{LONGEST_S} s and 1 to 120 pictures a second"
        )
    if size is not None and not 16 <= size <= 4096:
        raise UsageError(f"A film of {size} px cannot be made; take 16 to 4096")
    frames = round(seconds * fps)
    if frames <= count:
        raise UsageError(
            f"{seconds:g} s at {fps:g} pictures a second are {frames} pictures, too few to pass "
            f"{count} images; take more seconds"
        )
    return frames


def _seed(place: int | str) -> tuple[int | None, str | None]:
    """A place's seed and label; no seed where it is a picture.

    >>> _seed(7), _seed("7:round"), _seed("cloth.png")
    ((7, None), (7, 'round'), (None, None))
    """
    if isinstance(place, int):
        return place, None
    number, _, label = place.partition(":")
    return (int(number), label) if number.isdecimal() and label else (None, None)


def _latents(
    project: Project, trained: Run, model: Any, places: Sequence[int | str]
) -> list[Tensor]:
    """Of a seed what it draws; of a picture that the model learned from what it understood of it.

    Raises:
        UsageError: a picture is named that the model did not learn from, or it does not encode.
        UnknownName: the model does not know a label.
    """
    rows: dict[str, int] = {}
    if any(_seed(place)[0] is None for place in places):
        dataset = dataset_of(project, trained)
        rows = {row.image: k for k, row in enumerate(dataset.rows)}
    latents = []
    with one_thread(), torch.no_grad():
        for place in places:
            number, label = _seed(place)
            if number is not None:
                latents.append(latent(model, number, told_for(model, label)))
                continue
            if not model.encodes or place not in rows:
                raise UsageError(
                    f"{Path(str(place)).name} was not made from a seed; a walk passes seeds, made images, "
                    "and, with a model that encodes as the vae does, pictures it learned from"
                )
            x = torch.from_numpy(dataset.pixels[rows[place]].copy()).permute(2, 0, 1)[None]
            latents.append(model.encode(x.float() / 127.5 - 1))
    return latents


def _pictures(
    camera: Camera, of: _Film, stop: Callable[[], bool], on_progress: Progress
) -> Iterator[Pixels]:
    places = path_of.steps(len(of.latents), of.frames, of.loop)
    for done, (first, second, t) in enumerate(places):
        if stop():
            raise Stopped(
                f"Stopped after {done} of {of.frames} pictures; no film was written. A shorter one: "
                "--seconds 4"
            )
        yield camera.take(of.latents[first], of.latents[second], t)
        on_progress(done + 1, of.frames, f"picture {done + 1}")


def _put_out(made: Path, target: Path) -> None:
    for file in sorted(made.glob("*.png")) if made.is_dir() else [made]:
        to = target / file.name if made.is_dir() else target
        with replacing(to) as part:
            shutil.copyfile(file, part)
            if sha256(part) != sha256(file):
                raise Damaged(f"{to.name} was copied, but reads back differently")
