"""Lay one picture on another by an affine map and say where, and how well, they agree.

What counts is detail: correlation within small windows, so that light, tone and colour cast drop
out, weighted by how much detail there is, so that white paper against white paper is no likeness.
The strongest colour of one is compared with the best mix of the colours of the other, so that
recolouring, black and white and the negative drop out too.
"""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float64]  # (2, 3): pixels of one picture to pixels of another
Grid = NDArray[np.float32]  # (h, w), one value for every STEP pixels
SIDE = 128  # pixels of the longer side of the pictures laid on each other
FINE = 1.0  # pixels: both are smoothed by this, so that noise and slight blur weigh less
WINDOW = 11  # pixels a side of the places that agree or not
STEP = 4  # pixels between two places
FAINT = 3.0  # grey levels: detail weaker than this is noise
AGREED = 0.55  # correlation from which a place counts as agreeing
REACH = 6  # pixels between two points whose difference is detail
FEWEST_IN_CORE = 40  # places of a piece without its edge; a smaller piece is looked at whole
_NOISE = np.eye(3) * FAINT**2
MARGIN = 3.0  # pixels along the edge of the common part that are not looked at


def affine(linear: NDArray[np.float64], offset: NDArray[np.float64]) -> Map:
    """The map that multiplies by ``linear``, (2, 2), and adds ``offset``, (2,)."""
    m = np.empty((2, 3))
    m[:, :2], m[:, 2] = linear, offset
    return m


def scale_of(m: Map) -> float:
    """How many pixels of the target one pixel of the source becomes, along a side."""
    return float(abs(m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0])) ** 0.5


def inverse(m: Map) -> Map:
    """The map the other way."""
    return np.asarray(cv2.invertAffineTransform(m), dtype=np.float64)


def chained(first: Map, then: Map) -> Map:
    """One map that does ``first`` and ``then`` one after the other."""
    both = then[:, :2] @ first
    both[:, 2] += then[:, 2]
    return np.asarray(both, dtype=np.float64)


def resized(by: float) -> Map:
    """The map onto the same picture at ``by`` times its size; rasters count from pixel centres."""
    return np.array([[by, 0.0, (by - 1) / 2], [0.0, by, (by - 1) / 2]])


@dataclass(frozen=True, eq=False)
class Sight:
    """A small picture, ready to be laid on others.

    Args:
        pixels: (h, w, 3) uint8, the longer side ``SIDE`` at the most.
    """

    pixels: NDArray[np.uint8]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        height, width = self.pixels.shape[:2]
        return width, height

    @cached_property
    def grey(self) -> NDArray[np.float32]:
        """The picture in grey levels, (h, w)."""
        return np.asarray(cv2.cvtColor(self.pixels, cv2.COLOR_RGB2GRAY), np.float32)

    @cached_property
    def fine(self) -> NDArray[np.float32]:
        """The picture without its noise, (h, w, 3)."""
        blurred = cv2.GaussianBlur(self.pixels.astype(np.float32), (0, 0), FINE)
        return np.asarray(blurred, np.float32)

    @cached_property
    def detail(self) -> NDArray[np.float32]:
        """The picture without its noise and without its tone, (h, w, 3)."""
        return np.asarray(self.fine - cv2.blur(self.fine, (WINDOW, WINDOW)), np.float32)

    @cached_property
    def weight(self) -> Grid:
        """How much detail there is, every ``STEP`` pixels: root mean square grey levels."""
        power = _places(_summed(self.detail * self.detail))
        return np.asarray(np.sqrt(np.maximum(power - 3 * FAINT**2, 0)), np.float32)

    @cached_property
    def holds(self) -> tuple[Grid, Grid]:
        """How firmly each place holds a picture: along its edges, and across (structure tensor)."""
        grey = _summed(self.detail)
        gx = cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=1 / 8)
        gy = cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=1 / 8)
        xx, yy, xy = (_places(np.asarray(v, np.float32)) for v in (gx * gx, gy * gy, gx * gy))
        middle, spread = (xx + yy) / 2, np.sqrt(((xx - yy) / 2) ** 2 + xy * xy)
        return np.sqrt(np.maximum(middle - spread, 0)), np.sqrt(np.maximum(middle + spread, 0))

    @cached_property
    def smaller(self) -> "Sight":
        """The same at 0.7 times the size."""
        width, height = (max(8, round(n / 2**0.5)) for n in self.size)
        small = cv2.resize(self.pixels, (width, height), interpolation=cv2.INTER_AREA)
        return Sight(np.asarray(small, np.uint8))


