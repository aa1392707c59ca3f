"""What a quilt knows of its originals."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from latelier.models._dealt import handicaps
from latelier.weave.fold import Floats, Fold, Ints, resample
from latelier.weave.palette import in_palette, palette_of
from latelier.weave.structure import OUTLINE, Structure, laid_bare, paper_of, structure_of
from latelier.weave.weaving import Threads

PLAN = 16  # pixels a side of a plan
GRAIN = 1.0  # how much likeness in grain counts beside likeness in colours
GRAIN_SIDE = 64  # pixels of the longer side at which grain is looked at
LAYOUT = 8  # pixels a side at which layouts are compared
NEARLY = 0.45  # of the distances that `nearness` compares; nearer is nearly an original
TWICE = (
    2.0  # how far beyond that a picture may be and still be nearly one, if it is near to no other
)
MOVED = 1  # pixels of a plan that a picture may be moved by
TYPICAL_OF = 400  # originals, evenly spread, that say what is usual
COPIES = 0.02  # root mean square between plans, of the whole range, below which two are copies
FEW = 6  # originals at least that share a picture; fewer could not keep the bounds
LOOSE = (
    1.4  # of the distance of the last of those, how far others may lie: no brown bird in red bands
)
PLACES = (
    0.6  # how much a piece that wanders by the whole width costs where everything has its place
)


@dataclass
class Library:
    """Originals and what is known of each.

    Args:
        pixels: (n, h, w, c) uint8.
        plans: (n, 16, 16, c) float32 in [0, 1].
        palettes: (n, 96) their colours; see `palette_of`.
        layouts: (n, .) where they are.
        grains: (n, 32) how fine what is drawn is and which way it runs.
    """

    pixels: NDArray[np.uint8]
    plans: Floats
    palettes: Floats
    layouts: Floats
    grains: Floats
    _structures: dict[int, Structure] = field(default_factory=dict)
    _dealt: "tuple[Usual, Floats] | None" = None  # what is taken off each's distance, see `like`

    def near(self, row: int, count: int, among: NDArray[np.bool_] | None = None) -> Ints:
        """The rows of the originals nearest to one in colours and layout, itself the first.

        Args:
            row: of the one.
            count: how many.
            among: (n,) which may be given; all if left out.
        """
        far = np.zeros(len(self.pixels), dtype=np.float32)
        for known in (self.palettes, self.layouts):
            far += np.square(known - known[row]).mean(1) / _spread(known)
        far[row] = -1
        order = np.argsort(far, kind="stable")
        return (order if among is None else order[among[order]])[:count]

    def like(self, plan: Floats, usual: "Usual", among: NDArray[np.bool_] | None = None) -> int:
        """The row of the original most like a plan (16, 16, c) in colours and layout.

        A planner draws paler and more alike than originals are: as it comes, most of its plans would
        be like the same few. So both are compared by how far they are from what is usual among
        their own. Of many traits what is in the middle is near to everything, and that is what has
        little contrast; so from the distance of each is taken off what makes usual plans choose all
        originals alike (`_dealt`). Of 512 plans for wax prints at 32 px those taken after had .92 of the
        contrast of all before, and 1.03 now.

        Args:
            plan: what a planner drew.
            usual: among its plans; of one, ``among`` must be the same in every call.
            among: (n,) the originals that may be given; all if left out.
        """
        rows = np.arange(len(self.pixels)) if among is None else np.flatnonzero(among)
        known = self.traits[rows]
        there = (known - known.mean(0)) / spread_of(known)
        half = self.palettes.shape[1]

        def far(traits: Floats) -> Floats:
            apart = np.square(there - (traits - usual.mean) / usual.spread)
            return np.sqrt(apart[:, :half].mean(1) + apart[:, half:].mean(1))

        if self._dealt is None or self._dealt[0] is not usual:
            self._dealt = usual, handicaps(np.stack([far(traits) for traits in usual.traits]))
        return int(rows[(far(traits_of(plan[None])[0]) - self._dealt[1]).argmin()])

    @cached_property
    def traits(self) -> Floats:
        """Colours and layout of the plans of all originals."""
        return traits_of(self.plans)

    def kin(
        self, leader: int, plan: Floats, count: int, among: NDArray[np.bool_] | None = None
    ) -> Ints:
        """The leader, then those most like it in colours and grain, and most like the plan in layout.

        Each of the three is weighed against how it differs among all; grain keeps fine nets from
        large figures. Layout counts as far as originals agree on what is where. After the first few
        those that lie clearly further off are left out, so that there may be fewer than ``count``.
        Those ``among`` come before all others, which are taken only where the former are too few.
        """
        far = np.zeros(len(self.pixels), dtype=np.float32)
        for known, wanted, weight in (
            (self.palettes, self.palettes[leader], 1.0),
            (self.layouts, _layout(plan), self.agreed),
            (self.grains, self.grains[leader], GRAIN),
        ):
            far += weight * np.square(known - wanted).mean(1) / _spread(known)
        far[leader] = -1
        order = np.argsort(far, kind="stable")
        if among is not None:
            own = self.apart(order[among[order]], count)
            if len(own) >= FEW:
                order = own
            else:
                order = np.concatenate([own, order[~among[order]]])
                count = FEW
        rows = self.apart(order, count)
        near = far[rows] <= LOOSE * far[rows[min(FEW, len(rows)) - 1]]
        near[:FEW] = True
        return rows[near]

    def apart(self, rows: Ints, count: int) -> Ints:
        """The first rows that are no copies of an earlier one."""
        kept: list[int] = []
        for row in rows.tolist():
            far = np.square(self.plans[kept] - self.plans[row]).mean((1, 2, 3))
            if not kept or far.min() > COPIES**2:
                kept.append(row)
            if len(kept) == count:
                break
        return np.array(kept, dtype=np.int64)

    def structure(self, row: int) -> Structure:
        """Mirrors, repeats and paper of an original; looked for once."""
        if row not in self._structures:
            self._structures[row] = structure_of(self.pictures(np.array([row]))[0])
        return self._structures[row]

    def pictures(self, rows: Ints) -> Floats:
        """Originals as (n, h, w, c) float32 in [0, 1]."""
        return self.pixels[rows].astype(np.float32) / np.float32(255)

    def threads(
        self, rows: Ints, colours: Floats, recolour: float, fold: Fold, laid: Floats
    ) -> Threads:
        """Originals dyed towards the picture ``colours``; ``laid`` lends its paper."""
        dyed = np.stack([in_palette(p, colours, recolour) for p in self.pictures(rows)])
        guides = np.stack([OUTLINE * paper_of(p)[..., None] for p in dyed]).astype(np.float32)
        height, width = dyed.shape[1:3]
        ground, paper = laid_bare(laid)
        bare = fold.folded(paper[..., None].astype(np.float32))[..., 0] > 0.5
        if fold.columns in ("wrap", "mirror") or not bare.any():  # a repeat fills the picture
            return Threads(dyed, guides)
        soft = ndimage.uniform_filter(fold.unfold(bare, height, width).astype(np.float32), 3)
        return Threads(dyed, guides, fold.unfold(fold.folded(ground), height, width), soft)

    def nearness(self, picture: Floats) -> float:
        """How far a picture is from being nearly an original; below 1 it is.

        Seen at 16 px without its mean colour, mirrored and moved by up to one of those, beside how
        far originals are from each other: the nearest over the usual distance, or over the second
        nearest, of which a copy has less than half.
        """
        apart = np.sort(_form_distances(_forms(self.plans), resample(picture, PLAN, PLAN)[None])[0])
        alone = apart[0] / max(float(apart[min(1, len(apart) - 1)]), 1e-6)
        usual = apart[0] / self.usual
        return float(min(usual, max(alone, usual / TWICE)) / NEARLY)

    @cached_property
    def usual(self) -> float:
        """The median distance of originals to their nearest other one, as `nearness` sees them."""
        rows = np.unique(np.linspace(0, len(self.plans) - 1, TYPICAL_OF).astype(int))
        apart = _form_distances(_forms(self.plans), self.plans[rows])
        apart[np.arange(len(rows)), rows] = np.inf
        nearest = apart.min(1)
        return max(float(np.median(nearest[np.isfinite(nearest)])), 1e-3) if len(rows) > 1 else 1e-3

    def placed(self, rows: Ints) -> float:
        """How much wandering costs: much where originals agree on what is where, as garments do."""
        return PLACES * _agreement(self.plans[rows])

    @cached_property
    def agreed(self) -> float:
        """How far all originals agree on what is where, 0 to 1."""
        return _agreement(self.plans)


@dataclass(frozen=True)
class Usual:
    """What is usual among plans: their traits (n, d), and mean and spread of each."""

    traits: Floats
    mean: Floats
    spread: Floats


def traits_of(plans: Floats) -> Floats:
    """Colours and layouts of plans (n, 16, 16, c), (n, .)."""
    return np.stack([np.concatenate([palette_of(p), _layout(p)]) for p in plans])


def spread_of(traits: Floats) -> Floats:
    """The standard deviation of each trait, and a little more where it hardly differs."""
    spread = traits.std(0)
    return (spread + 0.2 * spread.mean() + 1e-3).astype(np.float32)


def usual_of(plans: Floats) -> Usual:
    """What is usual among plans (n, 16, 16, c)."""
    traits = traits_of(plans)
    return Usual(traits, traits.mean(0), spread_of(traits))


def _forms(plans: Floats) -> Floats:
    """The middles of plans (n, 16, 16, c) without their mean colours, (n, d)."""
    middle = plans[:, MOVED:-MOVED, MOVED:-MOVED]
    return (middle - middle.mean((1, 2), keepdims=True)).reshape(len(plans), -1)


def _form_distances(known: Floats, plans: Floats) -> Floats:
    """Of plans (m, 16, 16, c) the smallest distance to each known form (n, d), (m, n)."""
    best = np.full((len(plans), len(known)), np.inf, dtype=np.float32)
    side = PLAN - 2 * MOVED
    lengths = np.square(known).sum(1)
    for mirrored in (plans, plans[:, :, ::-1]):
        for y in range(2 * MOVED + 1):
            for x in range(2 * MOVED + 1):
                part = mirrored[:, y : y + side, x : x + side]
                form = (part - part.mean((1, 2), keepdims=True)).reshape(len(plans), -1)
                square = np.square(form).sum(1)[:, None] + lengths - 2 * form @ known.T
                np.minimum(best, square, out=best)
    return np.sqrt(np.maximum(best, 0) / known.shape[1])


def _agreement(plans: Floats) -> float:
    shared = plans.mean(0).var((0, 1)).sum()
    whole = plans.var((1, 2)).sum(-1).mean()
    alone = 1 / len(plans)  # what pictures with nothing in common would still share
    part = (shared / max(float(whole), 1e-6) - alone) / max(1e-6, 1 - alone)
    return float(np.clip(part, 0, 1))


def _spread(known: Floats) -> float:
    """The mean squared difference of two rows."""
    return max(float(2 * known.var(0).mean()), 1e-6)


def library_of(pixels: NDArray[np.uint8]) -> Library:
    """What is known at once of originals (n, h, w, c) uint8."""
    plans = np.stack([resample(p.astype(np.float32) / 255, PLAN, PLAN) for p in pixels])
    return Library(
        pixels,
        np.clip(plans, 0, 1),
        np.stack([palette_of(p.astype(np.float32) / 255) for p in pixels]),
        np.stack([_layout(p) for p in plans]),
        _grains(pixels),
    )


def _grains(pixels: NDArray[np.uint8]) -> Floats:
    """Of pictures (n, h, w, c) the power in 4 octaves and 8 directions, as standard scores (n, 32)."""
    rows = []
    turn, octave = None, None
    for picture in pixels:
        h, w = picture.shape[:2]
        scale = min(1.0, GRAIN_SIDE / max(h, w))
        small = resample(picture.astype(np.float32), round(h * scale), round(w * scale))
        grey = small[..., :3].mean(-1)
        if turn is None or octave is None:
            fy, fx = np.fft.fftfreq(grey.shape[0])[:, None], np.fft.fftfreq(grey.shape[1])[None]
            turn = (np.arctan2(fy, fx) / np.pi * 8).round().astype(int) % 8
            far = np.hypot(fy, fx) * GRAIN_SIDE
            octave = np.clip(np.floor(np.log2(np.maximum(far, 1e-6) / 2)), -1, 3).astype(int)
        power = np.square(np.abs(np.fft.fft2(grey - grey.mean())))
        bins = (octave * 8 + turn)[octave >= 0]
        rows.append(np.log(np.bincount(bins, power[octave >= 0], 32) + grey.size))
    grains = np.stack(rows)
    return ((grains - grains.mean(0)) / (grains.std(0) + 1e-3)).astype(np.float32)


def _layout(plan: Floats) -> Floats:
    step = PLAN // LAYOUT
    return plan.reshape(LAYOUT, step, LAYOUT, step, -1).mean((1, 3)).ravel()
