"""One picture woven from several others under bounds on what it borrows.

Pieces are chosen where one has some eight pixels, brought to full size octave by octave with their
seams mended on the way, and what was borrowed is measured on the finished picture. If a bound is
broken the picture is woven again from smaller pieces; what was reached is told either way.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from latelier.weave.borrowing import Origin, busy_mask, largest_match, largest_run, shares
from latelier.weave.fold import Floats, Fold, Ints, resample
from latelier.weave.mend import BEYOND, Cloth, finer, first_owners, mended, nudged
from latelier.weave.pieces import CORE, Wishes, choose_pieces
from latelier.weave.shade import evened

CAREFUL = 0.9  # of the share allowed that is planned with: mending moves some
FILL = 0.85  # of the largest piece allowed that a piece covers of its own; mending may enlarge it
SEVERAL = (
    1.5  # pieces that the holder of a full share should have at least, so that shares even out
)
TRIES = 6  # weavings before a broken bound is only told
LIGHT = 0.5  # of the size of a piece over which a step in tone is spread
TIGHTER = 0.65  # of how far pieces may reach beyond their boxes, from try to try
ROUNDS = 4  # of mending at each octave


@dataclass(frozen=True)
class Bounds:
    """What may be borrowed, as shares of the area that is not plain ground."""

    piece: float = 1 / 16
    share: float = 1 / 3


@dataclass(frozen=True)
class Woven:
    """A woven picture and what it owes.

    Args:
        picture: (h, w, c) float32 in [0, 1].
        origin: where each of its pixels comes from.
        busy: (h, w) where it is not plain ground.
        shares: (p,) of the busy area that each original of the stack holds.
        piece: the largest contiguous borrowed piece, as a share of the busy area.
        met: whether both bounds were kept.
    """

    picture: Floats
    origin: Origin
    busy: NDArray[np.bool_]
    shares: Floats
    piece: float
    met: bool


@dataclass(frozen=True)
class Threads:
    """What is woven from.

    Args:
        originals: (p, h, w, c) float32 in [0, 1], the nearest to the plan first.
        guides: (p, h, w, g) of each what colours do not say; g may be 0.
        ground: (h, w, c) what lies under the cloth, and
        bare: (h, w) in [0, 1] where it shows.
    """

    originals: Floats
    guides: Floats
    ground: Floats | None = None
    bare: Floats | None = None


def weave(threads: Threads, fold: Fold, wishes: Wishes, bounds: Bounds) -> Woven:
    """A picture from ``threads``; the plan in ``wishes`` may be of any size, and has their channels.

    Args:
        threads: what to weave from.
        fold: the domain at full size.
        wishes: plan, weights and chance.
        bounds: what may be borrowed.
    """
    originals = threads.originals
    busy = np.stack([busy_mask(o) for o in originals])
    rate = max(0.05, float(busy.mean()))
    best: Woven | None = None
    piece, share = bounds.piece * FILL, bounds.share * CAREFUL
    possible = len(originals) * bounds.share >= 1
    for attempt in range(TRIES if possible else 1):
        chance = np.roll(wishes.chance, attempt)
        tried = replace(wishes, share=share, chance=chance)
        woven = _once(threads, busy, fold, tried, (piece * rate, BEYOND * TIGHTER**attempt))
        woven = replace(woven, met=_excess(woven, bounds) <= 1)
        if best is None or _excess(woven, bounds) < _excess(best, bounds):
            best = woven
        if woven.met:
            break
        rate = max(0.05, float(woven.busy.mean()))
        piece *= min(1.0, max(0.5, bounds.piece / max(woven.piece, 1e-6))) ** 0.7
        share *= min(1.0, 0.97 * bounds.share / max(float(woven.shares.max()), 1e-6))
    return best if best is not None else woven


def _excess(woven: Woven, bounds: Bounds) -> float:
    return max(woven.piece / bounds.piece, float(woven.shares.max()) / bounds.share)


def _once(
    threads: Threads, busy: NDArray, fold: Fold, wishes: Wishes, size: tuple[float, float]
) -> Woven:
    """One weaving with pieces of about ``size[0]`` of the whole area, that reach ``size[1]`` beyond."""
    piece, beyond = size
    originals = threads.originals
    whole_stack = np.concatenate([originals, threads.guides], axis=-1)
    height, width, colours = originals.shape[1:]
    room = fold.height * fold.width * wishes.share / SEVERAL
    area = min(piece, wishes.most) * height * width
    core = max(3.0, np.sqrt(min(area, room)))  # pixels at full size
    scale = min(1.0, CORE / core)
    coarse = _at(whole_stack, scale)
    small = fold.resized(max(2, round(fold.height * scale)), max(2, round(fold.width * scale)))
    plan = small.folded(resample(wishes.plan, *coarse.shape[1:3]))
    busy_small = _at(busy[..., None].astype(np.float32), scale)[..., 0]
    wishes = replace(wishes, plan=plan)
    pieces = choose_pieces(coarse, busy_small, small, wishes, max(3, round(core * scale)))
    used, source = np.unique(pieces.source, return_inverse=True)
    pieces = replace(pieces, source=source)
    cloth = Cloth(coarse[used], small, pieces, first_owners(small, pieces), beyond)
    picture, cloth = mended(nudged(cloth), ROUNDS)
    while scale < 1.0:
        scale = 1.0 if scale > 0.6 else scale * 2
        stack = _at(whole_stack[used], scale)
        larger = fold.resized(round(fold.height * scale), round(fold.width * scale))
        picture, cloth = mended(nudged(finer(cloth, stack, larger)), ROUNDS)
    origin = _origin(cloth, used, height, width)
    picture = np.ascontiguousarray(picture[..., :colours])
    cloth = replace(cloth, stack=cloth.stack[..., :colours])
    plain = fold.unfold(picture, height, width)  # what was borrowed is measured before the light
    lit = evened(cloth, picture, core * LIGHT)
    whole = np.clip(fold.unfold(lit, height, width), 0, 1)
    if threads.ground is not None and threads.bare is not None:
        whole = whole + threads.bare[..., None] * (threads.ground - whole)
    visible = busy_mask(whole)
    slack = 1 + max(height, width) // 256
    run = largest_run(origin, visible, slack)
    match, _ = largest_match(plain, originals, _shifts(origin))
    held = shares(origin.parent, visible, len(originals))
    return Woven(whole, origin, visible, held, max(run, match), False)


def _at(stack: Floats, scale: float) -> Floats:
    """A stack of pictures at a scale."""
    h, w = (max(8, round(side * scale)) for side in stack.shape[1:3])
    return np.stack(
        [resample(picture, min(h, stack.shape[1]), min(w, stack.shape[2])) for picture in stack]
    )


def _origin(cloth: Cloth, used: Ints, height: int, width: int) -> Origin:
    """Where each pixel of the whole picture comes from, in rows of the full stack."""
    at = cloth.fold.window(0, height, 0, width)
    p, y, x = cloth.origin(at.y, at.x, cloth.owner[at.y, at.x])
    return Origin(used[p], y, x, at.turn_y, at.turn_x)


def _shifts(origin: Origin) -> Ints:
    """Every original and displacement that the upright parts of a picture were taken by."""
    upright = (origin.turn_y > 0) & (origin.turn_x > 0)
    y, x = np.nonzero(upright)
    rows = np.stack([origin.parent[upright], origin.y[upright] - y, origin.x[upright] - x], axis=1)
    return np.unique(rows, axis=0)
