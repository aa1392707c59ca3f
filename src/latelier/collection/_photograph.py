"""A cloth laid on a table and photographed: not quite straight, with fringe, shadow and soft light."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from latelier.collection._threads import Draft, Floats, lit, woven

OVER = 2  # each pixel is drawn as OVER x OVER, so that threads do not shimmer
FRINGE_ENDS = 3  # ground ends knotted into one strand of the fringe

TABLES: dict[str, tuple[int, int, int]] = {
    "paper": (232, 229, 222),
    "linen": (196, 188, 174),
    "stone": (122, 120, 116),
    "slate": (52, 52, 54),
}


@dataclass(frozen=True)
class View:
    """How a cloth is laid down and seen.

    Args:
        size: of the picture, in pixels a side.
        margin: of table around the cloth, as a share of ``size``; negative for a detail.
        wide: the cloth's width as a share of its height.
        fringe: its length as a share of ``size``; 0 for none.
        table: one of ``TABLES``.
    """

    size: int
    margin: float
    wide: float
    fringe: float
    table: str


def photographed(draft: Draft, view: View, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The picture of a cloth, (size, size, 3) uint8."""
    across, down = _laid(draft, view, rng)
    picks, ends = draft.brocade.shape
    inside = (across >= 0) & (across < ends) & (down >= 0) & (down < picks)
    colours, height = woven(
        draft, np.clip(across, 0, ends - 1e-3), np.clip(down, 0, picks - 1e-3), rng
    )
    cloth = lit(colours * _folds(across.shape, rng)[..., None], np.where(inside, height, 0.3))
    picture = _table(view, across.shape, rng)
    strands, strand_light = _fringe(draft, view, across, down, rng)
    covered = inside | strands
    picture *= (1 - _shadow(covered))[..., None]
    ends_of = draft.yarns[draft.warp[np.clip(2 * across, 0, 2 * ends - 1).astype(np.int32)]]
    picture = np.where(strands[..., None], ends_of * strand_light[..., None], picture)
    picture = np.where(inside[..., None], cloth, picture)
    small = picture.reshape(view.size, OVER, view.size, OVER, 3).mean(axis=(1, 3))
    return _exposed(small, rng)


def _laid(draft: Draft, view: View, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """For each drawn pixel the place on the cloth, in ends and picks (outside: beyond its range)."""
    picks, ends = draft.brocade.shape
    n = view.size * OVER
    place = (np.arange(n, dtype=np.float32) + 0.5) / n - 0.5
    y, x = place[:, None], place[None, :]
    turn = np.float32(rng.normal(0, 0.006))
    x, y = x + turn * y, y - turn * x
    free = 1 - 2 * view.margin
    tall = free - 2 * view.fringe
    u = x / (free * view.wide) + _wander(y, 0.0028, rng) + _wander(x, 0.002, rng)
    v = y / tall + _wander(x, 0.0034, rng) + _wander(y, 0.003, rng)
    return ((u + 0.5) * ends).astype(np.float32), ((v + 0.5) * picks).astype(np.float32)


def _wander(place: Floats, size: float, rng: np.random.Generator) -> Floats:
    """A slow wave along one direction: cloth is never quite straight."""
    out = np.zeros_like(place)
    for cycles in (0.7, 1.6, 3.1):
        angle = 2 * np.pi * (cycles * place + rng.random())
        out += np.float32(rng.normal(0, size / cycles)) * np.sin(angle)
    return out


def _smooth(shape: tuple[int, ...], cells: int, rng: np.random.Generator) -> Floats:
    """A soft field of mean 0 and deviation about 1, with ``cells`` hills a side."""
    coarse = Image.fromarray(rng.normal(0, 1, (cells + 2, cells + 2)).astype(np.float32))
    soft = coarse.resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    return np.asarray(soft, dtype=np.float32)


def _folds(shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Uneven fading, and where the cloth was folded once."""
    return 1 + 0.022 * _smooth(shape, 4, rng)


def _table(view: View, shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    tone = np.array(TABLES[view.table], dtype=np.float32) / 255
    field = 1 + 0.012 * _smooth(shape, 3, rng)
    return (tone * field[..., None]).astype(np.float32)


def _fringe(
    draft: Draft, view: View, across: Floats, down: Floats, rng: np.random.Generator
) -> tuple[NDArray[np.bool_], Floats]:
    """Where the loose warp ends lie above and below the cloth, and the light on them."""
    picks, ends = draft.brocade.shape
    if view.fringe <= 0:
        return np.zeros(across.shape, dtype=bool), np.ones(across.shape, dtype=np.float32)
    length = view.fringe / (1 - 2 * view.margin - 2 * view.fringe) * picks
    out = np.maximum(-down, down - picks) / length  # 0 at the cloth, 1 at the tips
    count = int(2 * ends / FRINGE_ENDS)
    lean = rng.normal(0, 0.35, (2, count + 1)).astype(np.float32)
    reach = rng.normal(0.9, 0.07, (2, count + 1)).astype(np.float32)
    side = (down > 0).astype(np.int32)
    strand = across * 2 / FRINGE_ENDS
    near = np.clip(strand, 0, count).astype(np.int32)
    bent = strand + lean[side, near] * np.clip(out, 0, 1) ** 2
    which = np.clip(bent, 0, count).astype(np.int32)
    middle = np.abs(bent - which - 0.5)
    thick = 0.40 - 0.10 * np.clip(out, 0, 1)
    on = (out > 0) & (out < reach[side, which]) & (middle < thick)
    on &= (across >= 0) & (across < ends)
    light = 0.98 - 0.9 * middle + 0.10 * np.sin(38 * out + 3 * which)
    return on, light.astype(np.float32)


def _shadow(covered: NDArray[np.bool_]) -> Floats:
    """How much light the cloth takes from the table below and to the right of it, 0 to 1."""
    small = covered[::4, ::4].astype(np.float32)
    soft = gaussian_filter(np.roll(small, (2, 1), (0, 1)), 1.6)
    return (0.42 * soft).repeat(4, axis=0).repeat(4, axis=1)


def _exposed(picture: Floats, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A slight fall of light across the picture, exposure, the grain of the camera."""
    n = picture.shape[0]
    place = np.linspace(-0.5, 0.5, n, dtype=np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    fall = 1 + 0.05 * (np.cos(angle) * place[None, :] + np.sin(angle) * place[:, None])
    exposure = rng.normal(1.03, 0.02)
    warm = (1 + np.array([0.005, 0, -0.008]) * rng.normal(0, 1)).astype(np.float32)
    grain = rng.standard_normal((n, n, 1), dtype=np.float32) * np.float32(0.005)
    bright = picture * (fall * np.float32(exposure))[..., None].astype(np.float32) * warm + grain
    return np.clip(bright * 255 + 0.5, 0, 255).astype(np.uint8)
