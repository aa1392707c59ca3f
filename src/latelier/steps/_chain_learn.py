"""The chain's middle: a dataset at a fitting size, a model, new images within a time."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from latelier.project import Image, Project, Run
from latelier.steps._chain import Chain
from latelier.steps._chain_make import PROCESSES, made_from, make_seeds
from latelier.steps.prepare import ENOUGH, prepare
from latelier.steps.train import train
from latelier.train import probe, words
from latelier.wording import plural

NAME = "chain"
SQUARE = 1.2  # of longer to shorter side: up to this a picture loses little when cut to a square
LEARNING = (
    0.8  # of the time goes into learning where there is something to learn; the rest is making
)
PLANNING = 0.4  # the same of what is woven after learnt plans: those are soon learnt
WEAVERS = ("quilt", "woven")  # whose size costs no learning
FIRST = 4  # images made to see how long one takes
MOST, LEAST = 96, 12  # images made in the time there is
SIZES = (64, 96, 128, 192, 256)  # pixels a side


def learn_and_make(chain: Chain, minutes: float, count: int | None, model: str) -> bool:
    """Prepare, train, make; gives whether there are new images.

    Args:
        chain: that the stages belong to.
        minutes: for all of it.
        count: of images; as many as the time allows if left out.
        model: a name, or auto.
    """
    project = chain.project
    originals = project.sets.images("originals")
    if len(originals) < ENOUGH:
        chain.leave_out(
            "train",
            f"{plural(len(originals), 'picture')} {'is' if len(originals) == 1 else 'are'} too few "
            f"to make new ones from: it takes {ENOUGH}. The rest goes on with the pictures themselves.",
        )
        return False
    plan = _plan(chain, originals, minutes, model)
    name = f"{NAME}-{plan['size']}"

    def preparing() -> tuple[dict[str, Any], str]:
        done = prepare(
            project, name, size=plan["size"], fit=plan["fit"], ink=plan["ink"],
            on_progress=chain.on_progress,
        )  # fmt: skip
        how = {"crop": "cut to squares", "pad": "whole, on plain ground"}[plan["fit"]]
        if plan["ink"]:
            how = "black and white"
        result = done.to_json()
        return result, (
            f"Prepared {plural(result['images'], 'picture')} at {plan['size']} px, {how}; "
            f"{result['held_out']} held back to measure by."
        )

    asked = {"images": chain.hashes("originals"), **plan}
    dataset = chain.stage("prepare", asked, preparing, chain.has_run)
    if dataset is None:
        return False
    begun = time.monotonic()
    trained = _train(chain, dataset, plan, minutes)
    if trained is None:
        return False
    left = minutes * 60 - (time.monotonic() - begun)
    return _make(chain, trained, max(left, minutes * 60 * (1 - LEARNING)), count)


def _plan(chain: Chain, originals: Sequence[Image], minutes: float, model: str) -> dict[str, Any]:
    """Size, fit, ink or colour, and model, chosen by the collection, the time and the machine."""
    small = chain.thumbs(originals)
    choice = words.Choice(model, "as was asked")
    if model == "auto":
        choice = words.choose(small, minutes * 60, probe.device())
    shorter = float(np.median([min(i.width, i.height) for i in originals]))
    ratios = [max(i.width, i.height) / min(i.width, i.height) for i in originals]
    ink = words.is_ink(small)
    limit = 64 if choice.model not in WEAVERS and probe.device() == "cpu" else SIZES[-1]
    size = max(s for s in SIZES if s <= min(max(shorter, SIZES[0]), limit))
    fit = "crop" if np.quantile(ratios, 0.9) <= SQUARE and not ink else "pad"
    return {"size": size, "fit": fit, "ink": ink, "model": choice.model, "why": choice.why}


def _train(
    chain: Chain, dataset: dict[str, Any], plan: dict[str, Any], minutes: float
) -> dict[str, Any] | None:
    """Train, or go on with a training of this dataset that was stopped."""
    project, name = chain.project, str(dataset["dataset"])

    def learning() -> tuple[dict[str, Any], str]:
        stopped = _unfinished(project, dataset)
        done = train(
            project,
            "" if stopped else name,
            model=plan["model"],
            resume=stopped.name if stopped else None,
            minutes=minutes * (PLANNING if plan["model"] == "woven" else LEARNING),
            on_progress=chain.on_progress,
        )
        return done.to_json(), f"With {plan['model']}: {plan['why']}. {done.verdict}"

    asked = {"dataset": dataset["run"], "minutes": minutes, "model": plan["model"]}
    return chain.stage("train", asked, learning, chain.has_run)


def _unfinished(project: Project, dataset: dict[str, Any]) -> Run | None:
    """The newest training begun on this dataset that has not ended."""
    runs = [
        r
        for r in project.runs.all()
        if r.step == "train"
        and not r.finished
        and r.recipe["settings"]["name"] == dataset["dataset"]
        and r.name > dataset["run"]
        and (r.folder / "state.safetensors").is_file()
    ]
    return runs[-1] if runs else None


def _make(chain: Chain, trained: dict[str, Any], seconds: float, count: int | None) -> bool:
    """Make images; gives whether there are some."""

    def making() -> tuple[dict[str, Any], str]:
        first, run = chain.project.config.seed, str(trained["run"])
        wanted = count or _affordable(chain, run, first, seconds)
        make_seeds(chain, run, range(first, first + wanted))
        made = made_from(chain.project, run)
        paths = [made[s].path for s in range(first, first + wanted) if s in made]
        copies = sum(bool(made[s].facts["near"]["copy"]) for s in made)
        near = f"; {copies} of them nearly an original, left off canvases" if copies else ""
        how = "woven from pieces of the originals" if trained["model"] in WEAVERS else "made"
        return {"images": paths, "run": run}, (
            f"{plural(len(paths), 'new image')} {how}, seeds {first} to {first + wanted - 1}{near}."
        )

    asked = {"train": trained["run"], "count": count}
    done = chain.stage("make", asked, making, lambda r: chain.has_files(*r["images"]))
    return done is not None


def _affordable(chain: Chain, run: str, first: int, seconds: float) -> int:
    """How many images the time allows, from how long a few take that are made first."""
    there = made_from(chain.project, run)
    few = [s for s in range(first, first + MOST) if s not in there][:FIRST]
    begun = time.monotonic()
    make_seeds(chain, run, few, all_of_it=False)
    used = time.monotonic() - begun
    each = used / max(len(few), 1) / PROCESSES
    count = len(there) + len(few) + int((seconds - used) / max(each, 1e-3))
    return max(LEAST, min(MOST, count))
