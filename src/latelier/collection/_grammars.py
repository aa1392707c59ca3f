"""Compositions: how bands, fields, borders and figures stand together on a cloth.

Each grammar sets up a whole cloth on a loom. What is drawn is generic geometry and birds and plants
of our own; no people's own designs are taken.
"""

from collections.abc import Callable, Sequence

import numpy as np

from latelier.collection._dyes import colour
from latelier.collection._loom import Loom, row_of
from latelier.collection._motifs import BIRDS, FLOWERS, MOTIFS, PLANTS
from latelier.collection._patterns import MIDDLING, NARROW, WIDE, Pattern, Roles, fold, fret, plain

LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)  # Rec. 709
Band = tuple[Pattern, int]
Grammar = Callable[[Loom], None]


def _one(loom: Loom, of: Sequence[Band]) -> Band:
    return of[int(loom.rng.integers(len(of)))]


def _name(loom: Loom, of: Sequence[str]) -> str:
    return of[int(loom.rng.integers(len(of)))]


def bands(loom: Loom) -> None:
    """Bands of many heights, the same above and below the middle, a hem at both ends."""
    a, b = loom.trio(), loom.trio()
    heart = _one(loom, WIDE)
    y = loom.picks // 2 - heart[1] // 2
    if loom.rng.random() < 0.45:
        loom.ground_stripe(y - 1, heart[1] + 2, loom.pick(loom.palette.lead, [a[0]]))
    loom.band(heart[0], y, heart[1], a)
    airy = int(loom.rng.integers(1, 4))
    kinds = (NARROW, MIDDLING, NARROW, WIDE, NARROW, MIDDLING)
    k = int(loom.rng.integers(0, 3))
    while y > 4:
        pattern, h = _one(loom, kinds[k % len(kinds)])
        h, pattern = (h, pattern) if h + airy < y - 1 else (2, plain)
        y -= h + airy
        roles = pattern(np.arange(h)[:, None], loom.s, h)
        yarns = a if k % 2 else b
        loom.lay(roles, y, 0, yarns)
        loom.lay(roles[::-1], loom.picks - y - h, 0, yarns)
        k += 1


