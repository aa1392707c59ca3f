"""A draft woven: from what is wanted where to a picture that tells whom it was woven from.

What comes out nearly as an original is woven again from another draft: its plan in other
proportions, and, if that is not enough, in the colours of a relative.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from latelier.models._quilted import PLAN, Library
from latelier.weave.fold import Floats, Ints, resample
from latelier.weave.palette import in_palette
from latelier.weave.pieces import Wishes
from latelier.weave.story import story_of
from latelier.weave.structure import LIES, OUTLINE, paper_of, stretched, suited_fold
from latelier.weave.weaving import Bounds, Woven, weave

DYED = (
    0.6  # of `recolour` that threads are dyed by before weaving; the woven picture gets all of it
)
AGAIN = 3  # weavings at most beyond the first of what is nearly an original
STRETCH = 0.14  # of its width and height by which an outline is changed, more from try to try
CHANCE = 64  # numbers that are left to chance


@dataclass(frozen=True)
class Knobs:
    """What a person may set of the loom; see the models' own settings."""

    piece: float
    share: float
    parents: int
    recolour: float
    to_plan: float
    order: str


@dataclass(frozen=True)
class Draft:
    """What is wanted.

    Args:
        leader: the row of the original whose colours, order and outline are taken.
        plan: (16, 16, c) in [0, 1], which colour where.
        drift: (16, 16, c), how far the plan was moved; more of it is added when woven again.
        chance: (64,) standard normal.
        coloured: the row of the original whose colours are taken, if not the leader's.
        wider, taller: how far the leader is stretched, 1 not at all.
    """

    leader: int
    plan: Floats
    drift: Floats
    chance: Floats
    coloured: int = -1
    wider: float = 1.0
    taller: float = 1.0


def woven_from(library: Library, draft: Draft, knobs: Knobs) -> tuple[Floats, dict[str, Any]]:
    """A picture (h, w, c) in [0, 1] and its story."""
    best: tuple[float, Floats, dict[str, Any]] | None = None  # the furthest from an original
    for time in range(AGAIN + 1):
        picture, story = _once(library, _changed(library, draft, time), knobs)
        near = library.nearness(picture)
        if best is None or near > best[0]:
            best = near, picture, story | {"woven_again": time}
        if near >= 1:
            break
    return best[1], best[2]  # type: ignore[index]


def _changed(library: Library, draft: Draft, time: int) -> Draft:
    """The draft for the first weaving, or for a second, third and fourth."""
    if not time:
        return draft
    away = np.tanh(draft.chance[[1 + time, 5 + time]])
    factors = 1 + STRETCH * time * np.where(away < 0, np.minimum(away, -0.5), np.maximum(away, 0.5))
    moved = replace(
        draft,
        plan=np.clip(draft.plan + time * draft.drift, 0, 1).astype(np.float32),
        wider=float(factors[0]),
        taller=float(factors[1]),
    )
    if time < 2:
        return moved
    others = library.apart(library.near(draft.leader, len(library.pixels)), 2 + time)
    coloured = int(others[min(time, len(others) - 1)])
    return replace(
        moved,
        plan=in_palette(moved.plan, library.pictures(np.array([coloured]))[0], 1.0),
        coloured=coloured,
    )


def _once(library: Library, draft: Draft, knobs: Knobs) -> tuple[Floats, dict[str, Any]]:
    lead = library.pictures(np.array([draft.leader]))[0]
    colours = lead if draft.coloured < 0 else library.pictures(np.array([draft.coloured]))[0]
    found = library.structure(draft.leader)
    plan, laid = draft.plan, lead
    if found.paper > LIES and (draft.wider, draft.taller) != (1.0, 1.0):
        laid, wider, taller = stretched(lead, draft.wider, draft.taller)
        plan = stretched(plan, wider, taller)[0]
    rows: Ints = library.kin(draft.leader, plan, knobs.parents)
    height, width = lead.shape[:2]
    whim = float(torch.special.ndtr(torch.tensor(float(draft.chance[0]))))
    fold, layout = suited_fold(found, height, width, whim, knobs.order)
    threads = library.threads(rows, colours, DYED * knobs.recolour, fold, laid)
    outline = OUTLINE * paper_of(laid)[..., None].astype(np.float32)
    wanted = np.dstack([plan, resample(outline, PLAN, PLAN)])
    wishes = Wishes(wanted, knobs.to_plan, library.placed(rows), knobs.share, draft.chance)
    bounds = Bounds(knobs.piece, knobs.share)
    woven: Woven = weave(threads, fold, wishes, bounds)
    picture = in_palette(woven.picture, colours, knobs.recolour)
    story = story_of(woven, rows, bounds, draft.leader)
    told: dict[str, Any] = {"layout": layout, "tiles": fold.tiles(height, width)}
    told |= {"after": draft.leader, "recoloured": knobs.recolour}
    if draft.coloured >= 0 and draft.coloured not in {p["row"] for p in story["parents"]}:
        story["parents"].append({"row": draft.coloured, "share": 0.0})  # its colours are owed too
    return picture, story | told
