"""Cloth from a draft: every thread with its own colour, roundness, over and under, and light on it.

A draft says for each crossing of pick and end whether a supplementary weft floats over it (brocade),
and in which yarn; where none does, the ground cloth shows, twice as fine, in its own weave. The
light falls from the upper left on a height that each thread has: round across, dipping where it
goes under another (after the yarn models of weaving manuals; no source is followed to the letter).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
TIE = 7  # ends: a longer float is tied down, or it would snag
LIGHT = (0.55, 0.75)  # towards the right and downwards: how much a slope turns from the light


@dataclass(frozen=True)
class Draft:
    """What a weaver sets up.

    Args:
        brocade: (picks, ends) uint8, index into ``yarns``, 0 where no supplementary weft lies.
        warp: (2 * ends,) uint8, yarn of each ground end.
        weft: (2 * picks,) uint8, yarn of each ground pick.
        yarns: (n, 3) float32, 0 to 1, sRGB; row 0 is not used.
        weave: one of ``WEAVES``.
    """

    brocade: NDArray[np.uint8]
    warp: NDArray[np.uint8]
    weft: NDArray[np.uint8]
    yarns: Floats
    weave: str


def _weave(over: str) -> NDArray[np.bool_]:
    rows = over.split()
    return np.array([[c == "|" for c in row] for row in rows])


WEAVES: dict[str, NDArray[np.bool_]] = {  # | where the warp lies on top, - where the weft does
    "plain": _weave("|- -|"),
    "twill": _weave("||-- -||- --|| |--|"),
    "herringbone": _weave("||---||- -||-||-- --|||--| |--|--||"),
    "basket": _weave("||-- ||-- --|| --||"),
    "rep": _weave("|--- --|-"),
}


def tie_down(brocade: NDArray[np.uint8]) -> tuple[Floats, Floats]:
    """Where each float begins and ends, tie-downs counted.

    Args:
        brocade: (picks, ends) uint8.

    Returns:
        two (picks, ends) arrays: threads from the float's start to this one, and from it to the end.
    """
    picks, ends = brocade.shape
    column = np.arange(ends)
    begins = np.ones((picks, ends), dtype=bool)
    begins[:, 1:] = brocade[:, 1:] != brocade[:, :-1]
    start = np.maximum.accumulate(np.where(begins, column, 0), axis=1)
    tied = (column + 3 * np.arange(picks)[:, None]) % TIE == 0  # staggered: no ridge forms
    begins |= tied & (column - start >= 2)
    start = np.maximum.accumulate(np.where(begins, column, 0), axis=1)
    closes = np.ones((picks, ends), dtype=bool)
    closes[:, :-1] = begins[:, 1:]
    last = np.where(closes, column, ends)[:, ::-1]
    end = np.minimum.accumulate(last, axis=1)[:, ::-1]
    return (column - start).astype(np.float32), (end - column).astype(np.float32)


def woven(
    draft: Draft, across: Floats, down: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """The cloth seen at given places.

    Args:
        draft: what is woven.
        across: (h, w) place of each pixel in ends, within 0 and the draft's ends.
        down: (h, w) the same in picks.
        rng: for the unevenness of yarn and dye.

    Returns:
        colours (h, w, 3), 0 to 1, without light; heights (h, w), about 0 to 1.
    """
    picks, ends = draft.brocade.shape
    shift = _normal(rng, 0, 0.10, picks)  # picks are not beaten quite alike
    i = np.clip(down, 0, picks - 1e-3).astype(np.int32)
    u = np.clip(across + shift[i], 0, ends - 1e-3)
    j = u.astype(np.int32)
    cell = i * ends + j
    inlay = draft.brocade.ravel()[cell]
    ground, ground_height, ground_tone = _ground(draft, across, down, rng)
    from_start, to_end = tie_down(draft.brocade)
    fx, fy = u - j, down - i
    edge = np.minimum(from_start.ravel()[cell] + fx, to_end.ravel()[cell] + 1 - fx)
    dip = np.exp(-2.6 * edge)
    thickness = _normal(rng, 1, 0.05, picks)[i]
    bulge = (4 * fy * (1 - fy)) ** 0.6
    height = np.where(inlay > 0, 0.46 + 0.60 * bulge * thickness * (1 - 0.75 * dip), ground_height)
    tone = _dye_lots(draft, rng).ravel()[inlay.astype(np.int32) * picks + i]
    colours = draft.yarns[np.where(inlay > 0, inlay, ground)]
    return colours * np.where(inlay > 0, tone, ground_tone)[..., None], height


def _ground(
    draft: Draft, across: Floats, down: Floats, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], Floats, Floats]:
    """Yarn, height and tone of the ground cloth, twice as fine as the brocade."""
    n_weft, n_warp = len(draft.weft), len(draft.warp)
    y, x = np.clip(2 * down, 0, n_weft - 1e-3), np.clip(2 * across, 0, n_warp - 1e-3)
    i, j = y.astype(np.int32), x.astype(np.int32)
    fy, fx = y - i, x - j
    weave = WEAVES[draft.weave]
    rows, columns = weave.shape
    tiled = np.tile(weave, (-(-n_weft // rows), -(-n_warp // columns)))[:n_weft, :n_warp]
    warp_up = tiled.ravel()[i * n_warp + j]
    round_warp = 4 * fx * (1 - fx)
    round_weft = 4 * fy * (1 - fy)
    height = 0.24 + 0.30 * np.where(
        warp_up, round_warp * (0.55 + 0.45 * round_weft), round_weft * (0.55 + 0.45 * round_warp)
    )
    yarn = np.where(warp_up, draft.warp[j], draft.weft[i])
    warp_tone = _normal(rng, 1, 0.030, n_warp)
    weft_tone = _normal(rng, 1, 0.030, n_weft)
    return yarn, height, np.where(warp_up, warp_tone[j], weft_tone[i])


def _normal(rng: np.random.Generator, mean: float, deviation: float, n: int) -> Floats:
    return (mean + deviation * rng.standard_normal(n)).astype(np.float32)


def _dye_lots(draft: Draft, rng: np.random.Generator) -> Floats:
    """A tone for each yarn and pick, (yarns, picks): bobbins of other baths, and small unevenness."""
    picks, n = draft.brocade.shape[0], len(draft.yarns)
    tone = rng.normal(1, 0.028, (n, picks))
    for yarn in range(n):
        changes = np.sort(rng.integers(0, picks, 3))
        for first in changes:
            tone[yarn, first:] *= rng.normal(1, 0.035)
    return tone.astype(np.float32)


def lit(colours: Floats, height: Floats) -> Floats:
    """Light from the upper left on coloured threads.

    Args:
        colours: (h, w, 3), 0 to 1.
        height: (h, w), about 0 to 1.

    Returns:
        (h, w, 3), 0 to 1.
    """
    slope = np.zeros_like(height)
    slope[:, 1:] += LIGHT[0] * (height[:, 1:] - height[:, :-1])
    slope[1:] += LIGHT[1] * (height[1:] - height[:-1])
    shade = (0.75 + 0.31 * np.minimum(height, 1.1) + 0.42 * slope).astype(np.float32)
    sheen = np.maximum(slope - 0.12, 0) * 0.25
    return np.clip(colours * shade[..., None] + sheen[..., None], 0, 1).astype(np.float32)
