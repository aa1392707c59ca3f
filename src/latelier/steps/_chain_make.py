"""Images of many seeds, made by two processes at once where that pays."""

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from latelier.project import Image, Project
from latelier.steps._chain import Chain
from latelier.steps.make import make

PROCESSES = 2 if (os.cpu_count() or 1) > 1 else 1
ALONE = 8  # images; for fewer a second process, which needs two seconds to begin, does not pay

Chunk = tuple[int, int]  # first seed, how many


def made_from(project: Project, run: str) -> dict[int, Image]:
    """The images of a training by their seed."""
    made = project.images.where("role = 'generated' AND seed IS NOT NULL")
    return {i.seed: i for i in made if i.facts.get("model_run") == run and i.seed is not None}


def make_seeds(chain: Chain, run: str, seeds: Sequence[int], *, all_of_it: bool = True) -> None:
    """Make the images of those seeds that are not there yet.

    Args:
        chain: whose project and progress.
        run: of the training.
        seeds: wanted.
        all_of_it: no more are made afterwards, so that their number says how far the work is.

    Raises:
        Stopped: Ctrl-C; the images made so far are kept.
    """
    there = made_from(chain.project, run)
    missing = [s for s in seeds if s not in there]
    wanted = len(seeds) if all_of_it else None
    if PROCESSES == 1 or len(missing) < ALONE:
        _make(chain, run, missing, len(missing), wanted)
        return
    half = (len(missing) + 1) // 2
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as other:
        rest = other.submit(_make_elsewhere, str(chain.project.root), run, chunks(missing[half:]))
        try:
            _make(chain, run, missing[:half], len(missing), wanted)
            rest.result()
        except BrokenProcessPool:  # no second process on this machine, or it was killed
            there = made_from(chain.project, run)
            missing = [s for s in missing if s not in there]
            _make(chain, run, missing, len(missing), wanted)


def _make(chain: Chain, run: str, mine: Sequence[int], missing: int, wanted: int | None) -> None:
    """Make images, and tell how many of all that are wanted there are, here and elsewhere."""
    there, of_mine = float((wanted or missing) - missing), missing / max(1, len(mine))

    def told(done: float, total: float | None, note: str = "") -> None:
        chain.on_progress(there + done * of_mine, wanted, note)

    for first, count in chunks(mine):
        make(chain.project, count, run=run, seed=first, on_progress=told)
        there += count * of_mine


def _make_elsewhere(root: str, run: str, parts: Sequence[Chunk]) -> None:
    project = Project(root)
    for first, count in parts:
        make(project, count, run=run, seed=first)


def chunks(seeds: Sequence[int]) -> list[Chunk]:
    """Runs of following numbers.

    >>> chunks([1, 2, 3, 7, 9, 10])
    [(1, 3), (7, 1), (9, 2)]
    """
    found: list[Chunk] = []
    for seed in seeds:
        if found and sum(found[-1]) == seed:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((seed, 1))
    return found
