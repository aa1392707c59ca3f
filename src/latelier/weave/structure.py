"""What holds a picture together: mirror axes, repeats, and the paper that it lies on.

Mirrors and repeats are looked for in the luminance without its slow part, so that light falling
across a cloth is not taken for its drawing: correlation with the reflected picture, and peaks of the
normalised autocorrelation (Wiener and Khinchin by FFT).
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from latelier.weave.fold import Floats, Fold, resample
from latelier.weave.lattice import FALLS, Lattice, lattice_of

SIDE = 64  # pixels of the longer side at which structure is looked for
MISSES = 0.047  # of a side, by which an axis may miss the middle
PAPER = 0.06  # how far paper may differ from itself, of the whole range
LIES = 0.08  # of a picture that must be paper for it to show a thing lying on paper
FULL = 0.97  # of a side that a thing on paper may reach when it is stretched
ORDERS = ("auto", "free", "mirror", "repeat", "half-drop")
OUTLINE = 0.5  # how much it counts beside colours whether a place is paper
BOTH = 0.55  # correlation of top and bottom from which both are mirrored, where left and right are
REPEATS = 0.3  # correlation from which a repeat is believed
ROOM = (
    0.06  # of the picture that what is woven of a cell should cover, for three originals to share
)
PERIODS = (0.094, 0.438)  # of a side that a repeat along it may have


@dataclass(frozen=True)
class Structure:
    """What was found in one picture; scores are correlations, 1 is perfect.

    Args:
        mirror_x: of the left half with the right half.
        mirror_y: of the upper half with the lower half.
        period_y, period_x: the repeat down and across, as shares of the sides; 0 where none.
        repeat_y, repeat_x: how well the picture repeats by them.
        paper: the share of the picture that is paper around an object.
        lattice: by which it repeats both ways at once, rows perhaps moved against each other.
    """

    mirror_x: float
    mirror_y: float
    period_y: float
    period_x: float
    repeat_y: float
    repeat_x: float
    paper: float
    lattice: Lattice


def structure_of(picture: Floats) -> Structure:
    """The structure of a picture (h, w, c) in [0, 1]."""
    h, w = picture.shape[:2]
    scale = min(1.0, SIDE / max(h, w))
    small = resample(picture, max(8, round(h * scale)), max(8, round(w * scale)))
    paper = paper_of(small)
    luminance = small[..., :3].mean(-1)
    inner = ~ndimage.binary_dilation(paper, iterations=2)  # an outline is no drawing
    reach = max(luminance.shape) / 10
    slow = ndimage.gaussian_filter(luminance * inner, reach, mode="nearest")
    known = ndimage.gaussian_filter(inner.astype(np.float32), reach, mode="nearest")
    drawn = np.where(inner, luminance - slow / np.maximum(known, 1e-3), 0)
    (py, ry), (px, rx) = _repeat(drawn, 0), _repeat(drawn, 1)
    mirrors = _mirror(drawn, inner, 1), _mirror(drawn, inner, 0)
    lattice = lattice_of(drawn) if paper.mean() <= LIES else Lattice()
    return Structure(*mirrors, py, px, ry, rx, float(paper.mean()), lattice)


def paper_of(picture: Floats) -> np.ndarray:
    """Where a picture (h, w, c) is paper: one colour that runs along three of its sides or more."""
    sides = [picture[0], picture[-1], picture[:, 0], picture[:, -1]]
    colour = np.median(np.concatenate(sides), axis=0)
    if sum((np.abs(side - colour).max(1) < PAPER).mean() > 0.8 for side in sides) < 3:
        return np.zeros(picture.shape[:2], dtype=bool)
    labels, count = ndimage.label(np.abs(picture - colour).max(-1) < PAPER)
    edge = np.zeros(count + 1, dtype=bool)
    for line in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        edge[line] = True
    edge[0] = False
    paper = edge[labels]
    return paper if paper.mean() < 0.95 else np.zeros_like(paper)


def laid_bare(picture: Floats) -> tuple[Floats, np.ndarray]:
    """The paper of a picture (h, w, c) without what lies on it, going on under it; and where it shows."""
    paper = paper_of(picture)
    sure = ndimage.binary_erosion(paper, iterations=2, border_value=1).astype(np.float32)
    if not sure.any():
        return picture, paper
    reach = max(picture.shape[:2]) / 24
    known = ndimage.gaussian_filter(sure, reach)
    seen = ndimage.gaussian_filter(picture * sure[..., None], (reach, reach, 0))
    far = known < 1e-3
    mean = (picture * sure[..., None]).sum((0, 1)) / sure.sum()
    return np.where(far[..., None], mean, seen / np.maximum(known, 1e-3)[..., None]), paper


def stretched(picture: Floats, wider: float, taller: float) -> tuple[Floats, float, float]:
    """A thing that lies on paper (h, w, c), wider and taller about its middle, and how far it is.

    What would reach the border is stretched less; the paper goes on as at the border.
    """
    h, w = picture.shape[:2]
    rows, columns = (np.nonzero((~paper_of(picture)).any(axis))[0] for axis in (1, 0))
    if not len(rows):
        return picture, 1.0, 1.0
    reach_y = 2 * max(h / 2 - rows[0], rows[-1] + 1 - h / 2) / h
    reach_x = 2 * max(w / 2 - columns[0], columns[-1] + 1 - w / 2) / w
    taller, wider = min(taller, max(1.0, FULL / reach_y)), min(wider, max(1.0, FULL / reach_x))
    inner_y, inner_x = h / taller, w / wider
    rim = max(2, round(max(h, w) * 0.5))
    padded = np.pad(picture, ((rim, rim), (rim, rim), (0, 0)), mode="edge")
    top, left = rim + (h - inner_y) / 2, rim + (w - inner_x) / 2
    box = (left, top, left + inner_x, top + inner_y)
    return np.clip(resample(padded, h, w, box), 0, 1), wider, taller


def _mirror(drawn: Floats, inner: np.ndarray, axis: int) -> float:
    """The best correlation of a picture with its reflection about an axis near the middle."""
    n, best = drawn.shape[axis], -1.0
    most = round(2 * MISSES * n)
    for shift in range(-most, most + 1):
        part = slice(max(0, shift), min(n, n + shift))
        a, m = (drawn[part], inner[part]) if axis == 0 else (drawn[:, part], inner[:, part])
        both = m & np.flip(m, axis)
        if both.sum() < drawn.size / 16:
            continue
        best = max(best, _correlation(a[both], np.flip(a, axis)[both]))
    return best


def _correlation(a: Floats, b: Floats) -> float:
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size > 1e-6 * a.size else 0.0


def _repeat(drawn: Floats, axis: int) -> tuple[float, float]:
    """The period along an axis as a share of the side, and its correlation; 0, 0 where none."""
    n = drawn.shape[axis]
    periods = range(max(3, round(PERIODS[0] * n)), round(PERIODS[1] * n) + 1)
    scores = []
    for p in periods:
        a = drawn[p:] if axis == 0 else drawn[:, p:]
        b = drawn[:-p] if axis == 0 else drawn[:, :-p]
        scores.append(_correlation(a, b))
    peaks = [
        (s, p)
        for k, (s, p) in enumerate(zip(scores, periods, strict=True))
        if 0 < k < len(scores) - 1
        and s > 0
        and scores[k - 1] <= s >= scores[k + 1]
        and min(scores[:k]) < FALLS * s
    ]
    if not peaks:
        return 0.0, 0.0
    best = max(peaks)
    first = min((p, s) for s, p in peaks if s > 0.9 * best[0])  # the shortest of the good ones
    return first[0] / n, first[1]


def suited_fold(found: Structure, height: int, width: int, order: str = "auto") -> tuple[Fold, str]:
    """A fold that keeps what was found in a picture, or gives it an order; and what that is in words.

    Args:
        found: in the picture that the new one is laid out after.
        height, width: of the picture, in pixels.
        order: one of ``ORDERS``; all but ``auto`` are imposed, whatever was found.
    """
    lies = found.paper > LIES
    mirrored = found.mirror_x > (0.35 if lies else 0.5)
    if order == "auto":
        return _as_found(found, height, width, mirrored, lies)
    if order == "mirror":
        return _halves(height, width, found.mirror_y > BOTH, imposed=not mirrored)
    if order == "free":
        return _freely(height, width, lies)
    drop = order == "half-drop"  # what is asked for is to be printed by the metre, so it must tile
    tall = _dividing(_cell(found.period_y, found.repeat_y, height), height, even=drop)
    wide = _dividing(_cell(found.period_x, found.repeat_x, width), width)
    how = "in half-drop" if drop else "straight"
    words = f"repeats {how}, {width / wide:.2g} across and {height / tall:.2g} down"
    return Fold(tall, wide, "wrap", "wrap", wide // 2 if drop else 0), words


def _as_found(
    found: Structure, height: int, width: int, mirrored: bool, lies: bool
) -> tuple[Fold, str]:
    """A lattice first, then mirror halves or bands, or both of these; else free."""
    if found.lattice.score > 0:
        both = mirrored and found.mirror_y > BOTH and not found.lattice.drop
        return _latticed(found.lattice, height, width, both)
    tall, rows = _along(found.period_y, found.repeat_y, height)
    wide, columns = _along(found.period_x, found.repeat_x, width)
    banded = not lies and "wrap" in (rows, columns)
    if mirrored and not banded:
        return _halves(height, width, found.mirror_y > BOTH, imposed=False)
    if not banded:
        return _freely(height, width, lies)
    if not mirrored:
        return Fold(tall, wide, rows, columns), _one_way(height / tall, width / wide)
    columns = "half" if columns == "free" else "mirror"
    wide = _halved(wide, width)
    told = _one_way(height / tall, width / wide / 2)
    return Fold(tall, wide, rows, columns), "left and right are mirror images, " + told


def _freely(height: int, width: int, lies: bool) -> tuple[Fold, str]:
    """No order but the outline of what lies on paper."""
    return Fold(height, width), "laid out freely" + (" on its paper" if lies else "")


def _latticed(lattice: Lattice, height: int, width: int, mirrored: bool) -> tuple[Fold, str]:
    """Repeats by a lattice, or by a few of its cells; the quarters of each mirror images if so."""
    parts = 4 if mirrored else 1
    down = across = 1
    while down * lattice.down * across * lattice.across < parts * ROOM:
        if down * lattice.down < across * lattice.across:
            down += 1
        else:
            across += 1
    tall = max(4, round(down * lattice.down * height))
    wide = max(4, round(across * lattice.across * width))
    counts = f"{width / wide:.2g} across and {height / tall:.2g} down"
    drop = round(down * lattice.drop * width) % wide
    part = drop / wide
    how = f"each row moved by {part:.2g} of a repeat" if drop else "straight"
    how = "in half-drop" if 0.45 < part < 0.55 else how
    words = f"repeats {how}, {counts}, "
    words += "mirrored left and right, top and bottom, " if mirrored else ""
    words += "" if down == across == 1 else f"by {across} x {down} of the repeats that were found, "
    words += "as in the picture it is laid out after"
    if mirrored:
        return Fold(_halved(tall, height), _halved(wide, width), "mirror", "mirror"), words
    return Fold(tall, wide, "wrap", "wrap", drop), words


def _along(period: float, score: float, side: int) -> tuple[int, str]:
    """Pixels of a domain along an axis, and its way: by the repeat found along it, else free."""
    return (_cell(period, score, side), "wrap") if score >= REPEATS else (side, "free")


def _one_way(down: float, across: float) -> str:
    """What repeats at most one way, in words."""
    said = [f"{n:.2g} {way}" for n, way in ((across, "across"), (down, "down")) if n > 1]
    return f"repeats {' and '.join(said)}, as the picture does that it is laid out after"


def _halves(height: int, width: int, both: bool, imposed: bool) -> tuple[Fold, str]:
    """Mirror halves, left and right, and top and bottom if ``both``."""
    rows = "half" if both else "free"
    fold = Fold(-(-height // 2) if both else height, -(-width // 2), rows, "half")
    words = f"left and right {'and top and bottom ' if both else ''}are mirror images"
    return fold, words + ("" if imposed else ", as in the picture it is laid out after")


def _halved(cell: int, side: int) -> int:
    """Half of about ``cell`` pixels, so that a mirror axis falls on the middle, where one was found."""
    return -(-side // (2 * max(1, round(side / cell))))


def _cell(period: float, score: float, side: int) -> int:
    """Pixels of a domain along an axis: half the side, or of the whole periods nearest to that.

    Smaller ones left no room for three originals at 64 px.
    """
    wanted = 0.5
    if score >= REPEATS and 0 < period < 2 * wanted:
        wanted = period * max(1, round(wanted / period))
    return max(4, round(side * wanted))


def _dividing(cell: int, side: int, even: bool = False) -> int:
    """The divisor of a side nearest to a cell; with ``even`` an even number of times if there is one."""
    fits = [c for c in range(min(4, side), side + 1) if side % c == 0]
    often = [c for c in fits if not even or (side // c) % 2 == 0] or fits
    return min(often, key=lambda c: abs(c - cell))
