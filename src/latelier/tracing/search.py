"""Which originals a design may have taken a part of, and the evidence for each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.tracing.agree import ALIKE, Agreement, Pairs, agreements
from latelier.tracing.index import Index, Met, known_well, met, pairs, worth
from latelier.tracing.judge import probability
from latelier.tracing.lay import Laid, Polygon, laid
from latelier.tracing.marks import Map, Marks, as_met, mirrored

VERSION = 2  # counts up whenever evidence would come out otherwise
HEARD = 48  # originals of which met marks are asked to agree
LOOKED_AT = 14  # originals that are looked at in full
TOLD = 0.5  # probability from which a borrowing is told, and no closer look is needed
TURNS = 12  # bins of 30 degrees
PLACE = 0.25  # of the longer side of the original, a bin, times the size of the part
ONE = 512.0
RASTER = 64  # places along the longer side, on which areas are compared


@dataclass(frozen=True)
class Evidence:
    """What speaks for a design having taken a part of an original.

    Args:
        original: its row in the index.
        mirrored: whether the part lies mirrored.
        maps: the design to the original, in units of longer sides, one for each time it was taken.
        points: (n, 2) for each map, places of the design that agree.
        laid: for each map, where the edges agree.
        facts: what the probability is made of, by name, and ``times`` (maps) and ``light`` (the share
            of marks of lightness).
    """

    original: int
    mirrored: bool
    maps: list[Map]
    points: list[NDArray[np.float64]]
    laid: list[Laid]
    facts: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """All of it in lists and numbers."""
        return {
            **vars(self),
            "maps": [m.tolist() for m in self.maps],
            "points": [p.tolist() for p in self.points],
            "laid": [[o.like, o.grown, o.region.tolist(), o.origin.tolist()] for o in self.laid],
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Evidence":
        """The evidence that ``to_json`` gave."""
        laid = [Laid(a, b, np.array(r), np.array(o)) for a, b, r, o in told["laid"]]
        return cls(
            told["original"],
            told["mirrored"],
            [np.array(m) for m in told["maps"]],
            [np.array(p) for p in told["points"]],
            laid,
            told["facts"],
        )


def evidence(
    asked: Marks, index: Index, load: Callable[[int], Marks], without: Sequence[int] = ()
) -> list[Evidence]:
    """The evidence for each original that may be the source, the strongest first.

    Args:
        asked: marks of the design.
        index: the originals.
        load: the marks of one original.
        without: originals that are left out.
    """
    ways = [(asked, False), (mirrored(asked), True)]
    seen = met([marks for marks, _ in ways], index, without)
    scores = np.stack([votes(m, v, index.count) for (m, _), v in zip(ways, seen, strict=True)])
    rough = []
    for flat in np.argsort(-scores, axis=None, kind="stable")[:HEARD]:
        way, owner = divmod(int(flat), index.count)
        if scores[way, owner] <= 0:
            break
        known = load(owner)
        p = pairs(seen[way], owner)
        first = agreements(ways[way][0], known, p, 1)
        if first:
            rough.append((float(p.worth[first[0].rows].sum()), way, owner))
    rough.sort(reverse=True)
    found_all: dict[int, Evidence] = {}
    for _, way, owner in rough[:LOOKED_AT]:
        known = load(owner)
        made = _full(ways[way][0], known, seen[way], owner, ways[way][1])
        old = found_all.get(owner)
        if made is not None and (old is None or made.facts["worth"] > old.facts["worth"]):
            found_all[owner] = made
    ordered = sorted(found_all.values(), key=lambda e: -e.facts["worth"])
    return _beside(ordered, asked.size)


def evidence_of_two_looks(
    asked: Marks,
    closer: Callable[[], Marks | None],
    index: Index,
    load: Callable[[int], Marks],
    without: Sequence[int] = (),
) -> list[Evidence]:
    """The evidence of a look; where it tells of nothing, with what a closer one makes likelier.

    Args:
        asked: marks of the design.
        closer: gives its marks of a closer look, or None where there can be none any more.
        index: the originals.
        load: the marks of one original.
        without: originals that are left out.
    """
    found = {e.original: e for e in evidence(asked, index, load, without)}
    if any(probability(e.facts) >= TOLD for e in found.values()):
        return [*found.values()]
    again = closer()
    for e in evidence(again, index, load, without) if again is not None else []:
        old = found.get(e.original)
        if old is None or probability(e.facts) > probability(old.facts):
            found[e.original] = e
    return sorted(found.values(), key=lambda e: -e.facts["worth"])


def votes(asked: Marks, found: Met, count: int) -> NDArray[np.float64]:
    """For each original how much the met marks are worth that say the same of how a part would lie.

    Jégou, Douze and Schmid, "Hamming embedding and weak geometric consistency", ECCV 2008, with the
    place besides turn and size.
    """
    a, b = asked.places[found.first], found.places
    size, turn = b[:, 2] / a[:, 2], b[:, 3] - a[:, 3]
    x, y = (a[:, k] - asked.size[k] / 2 for k in (0, 1))
    c, s = size * np.cos(turn), size * np.sin(turn)
    right, down = b[:, 0] - c * x + s * y, b[:, 1] - s * x - c * y
    value = worth(found.alike, found.rare)
    best = np.zeros(count)
    for shift in (0.0, 0.5):  # bins with hard edges, twice, half a bin apart
        turns = np.floor(turn / (2 * np.pi) * TURNS + shift).astype(np.int64) % TURNS
        octave = np.floor(np.log2(size) + shift).astype(np.int64)
        wide = PLACE * 2.0 ** (octave + 0.5 - shift)
        across, under = (np.floor(v / wide + shift).astype(np.int64) & 63 for v in (right, down))
        key = ((found.owner.astype(np.int64) * TURNS + turns) * 16 + (octave & 15)) * 64 + across
        keys, which = np.unique(key * 64 + under, return_inverse=True)
        total = np.bincount(which, value, len(keys))
        np.maximum.at(best, keys // (64 * 64 * 16 * TURNS), total)
    return best


def _full(asked: Marks, known: Marks, found: Met, owner: int, flipped: bool) -> Evidence | None:
    """All marks of the two pictures compared, and the edges laid on each other."""
    p = every_pair(asked, known, found, owner)
    agreed = agreements(asked, known, p)
    if not agreed:
        return None
    a = asked.places[:, :2].astype(np.float64)
    points = [a[p.first[g.rows]] for g in agreed]
    over = [laid(asked, known, g.map, at) for g, at in zip(agreed, points, strict=True)]
    facts = _facts(asked, p, agreed[0], over[0], known_well(found.count))
    kept = [k for k, g in enumerate(agreed) if k == 0 or _again(p, agreed, over, k)]
    maps = [g.map for g in agreed]
    if flipped:
        width = asked.size[0]
        maps = [np.c_[-m[:, :1], m[:, 1:2], m[:, 2:] + m[:, :1] * width] for m in maps]
        points = [np.c_[width - at[:, 0], at[:, 1]] for at in points]
        over = [
            Laid(o.like, o.grown, np.c_[width - o.region[:, 0], o.region[:, 1]], o.origin)
            for o in over
        ]
    facts["times"] = float(len(kept))
    return Evidence(
        owner,
        flipped,
        [maps[k] for k in kept],
        [points[k] for k in kept],
        [over[k] for k in kept],
        facts,
    )


def _again(p: Pairs, agreed: list[Agreement], over: list[Laid], k: int) -> bool:
    """Whether a further instance holds by itself, beside the first."""
    first, this = (float(p.worth[agreed[n].rows].sum()) for n in (0, k))
    return this > 2.0 and this > 0.2 * first and over[k].like > 0.6 * over[0].like


def every_pair(asked: Marks, known: Marks, found: Met, owner: int) -> Pairs:
    """The likest marks of an original for each mark of a design, and how rare they are."""
    firsts, seconds, alikes = [], [], []
    asks = as_met(asked.kinds)
    for kind in (0, 1):
        i, j = np.flatnonzero(asks == kind), np.flatnonzero(known.kinds == kind)
        if not len(i) or not len(j):
            continue
        near = asked.looks[i].astype(np.float32) @ known.looks[j].astype(np.float32).T
        near /= np.float32(ONE**2)
        most = min(2, len(j))
        top = np.argpartition(-near, most - 1, axis=1)[:, :most]
        values = np.take_along_axis(near, top, axis=1)
        r, q = np.nonzero(values > ALIKE)
        firsts.append(i[r])
        seconds.append(j[top[r, q]])
        alikes.append(values[r, q])
    if not firsts:
        nothing = np.zeros(0, np.int64)
        return Pairs(nothing, nothing, np.zeros(0, np.float32), np.zeros(0, np.float32))
    first, second, alike = (np.concatenate(v) for v in (firsts, seconds, alikes))
    others = found.owner != owner
    rest = np.zeros(len(asked), np.float32)  # the likest mark of any other original
    np.maximum.at(rest, found.first[others], found.alike[others])
    known_rare = np.zeros(len(asked), np.float32)
    mine = ~others
    np.maximum.at(known_rare, found.first[mine], found.rare[mine])
    well = known_well(found.count)
    rare = np.where(known_rare[first] > 0, known_rare[first], well)
    beaten = np.clip((rest[first] - alike) / 0.06, 0, 1)  # another original has it better
    return Pairs(first, second, alike, worth(alike, (rare * (1 - 0.8 * beaten)).astype(np.float32)))


def _facts(asked: Marks, p: Pairs, best: Agreement, over: Laid, well: float) -> dict[str, float]:
    """What the best map alone says, in numbers; ``_beside`` adds what others are worth there.

    Beside few originals the marks are worth less, but how rare they are is told among those there are:
    beside 20 to 66 originals 28 of 34 borrowings are told so, 25 where both count, none wrongly.
    """
    alike, value = p.alike[best.rows], p.worth[best.rows]
    sizes = np.linalg.svd(best.map[:, :2], compute_uv=False)
    rarest = worth(alike, np.ones(len(alike), np.float32))
    return {
        "worth": float(value.sum()),
        "count": float(len(alike)),
        "light": float((asked.kinds[p.first[best.rows]] == 1).mean()),
        "like": over.like,
        "grown": over.grown,
        "stretch": float(np.log(sizes[0] / sizes[1])),
        "rare": float(value.sum() / max(1e-6, float(rarest.sum()))) / well,
    }


def _beside(found: list[Evidence], size: tuple[float, float]) -> list[Evidence]:
    """Say of each what others are worth where it lies: what many are like is nobody's."""
    masks = [_mask(e.laid[0].region, size) for e in found]
    for k, e in enumerate(found):
        area = max(1, int(masks[k].sum()))
        rest = [
            o.facts["worth"] * float((masks[k] & masks[j]).sum()) / area
            for j, o in enumerate(found)
            if j != k
        ]
        rest = [*sorted(rest, reverse=True), 0.0, 0.0]
        e.facts["next"], e.facts["third"] = rest[0], rest[1]
    return found


def _mask(outline: Polygon, size: tuple[float, float]) -> NDArray[np.bool_]:
    """Which of some places of the design lie in an outline."""
    mask = np.zeros((max(1, round(size[1] * RASTER)), max(1, round(size[0] * RASTER))), np.uint8)
    cv2.fillPoly(mask, [np.round(outline * RASTER).astype(np.int32)], 1)
    return mask > 0