@dataclass(frozen=True)
class Laid:
    """How well two pictures agree where one lies on the other.

    Args:
        likeness: correlation of detail over the common part, weighted by detail, 0 to 1.
        share: how much of the detail in the common part lies where they agree, 0 to 1.
        places: how many places with detail agree, counted in windows that do not overlap.
        agreed: (h, w) bool on the first picture, every ``STEP`` pixels.
        differs: (h, w) bool, places in the common part with detail that does not agree.
        alike: (h, w) float32, correlation within each window, -1 to 1.
        weight: (h, w) float32, detail in each window, 0 outside the common part.
        details: the second picture and the first on the first's raster, each of one colour and
            without its tone, (h, w) each.
        inside: (h, w), 0 or 1: where both are.
    """

    likeness: float
    share: float
    places: float
    agreed: NDArray[np.bool_]
    differs: NDArray[np.bool_]
    alike: Grid
    weight: Grid
    details: tuple[NDArray[np.float32], NDArray[np.float32]]
    inside: NDArray[np.float32]


def laid(first: Sight, second: Sight, m: Map, where: NDArray[np.float32] | None = None) -> Laid:
    """Lay the second picture on the first and compare.

    Args:
        first: the one with the coarser pixels of the common part.
        second: the other.
        m: pixels of the first to pixels of the second.
        where: (h, w) 0 or 1 on the first, where their colours are compared; all of it if left out.
    """
    a, b, inside = seen_as(first, second, m)
    colours = one_colour(a, b, inside if where is None else inside * where)
    much = np.maximum(cv2.blur(inside, (WINDOW, WINDOW)), np.float32(1e-3))
    x, y = (without_tone(v * inside, inside, much) for v in colours)
    r, w, covered = correlated(x, y, inside)
    agreed = (r > AGREED) & (w > FAINT / 2)
    total = float(w.sum()) + 1e-6
    return Laid(
        likeness=float((np.maximum(r, 0) * w).sum()) / total,
        share=float((w * agreed).sum()) / total,
        places=float(agreed.sum()) * (STEP / WINDOW) ** 2,
        agreed=agreed,
        differs=covered & (w > 2 * FAINT) & ~agreed,
        alike=r,
        weight=w,
        details=(x, y),
        inside=inside,
    )


def around(seen: Laid, where: NDArray[np.float32]) -> float:
    """Correlation of detail where ``where``, (h, w) 0 or 1 on the first picture, is 1; 0 to 1."""
    weight = seen.weight * where[::STEP, ::STEP]
    return float((np.maximum(seen.alike, 0) * weight).sum() / (weight.sum() + 1e-6))


@dataclass(frozen=True)
class Region:
    """The largest piece of the common part that agrees.

    Args:
        box: x, y, width and height in pixels of the first picture.
        likeness: correlation of detail within it, 0 to 1.
        share: how much of the detail within it lies where they agree, 0 to 1.
        places: how many places in it agree.
        agreed: (h, w) bool, those places.
        whole: (h, w) bool, all places of the piece.
    """

    box: tuple[int, int, int, int]
    likeness: float
    share: float
    places: float
    agreed: NDArray[np.bool_]
    whole: NDArray[np.bool_]