def lattice(loom: Loom) -> None:
    """A net of diamonds over the whole cloth, something small in every mesh."""
    lead, second, spark = loom.trio()
    half = int(loom.rng.choice([8, 10, 12, 14]))
    y, x = loom.t - loom.picks // 2, loom.s
    far = np.abs(fold(x, 2 * half) + fold(y, 2 * half) - half)
    net = loom.rng.choice(["line", "double", "beads", "wide"])
    roles = np.zeros((loom.picks, loom.ends), dtype=np.uint8)
    if net == "wide":
        roles[far <= 1] = 1
    elif net == "double":
        roles[far == 2] = 1
        roles[far == 0] = 2
    elif net == "beads":
        roles[(far == 0) & (np.mod(x + loom.picks, 2) == 0)] = 1
        roles[far == 3] = 1
    else:
        roles[far == 0] = 1
    loom.lay(roles, 0, 0, (lead, second, spark))
    first, other = (_mesh(loom, half) for _ in range(2))
    turns = [(lead, second, spark), (second, lead, spark), (spark, lead, second)]
    by = loom.rng.choice(["same", "rows", "rings"])
    reach_y, reach_x = loom.picks // 2 // half + 2, loom.ends // 2 // half + 2
    for i in range(-reach_y, reach_y + 1):
        for k in range(-reach_x, reach_x + 1):
            if (i + k) % 2:
                continue
            turn = {"same": 0, "rows": abs(i), "rings": max(abs(i), abs(k))}[str(by)] % 3
            figure = first if i % 2 == 0 else other
            loom.middle(figure, loom.picks // 2 + i * half, k * half, turns[turn])


def _mesh(loom: Loom, half: int) -> Roles:
    """A small figure that fits into a mesh: ring in ring, a star, a cross or a flower."""
    r = half - 4
    y, x = np.mgrid[-r : r + 1, -r : r + 1]
    far, box = np.abs(x) + np.abs(y), np.maximum(np.abs(x), np.abs(y))
    kind = loom.rng.choice(["rings", "spot", "star", "cross", "flower"])
    out = np.zeros(far.shape, dtype=np.uint8)
    if kind == "flower" and half >= 12:
        return MOTIFS["daisy"]
    if kind == "rings":
        out[(far <= r) & (far % 4 < 2)] = 1
        out[far <= 1] = 3
    elif kind == "star":
        low = np.minimum(np.abs(x), np.abs(y))
        k = max(1, r // 2)
        out[(low <= k) & (box - low <= k) & (low != box) & (low > 0)] = 1
        out[(far <= r) & (low == 0)] = 2
    elif kind == "cross":
        out[(far <= r) & ((np.abs(x) <= 1) | (np.abs(y) <= 1))] = 1
        out[box <= 1] = 3
    else:
        out[far <= max(2, r // 2)] = 2
        out[far <= max(1, r // 4)] = 3
    return out


def frets(loom: Loom) -> None:
    """Rows of stepped frets, large and small, between quiet stripes."""
    a, b = loom.trio(), loom.trio()
    y = int(loom.rng.integers(1, 5))
    big = bool(loom.rng.random() < 0.6)
    turn = 0
    while y < loom.picks - 4:
        h = 16 if big else 8
        roles = fret(np.arange(h)[:, None], loom.s, h)
        loom.lay(roles[::-1] if turn % 2 else roles, y, 0, a if turn % 4 < 2 else b)
        y += h + 1
        for _ in range(int(loom.rng.integers(1, 3))):
            pattern, n = _one(loom, NARROW if loom.rng.random() < 0.7 else MIDDLING)
            loom.band(pattern, y + 1, n, b if turn % 2 else a)
            y += n + 1
        y += 2
        big = not big if loom.rng.random() < 0.5 else big
        turn += 1


def creatures(loom: Loom) -> None:
    """Rows of birds and small animals on a quiet ground, a line between them."""
    names = list(loom.rng.permutation([*BIRDS, "hare", "butterfly", "sprig", "cactus", "thistle"]))
    kinds = [MOTIFS[n] for n in names[: int(loom.rng.integers(1, 4))]]
    yarns = [loom.trio() for _ in range(int(loom.rng.integers(1, 4)))]
    line, line_h = _one(loom, (*NARROW, *NARROW, (plain, 1), MIDDLING[0], MIDDLING[7]))
    lines = yarns[0] if loom.rng.random() < 0.5 else yarns[-1]
    _warp_stripes(loom)
    rows: list[Roles] = []
    free = loom.picks - 2 - line_h
    while (h := kinds[len(rows) % len(kinds)].shape[0] + line_h + 4) <= free:
        rows.append(kinds[len(rows) % len(kinds)])
        free -= h
    y = 1.0
    for row, figure in enumerate(rows):
        air = 2 + free / len(rows) / 2
        loom.band(line, round(y), line_h, lines)
        turn = row % len(yarns)
        gap = 1 + 3 * (row % 2)
        row_of(loom, figure, round(y + line_h + air), gap, yarns[turn:] + yarns[:turn])
        y += line_h + 2 * air + figure.shape[0]
    loom.lay(line(np.arange(line_h)[:, None], loom.s, line_h)[::-1], round(y), 0, lines)


def _warp_stripes(loom: Loom) -> None:
    """Some ends of the ground in a neighbouring yarn, the same on both sides of the middle."""
    if loom.rng.random() < 0.5:
        return
    other = loom.pick(loom.palette.ground, [loom.ground])
    if other == loom.ground:
        other = loom.pick(("flax", "coyuchi", "slate"), [loom.ground])
    period, width = int(loom.rng.choice([12, 18, 26])), int(loom.rng.integers(2, 7))
    far = np.abs(np.arange(2 * loom.ends) - loom.ends)
    loom.warp[far % period < width] = other


def medallion(loom: Loom) -> None:
    """A great stepped diamond in a field, quarters of it in the corners, a border round all."""
    a, b = loom.trio(), loom.trio()
    wide = _border(loom, a, b)
    y, x = np.abs(loom.t - loom.picks // 2), np.abs(loom.s)
    step = int(loom.rng.choice([1, 2, 3, 4]))
    half_h, half_w = loom.picks // 2 - wide - 1, loom.ends // 2 - wide - 1
    reach = min(half_h, half_w)
    far = y // step * step + x // step * step
    ring = loom.rng.choice([0, 0, 1, 2, 3, 1, 2], size=loom.picks).astype(np.uint8)
    ring = np.repeat(ring, int(loom.rng.integers(2, 5)))
    inside = (y < half_h) & (x < half_w)
    roles = np.where((far <= reach) & inside, ring[reach - np.minimum(far, reach)], 0)
    loom.lay(roles.astype(np.uint8), 0, 0, a)
    corner = (half_h - y) // step * step + (half_w - x) // step * step
    cut = reach - 6
    quarter = np.where(
        (corner < cut) & inside & (far > reach), ring[np.clip(cut - corner, 0, 99)], 0
    )
    loom.lay(quarter.astype(np.uint8), 0, 0, b)
    heart = MOTIFS[_name(loom, ("bloom", "daisy", "butterfly", "owl", "vase"))]
    h, w = heart.shape
    clear = (loom.picks // 2 - h // 2 - 2, loom.ends // 2 - w // 2 - 2)
    gap = np.maximum(y * 1.0 / (h / 2 + 2), 0) + x * 1.0 / (w / 2 + 2) < 1.45
    loom.brocade[np.broadcast_to(gap, loom.brocade.shape)] = 0
    if min(clear) > 0:
        loom.middle(heart, loom.picks // 2, 0, a)


def _border(loom: Loom, a: Sequence[int], b: Sequence[int]) -> int:
    """A border on four sides, mitred; gives its width in threads."""
    pattern, h = _one(loom, (*MIDDLING, (fret, 8)))
    bottom, right = loom.picks - 1 - loom.t, loom.ends // 2 - np.abs(loom.s)
    from_side, from_top = right, np.minimum(loom.t, bottom)
    edge = np.minimum(from_side, from_top)
    along = np.where(from_side < from_top, loom.t - loom.picks // 2, loom.s)
    band = pattern(np.clip(edge - 1, 0, h - 1), along, h)
    on = (edge >= 1) & (edge < h + 1)
    loom.lay(np.where(on, band, 0).astype(np.uint8), 0, 0, a)
    lines = ((edge == 0) | (edge == h + 1)).astype(np.uint8)
    loom.lay(lines, 0, 0, (b[0],))
    return h + 2


def garden(loom: Loom) -> None:
    """A plant in the middle, birds on both sides of it, flowers between, a hem above and below."""
    a = loom.trio()
    hem = [_one(loom, NARROW), _one(loom, MIDDLING)]
    y = 1
    for pattern, n in hem:
        roles = pattern(np.arange(n)[:, None], loom.s, n)
        loom.lay(roles, y, 0, a)
        loom.lay(roles[::-1], loom.picks - y - n, 0, a)
        y += n + 1
    top, bottom = y + 1, loom.picks - y - 1
    fits = [n for n in PLANTS[:-1] if 2 * MOTIFS[n].shape[0] <= bottom - top]
    if fits and (bottom - top < 46 or loom.rng.random() < 0.6):
        great = MOTIFS[_name(loom, fits)].repeat(2, axis=0).repeat(2, axis=1)
        _great_plant(loom, great, top, bottom)
        return
    rows = max(1, round((bottom - top) / 25))
    tall = (bottom - top) / rows
    for row in range(rows):
        _bed(loom, round(top + row * tall), int(tall))
        if row:
            loom.band(plain, round(top + row * tall) - 1, 1, a)


def _great_plant(loom: Loom, plant: Roles, top: int, bottom: int) -> None:
    """One plant as tall as the field, and beside it birds and flowers one above another."""
    floor = bottom - 1
    loom.lay(plant, floor - plant.shape[0], loom.ends // 2 - plant.shape[1] // 2, loom.trio())
    names = list(loom.rng.permutation([*BIRDS[:-1], *FLOWERS, "sprig", "thistle", "hare"]))
    at = plant.shape[1] // 2 + 2
    while loom.ends // 2 - at >= 9:
        room, y, widest = loom.ends // 2 - at + 1, floor, 0
        fits = [MOTIFS[n] for n in names if MOTIFS[n].shape[1] <= room]
        for figure in fits:
            h, w = figure.shape
            if y - h < top:
                continue
            yarns = loom.trio()
            shift = (min(room, 21) - w) // 2
            left = loom.ends // 2 - at - w - shift + 1
            loom.lay(figure, y - h, left, yarns)
            loom.lay(figure[:, ::-1], y - h, loom.ends - left - w, yarns)
            y -= h + 3
            widest = max(widest, w)
        names = names[3:] + names[:3]
        at += max(widest, 8) + 4


def _bed(loom: Loom, top: int, tall: int) -> None:
    """One row of the garden: plant, bird, plant, bird, ... from the middle outwards."""
    short = [n for n in PLANTS if MOTIFS[n].shape[0] <= tall - 3]
    plants, birds = loom.rng.permutation(short or ["daisy"]), loom.rng.permutation(BIRDS[:-1])
    floor = top + tall - 2
    plant = MOTIFS[plants[0]]
    loom.lay(plant, floor - plant.shape[0], loom.ends // 2 - plant.shape[1] // 2, loom.trio())
    at, k = plant.shape[1] // 2 + 3, 0
    while at < loom.ends // 2 - 6:
        room = loom.ends // 2 - at + 1
        names = [*birds, "wren"] if k % 2 == 0 else [*plants[1:], "daisy", "sprig"]
        fits = [MOTIFS[n] for n in names if MOTIFS[n].shape[1] <= room]
        if not fits:
            break
        figure = fits[0]
        h, w = figure.shape
        yarns = loom.trio()
        left = loom.ends // 2 - at - w + 1
        loom.lay(figure, floor - h, left, yarns)
        loom.lay(figure[:, ::-1], floor - h, loom.ends - left - w, yarns)
        if tall - h > 14:
            loom.middle(MOTIFS["daisy"], floor - h - 7, at + w // 2, yarns[::-1])
            loom.middle(MOTIFS["daisy"], floor - h - 7, -at - w // 2, yarns[::-1])
        at += w + 3
        birds, k = np.roll(birds, -1), k + 1


def flame(loom: Loom) -> None:
    """Zigzags in many yarns over the whole cloth, or diamonds within diamonds."""
    count = int(loom.rng.integers(4, 9))
    pool = [*loom.palette.lead, *loom.palette.second, *loom.palette.spark]
    names = [str(n) for n in loom.rng.permutation(sorted(set(pool)))[:count]]
    shaded = loom.rng.random() < 0.5
    if shaded:
        names.sort(key=lambda name: float(colour(name) @ LUMA))
    kind = loom.rng.choice(["rows", "columns", "nests", "steps"])
    widths = loom.rng.integers(2 if kind == "steps" else 1, 5, count)
    thread = np.repeat([loom.yarn(n) for n in names], widths)
    if shaded or loom.rng.random() < 0.5:
        thread = np.concatenate([thread, thread[::-1]])
    period = int(loom.rng.choice([16, 20, 26, 40]))
    y, x = loom.t - loom.picks // 2, loom.s
    if kind == "rows":
        phase = y + fold(x, period)
    elif kind == "columns":
        phase = fold(y, period) + np.abs(x)
    elif kind == "nests":
        phase = fold(y, 2 * period) + fold(x, 2 * period)
    else:
        phase = y + fold(x, 2 * period) // 4 * 4
    loom.brocade[:] = thread[np.mod(phase, len(thread))]


GRAMMARS: dict[str, Grammar] = {
    "bands": bands,
    "lattice": lattice,
    "frets": frets,
    "creatures": creatures,
    "medallion": medallion,
    "garden": garden,
    "flame": flame,
}
