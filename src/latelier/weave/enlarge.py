"""A small picture woven large: its composition and colours, with the detail of a collection's patches.

The small picture is the plan, followed closely by many small pieces; what is coarser than they are
is then taken from the plan itself, as a low band of a Laplacian pyramid (Burt and Adelson, "A
Multiresolution Spline with Application to Image Mosaics", 1983).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from latelier.weave.fold import Floats, Fold, Ints, resample
from latelier.weave.palette import in_palette, palette_of
from latelier.weave.pieces import Wishes
from latelier.weave.structure import OUTLINE, laid_bare, paper_of, structure_of
from latelier.weave.weaving import Bounds, Threads, Woven, weave

ACROSS = 12  # pieces along the longer side; with fewer, small pictures are not known again
CLOSELY = 4.0  # how much following the plan weighs beside whole seams
FOLLOWED = 24  # pixels of the longer side up to which colours are those of the small picture
KEPT = 0.7  # how far they are; at 1 the weave is washed out by what is blurred in the plan
DYED = 0.8  # how far threads take the palette of the small picture
MIRRORED = 0.8  # correlation of halves from which they are kept mirror images
LAYOUT = 8  # pixels a side at which layouts are compared
CHANCE = 64


@dataclass(frozen=True)
class Shelf:
    """What a collection's pictures are known by.

    Args:
        palettes: (n, 96), see `palette_of`.
        layouts: (n, 8 * 8 * c) where their colours are.
    """

    palettes: Floats
    layouts: Floats

    def nearest(self, picture: Floats, count: int) -> Ints:
        """The rows of those nearest to a picture (h, w, c) in [0, 1], in colours and layout."""
        far = np.zeros(len(self.palettes), dtype=np.float32)
        for known, wanted in (
            (self.palettes, palette_of(picture)),
            (self.layouts, _layout(picture)),
        ):
            spread = max(float(2 * known.var(0).mean()), 1e-6)
            far += np.square(known - wanted).mean(1) / spread
        return np.argsort(far, kind="stable")[:count]


def shelf_of(thumbs: Sequence[Floats]) -> Shelf:
    """What pictures are known by, from small ones, (h, w, 3) in [0, 1] each."""
    palettes = [palette_of(thumb) for thumb in thumbs]
    layouts = [_layout(thumb) for thumb in thumbs]
    empty = np.zeros((0, 0), dtype=np.float32)
    return Shelf(np.stack(palettes), np.stack(layouts)) if palettes else Shelf(empty, empty)


def _layout(picture: Floats) -> Floats:
    return resample(picture, LAYOUT, LAYOUT).ravel()


def enlarged(picture: Floats, originals: Floats, bounds: Bounds, rng: np.random.Generator) -> Woven:
    """A small picture (h, w, c) in [0, 1] woven at the size of ``originals``.

    Args:
        picture: of the shape of the originals, or nearly.
        originals: (p, height, width, c) in [0, 1], what to weave from, the nearest first.
        bounds: what may be borrowed.
        rng: of what is left to chance.
    """
    height, width = originals.shape[1:3]
    fold = _kept_fold(picture, height, width)
    dyed = np.stack([in_palette(o, picture, DYED) for o in originals])
    guides = np.stack([paper_of(o) for o in originals])[..., None] * np.float32(OUTLINE)
    ground, paper = laid_bare(picture)
    plan = np.dstack([picture, OUTLINE * paper]).astype(np.float32)
    chance = rng.standard_normal(CHANCE).astype(np.float32)
    wishes = Wishes(plan, CLOSELY, 0.0, bounds.share, chance, most=ACROSS**-2.0)
    threads = Threads(dyed, guides)
    bare = np.zeros((height, width), dtype=np.float32)
    if paper.any():
        wide = resample(paper[..., None].astype(np.float32), height, width)
        bare = fold.unfold(fold.folded(wide)[..., 0] > 0.5, height, width).astype(np.float32)
        bare = ndimage.uniform_filter(bare, 3)
        under = fold.unfold(fold.folded(resample(ground, height, width)), height, width)
        threads = Threads(dyed, guides, under, bare)
    woven = weave(threads, fold, wishes, bounds)
    return replace(woven, picture=_toned(woven.picture, picture, fold, bare))


def _toned(woven: Floats, picture: Floats, fold: Fold, bare: Floats) -> Floats:
    """The woven picture with the low band of the small one, save where there is paper."""
    height, width = woven.shape[:2]
    scale = FOLLOWED / max(height, width)
    low = max(2, round(height * scale)), max(2, round(width * scale))
    wanted = resample(picture, min(low[0], picture.shape[0]), min(low[1], picture.shape[1]))
    off = resample(wanted, height, width) - resample(resample(woven, *low), height, width)
    off = fold.unfold(fold.folded(off), height, width)
    return np.clip(woven + KEPT * off * (1 - bare)[..., None], 0, 1).astype(np.float32)


def _kept_fold(picture: Floats, height: int, width: int) -> Fold:
    """Halves that are mirror images in the small picture are so to the pixel in the large one."""
    found = structure_of(picture)
    if found.mirror_x <= MIRRORED:
        return Fold(height, width)
    both = found.mirror_y > MIRRORED
    half = "half" if both else "free"
    return Fold(-(-height // 2) if both else height, -(-width // 2), half, "half")