def region(seen: Laid) -> Region | None:
    """The largest piece that agrees where one picture lies on the other, or None."""
    firm = cv2.morphologyEx(seen.agreed.astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2)))
    count, labels = cv2.connectedComponents(firm, connectivity=8)
    if count < 2:
        return None
    amounts = np.bincount(labels.ravel(), (seen.weight * firm).ravel(), count)
    piece = labels == int(amounts[1:].argmax()) + 1
    y, x = np.nonzero(piece)
    hull = cv2.convexHull(np.stack([x, y], axis=1).astype(np.int32))
    left, top, wide, high = cv2.boundingRect(hull)
    box = cv2.fillConvexPoly(np.zeros(piece.shape, np.uint8), hull, (1,)) > 0
    # a window at the edge reaches across it: what lies within says how well the piece agrees
    core = cv2.erode(box.astype(np.uint8), np.ones((3, 3)), borderValue=1) > 0
    weight = seen.weight * (core if core.sum() >= FEWEST_IN_CORE else box)
    total = float(weight.sum()) + 1e-6
    agreed = seen.agreed & box
    return Region(
        (left * STEP - STEP // 2, top * STEP - STEP // 2, wide * STEP, high * STEP),
        float((np.maximum(seen.alike, 0) * weight).sum()) / total,
        float((weight * seen.agreed).sum()) / total,
        float(agreed.sum()) * (STEP / WINDOW) ** 2,
        agreed,
        box,
    )


def in_full(where: NDArray[np.bool_], sight: Sight) -> NDArray[np.float32]:
    """Places of a picture as its pixels, (h, w) 0 or 1, less what their windows reach across.

    A place at the edge of a piece agrees although half its window lies outside; what is left here
    lies inside for certain.
    """
    x, y = (np.arange(n, dtype=np.int64) + STEP // 2 for n in sight.size)
    wide = where[np.minimum(y // STEP, where.shape[0] - 1)][
        :, np.minimum(x // STEP, where.shape[1] - 1)
    ]
    inner = cv2.erode(wide.astype(np.uint8), np.ones((WINDOW // 2, WINDOW // 2)))
    return np.asarray(inner if inner.any() else wide, np.float32)


def correlated(
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    inside: NDArray[np.float32],
    faint: float = FAINT,
) -> tuple[Grid, Grid, NDArray[np.bool_]]:
    """Correlation of two pictures of one colour within each window, every ``STEP`` pixels.

    Args:
        x: (h, w), 0 outside.
        y: (h, w), 0 outside.
        inside: (h, w), 0 or 1.
        faint: grey levels; detail weaker than this is noise.

    Returns:
        the correlation -1 to 1; the detail, the stronger of the two in grey levels; and which
        windows lie inside by 0.4 at least.
    """
    much = _places(inside)
    mx, my, xx, yy, xy = (_places(v) / np.maximum(much, 0.2) for v in (x, y, x * x, y * y, x * y))
    covered = much > 0.4
    xx, yy, xy = np.maximum(xx - mx * mx, 0), np.maximum(yy - my * my, 0), xy - mx * my
    noise = np.float32(faint**2)
    r = xy / np.sqrt((xx + noise) * (yy + noise))
    w = np.sqrt(np.maximum(np.maximum(xx, yy) - noise, 0)) * covered
    return np.asarray(r, np.float32), np.asarray(w, np.float32), covered


def seen_as(
    first: Sight, second: Sight, m: Map
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """The second picture and the first on the first's raster, and where both are.

    Returns:
        (h, w, 3), (h, w, 3) and (h, w), the last 0 or 1.
    """
    second, m = reduced_for(second, m)
    return warped(second.fine, m, first.size), first.fine, inside_of(first, second, m)


def reduced_for(second: Sight, m: Map) -> tuple[Sight, Map]:
    """The second picture so much smaller that no pixel of it is passed over, and the map to that."""
    scale = scale_of(m)
    while scale > 2**0.5 and max(second.size) > 16:
        m = chained(m, resized(second.smaller.size[0] / second.size[0]))
        second, scale = second.smaller, scale_of(m)
    return second, m


def inside_of(first: Sight, second: Sight, m: Map) -> NDArray[np.float32]:
    """Which pixels of the first picture lie within the second, without its edge: (h, w), 0 or 1."""
    far = MARGIN * scale_of(m)
    right, low = second.size[0] - 1 - far, second.size[1] - 1 - far
    inside = np.zeros(first.size[::-1], np.float32)
    if far < right and far < low:
        frame = np.array([[far, far], [right, far], [right, low], [far, low]])
        back = inverse(m)
        corners = np.rint((frame @ back[:, :2].T + back[:, 2]) * 16).astype(np.int32)
        cv2.fillConvexPoly(inside, corners, (1.0,), shift=4)
    return inside


def warped(picture: NDArray[np.float32], m: Map, size: tuple[int, int]) -> NDArray[np.float32]:
    """A picture, (h, w) or (h, w, 3), on a raster of a size; ``m`` leads from that to the picture."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(picture, m, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float32)


def one_colour(
    a: NDArray[np.float32], b: NDArray[np.float32], inside: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Two pictures in the one colour that ``mixes`` finds: (h, w) each."""
    of_a, of_b = mixes(a, b, inside)
    return a @ of_a, b @ of_b


def mixes(
    a: NDArray[np.float32], b: NDArray[np.float32], inside: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The colour in which one picture has most detail, and the best mix of the other's for it.

    Args:
        a: (h, w, 3).
        b: (h, w, 3).
        inside: (h, w), 0 or 1: where they are compared.

    Returns:
        the mix of each, (3,), after which both have the same amount of detail.
    """
    every = REACH // 2
    some = np.concatenate([v[::every, ::every] for v in (a, b)], axis=2)
    there = inside[::every, ::every]
    both = there[:-2, :-2] * there[2:, 2:]  # differences over REACH pixels: no tone
    some = ((some[:-2, :-2] - some[2:, 2:]) * both[..., None]).reshape(-1, 6)
    whole = (some.T @ some).astype(np.float64) / max(float(both.sum()), 1.0) / 2
    aa, bb, ab = whole[:3, :3], whole[3:, 3:], whole[:3, 3:]
    targets, given, cross = np.stack([bb, aa]), np.stack([aa, bb]), np.stack([ab, ab.T])
    strongest = np.linalg.eigh(targets)[1][:, :, -1:]
    mix = np.linalg.solve(given + _NOISE, cross @ strongest)
    power, aim, common = (
        (v.transpose(0, 2, 1) @ m @ w).ravel()
        for v, m, w in ((mix, given, mix), (strongest, targets, strongest), (mix, cross, strongest))
    )
    better = int(np.argmax(common / np.sqrt(power * aim + 1e-6)))
    chosen = strongest[better, :, 0]
    found = mix[better, :, 0] * (aim[better] / (power[better] + 1e-6)) ** 0.5
    of_a, of_b = (found, chosen) if better == 0 else (chosen, found)
    return of_a.astype(np.float32), of_b.astype(np.float32)


def without_tone(
    picture: NDArray[np.float32],
    inside: NDArray[np.float32],
    much: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """A picture of one colour less its mean over each window, seeing nothing of what lies outside.

    Args:
        picture: (h, w), 0 outside.
        inside: (h, w), 0 or 1.
        much: (h, w), how much of each window lies inside, above 0; found if left out.
    """
    if much is None:
        much = np.maximum(cv2.blur(inside, (WINDOW, WINDOW)), np.float32(1e-3))
    tone = cv2.blur(picture, (WINDOW, WINDOW))
    return np.asarray((picture - tone / much) * inside, np.float32)


def firmness(first: Sight, agreed: NDArray[np.bool_]) -> float:
    """How far the detail that agrees holds a picture in both directions, 0 to 1.

    Straight edges alone, a frame or a ruled line, slide along themselves and hold in one only: the
    smaller against the larger eigenvalue of the structure tensor (Förstner and Gülch 1987).

    Args:
        first: the picture that the other was laid on.
        agreed: as ``laid`` gives it.
    """
    weak, strong = (v * agreed for v in first.holds)
    return float(weak.sum() / (strong.sum() + 1e-6))


def _summed(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """The sum of the colours, (h, w); ten times as fast as numpy sums the last of three axes."""
    return np.asarray(cv2.transform(picture, np.ones((1, 3), np.float32)), np.float32)


def _places(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean over each window, every ``STEP`` pixels."""
    means = cv2.blur(values, (WINDOW, WINDOW), borderType=cv2.BORDER_REFLECT)
    return np.asarray(means[::STEP, ::STEP], np.float32)
