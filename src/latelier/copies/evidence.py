"""Lay two pictures on each other and take down what speaks for a copy."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from latelier.copies.align import exact, is_upright, stretch, stretches, usual
from latelier.copies.hope import hopeless
from latelier.copies.inks import second_drawing
from latelier.copies.laid import Laid, Region, in_full, laid
from latelier.copies.pixels import Map, Sight, affine, firmness, inverse, scale_of
from latelier.copies.plain import is_plain, same_frame
from latelier.copies.repeats import departures_agree
from latelier.copies.shown import Shown, outside
from latelier.copies.strays import NOWHERE, strays, strays_seen

Box = tuple[float, float, float, float]  # x, y, width and height, in units of the longer side
SURE = 0.85  # a likeness that needs no better alignment
HOPELESS = 0.15  # a likeness with which nothing more is tried
ALIGNABLE = (
    0.40  # a likeness from which a better alignment is tried; of 568 copies 1 began below it
)
PROMISING = 0.6  # likeness of a piece with which it is tried all the same
ALL = 0.95  # of the detail agrees: there is no smaller piece to look for
NEARLY_ALL = 0.97  # agrees, so there is no room for another drawing; of 6 copies with strokes that
# look like one 5 agreed by more, of 32 parts none
LOOSE = 0.5  # likeness of a piece that no better alignment makes firm
FEWEST_IN_PIECE = 8.0  # places; a smaller piece is a stroke, not a part of a picture
FIRM = 0.7  # likeness that a piece has within its edges, or it is none
STRAYED = 0.8  # pixels by which the places of a piece may lie elsewhere
CLOSER_ROUNDS = 4
PIECE_ROUNDS = 3  # in which a piece is aligned by itself and found anew
GIVEN_UP = 0.02  # of likeness and agreement, for a map under which places stray less
FEW = 2.0  # places that agree; fewer prove nothing
PLAIN = 0.7  # a likeness from which it is asked whether the figure is a plain one
SAME, STEADY = 0.92, 0.2  # a likeness and a straying that no other cloth of a pattern reaches
LOOKS_ALIKE = 0.35  # a likeness from which it is asked whether it is the pattern only
PATTERN = 0.5  # the same, below which it is the pattern that is alike, and a closer look decides


@dataclass(frozen=True)
class Evidence:
    """What speaks for one picture being a copy of another.

    Args:
        map: the first to the second, (2, 3), in units of each picture's longer side.
        likeness: correlation of detail over the common part, weighted by detail, 0 to 1.
        agreed: how much of the detail in the common part lies where they agree, 0 to 1.
        of_first: how much of the first's detail is found in the second.
        of_second: how much of the second's detail is found in the first.
        places: how many places with detail agree.
        corners: how many corners agree on the map, or the hash says as much as so many.
        stretch: how much longer one direction becomes than the other, 1 or more.
        firmness: how far the detail that agrees holds in both directions, 0 to 1.
        regular: likeness of the more regular picture with itself one repeat further.
        own: likeness of what is left without the repeated pattern; 1 where there is none.
        strays: pixels by which alike places lie elsewhere than the map says.
        beyond: how much of the detail of each picture lies beyond the other; the lesser share.
        around: how much of the detail of one picture lies around the other, where that takes up
            less of it than a crop would.
        beside: the same where the other takes up no more of it than a crop with a border would.
        outside: how much of the detail in the common part lies around all that agrees there.
        drawn: how much of the detail of one picture is another drawing's, in the same ink.
        filled: the share of one picture's area that the other takes up, the lesser of the two; 1
            where neither lies upright in the other, since turning needs room.
        plain: one of them is a figure so plain that it proves nothing where it lies elsewhere.
        strays_closer: the same as ``strays`` on pictures twice as large; as ``closer`` finds it.
        piece: the largest piece that agrees, where the whole does not.
    """

    map: Map
    likeness: float
    agreed: float
    of_first: float
    of_second: float
    places: float
    corners: int
    stretch: float
    firmness: float = 0.0
    regular: float = 0.0
    own: float = 1.0
    strays: float = NOWHERE
    beyond: float = 0.0
    around: float = 0.0
    beside: float = 0.0
    outside: float = 0.0
    drawn: float = 0.0
    filled: float = 1.0
    plain: bool = False
    strays_closer: float = NOWHERE
    piece: "Piece | None" = None


@dataclass(frozen=True)
class Piece:
    """The largest piece of the common part that agrees, where the whole of it does not.

    Args:
        map: the first to the second as the piece alone has it, in units of longer sides.
        box: x, y, width and height on the first picture, in units of its longer side.
        of_first: how much of the first's detail the piece is.
        of_second: how much of the second's detail the piece is.
        likeness: correlation of detail within it, 0 to 1.
        agreed: how much of the detail within it lies where they agree, 0 to 1.
        places: how many places in it agree.
        firmness: how far its detail holds in both directions, 0 to 1.
        strays: pixels by which its places lie elsewhere than its map says.
        strays_closer: the same on pictures twice as large; as ``closer`` finds it.
    """

    map: Map
    box: Box
    of_first: float
    of_second: float
    likeness: float
    agreed: float
    places: float
    firmness: float
    strays: float
    strays_closer: float = NOWHERE


def in_pixels(unit: Map, first: Sight, second: Sight) -> Map:
    """A map in units of the longer sides as one in pixels of the two small pictures."""
    a, b = float(max(first.size)), float(max(second.size))
    turn = unit[:, :2] * (b / a)
    return affine(turn, unit[:, 2] * b + turn.sum(axis=1) / 2 - 0.5)  # raster counts from centres


def in_units(m: Map, first: Sight, second: Sight) -> Map:
    """A map in pixels of the two small pictures as one in units of their longer sides."""
    a, b = float(max(first.size)), float(max(second.size))
    return affine(m[:, :2] * (a / b), (m[:, 2] + 0.5 - m[:, :2].sum(axis=1) / 2) / b)


def looked_at(
    first: Sight,
    second: Sight,
    unit: Map,
    corners: int,
    worth_it: Callable[[Evidence], bool] = lambda evidence: True,
) -> Evidence | None:
    """Lay two pictures on each other and take down what speaks for a copy.

    Args:
        first: one picture.
        second: the other.
        unit: about how the first lies on the second, in units of their longer sides.
        corners: how many corners agree on that.
        worth_it: whether to go on from evidence that lacks ``of_first`` to ``plain``, which are
            set to the best that they can be; always if left out.

    Returns:
        None where there is hardly anything.
    """
    m = in_pixels(unit, first, second)
    if not _plausible(m):
        return None
    if scale_of(m) < 0.999:
        back = looked_at(second, first, in_units(inverse(m), second, first), corners, worth_it)
        return _turned(back) if back is not None else None
    best = _aligned(first, second, usual(m, first.size))
    if best is None:
        return None
    m, seen = best
    piece = None
    if seen.share < ALL:
        m, seen, piece = _piece(first, second, m, seen)
    if seen.likeness <= LOOKS_ALIKE and piece is None:
        return None
    regular, own, off = 0.0, 1.0, NOWHERE
    if seen.likeness > LOOKS_ALIKE:
        off = strays_seen(seen)
        if off > STEADY:
            m, seen, off = _steadier(first, second, m, seen, off, piece)
        if seen.likeness < SAME or off > STEADY:
            regular, own = departures_agree(first, second, m, seen)
    evidence = Evidence(
        in_units(m, first, second),
        seen.likeness,
        seen.share,
        1.0,
        1.0,
        seen.places,
        corners,
        stretch(m),
        firmness(first, seen.agreed),
        regular,
        own,
        off,
        piece=piece,
    )
    return _in_full(evidence, first, second, m, seen) if worth_it(evidence) else None


def _in_full(evidence: Evidence, first: Sight, second: Sight, m: Map, seen: Laid) -> Evidence:
    """The evidence with what each picture shows of the other, the dear part."""
    shown = Shown(first, second, m)
    of_first, of_second = shown.shares(seen.agreed)
    return replace(
        evidence,
        of_first=of_first,
        of_second=of_second,
        beyond=shown.beyond(),
        around=shown.around(),
        beside=shown.beside(),
        outside=outside(seen),
        drawn=second_drawing(shown) if seen.share < NEARLY_ALL else 0.0,
        filled=min(side.area for side in shown.sides) if is_upright(m) else 1.0,
        plain=seen.likeness > PLAIN
        and not same_frame(m, first, second)
        and (is_plain(first) or is_plain(second)),
    )


def _aligned(first: Sight, second: Sight, m: Map) -> tuple[Map, Laid] | None:
    """The map and the look after an alignment, where that may help; None for hardly anything."""
    seen = laid(first, second, m)
    if seen.likeness < HOPELESS or seen.places < FEW:
        return None
    if seen.likeness >= SURE:
        return m, seen
    found = seen.region
    if seen.likeness < ALIGNABLE and not _promising(found):
        return None
    better = usual(exact(first, second, m), first.size)
    again = laid(first, second, better) if _plausible(better) else seen
    if again.likeness + again.share > seen.likeness + seen.share:
        m, seen, found = better, again, again.region
    return None if hopeless(first, second, m, seen, found) else (m, seen)


def _promising(found: Region | None) -> bool:
    return found is not None and found.likeness > PROMISING and found.places > FEWEST_IN_PIECE


def _piece(first: Sight, second: Sight, m: Map, seen: Laid) -> tuple[Map, Laid, Piece | None]:
    """The largest piece that agrees, laid on the other picture by what it holds itself.

    Returns:
        also the map and the look of the whole, by the piece's where that is the better one.
    """
    found, own, look = seen.region, m, seen
    for _ in range(PIECE_ROUNDS):
        if found is None or found.places < FEWEST_IN_PIECE or found.likeness < LOOSE:
            return m, seen, None
        where = in_full(found.whole, first)
        better = usual(exact(first, second, own, where=where), first.size)
        if not _plausible(better):
            break
        again = laid(first, second, better, where)
        if again.likeness + again.share > seen.likeness + seen.share:
            m, seen = better, again
        other = again.region
        if other is None or _worth(other) <= _worth(found):
            break
        found, own, look = other, better, again
    if found is None:
        return m, seen, None
    off = strays_seen(look, found.whole)
    firm = found.likeness >= FIRM and off <= STRAYED  # if not, nothing will be said of it
    piece = Piece(
        in_units(own, first, second),
        _in_units(found.box, first),
        *(Shown(first, second, own).shares(found.agreed) if firm else (0.0, 0.0)),
        found.likeness,
        found.share,
        found.places,
        firmness(first, found.agreed),
        off,
    )
    return m, seen, piece


def _steadier(
    first: Sight, second: Sight, m: Map, seen: Laid, off: float, piece: Piece | None
) -> tuple[Map, Laid, float]:
    """The map under which places stray least: as it is, aligned once more, or the piece's own."""
    others = []
    if seen.likeness >= SURE:  # below that it was done
        others.append(usual(exact(first, second, m, closely=True), first.size))
    if piece is not None and piece.likeness > SURE:
        others.append(in_pixels(piece.map, first, second))
    for other in others:
        if not _plausible(other):
            continue
        again = laid(first, second, other)
        less = strays_seen(again)
        if less < off and again.likeness + again.share > seen.likeness + seen.share - GIVEN_UP:
            m, seen, off = other, again, less
    return m, seen, off


def _worth(found: Region) -> float:
    """What a piece is worth: rather a little smaller than a little off."""
    return found.places * found.likeness**4


def _turned(evidence: Evidence) -> Evidence:
    piece = evidence.piece
    if piece is not None:
        piece = replace(
            piece,
            map=inverse(piece.map),
            box=carried(piece.box, piece.map),
            of_first=piece.of_second,
            of_second=piece.of_first,
        )
    return replace(
        evidence,
        map=inverse(evidence.map),
        of_first=evidence.of_second,
        of_second=evidence.of_first,
        piece=piece,
    )


def _plausible(m: Map) -> bool:
    """Whether a map is a change that people make: no more than 6 times, no flatter than 1 to 3."""
    most, least = stretches(m)
    return bool(least > 1 / 6 and most < 6 and most < 3 * least)


def closer(evidence: Evidence, first: Sight, second: Sight) -> Evidence:
    """The same evidence after a closer look at how far places stray.

    Args:
        evidence: from smaller pictures.
        first: the first picture, larger.
        second: the second picture, larger.
    """
    if evidence.own < PATTERN and evidence.strays < NOWHERE:
        a, b, m = _coarser_first(first, second, in_pixels(evidence.map, first, second))
        m = usual(exact(a, b, m, CLOSER_ROUNDS), a.size)
        evidence = replace(evidence, strays_closer=strays(a, b, m))
    piece = evidence.piece
    if piece is None or piece.likeness < FIRM or piece.strays > STRAYED:
        return evidence
    a, b, m = _coarser_first(first, second, in_pixels(piece.map, first, second))
    found = laid(a, b, m).region
    if found is not None:
        m = usual(exact(a, b, m, CLOSER_ROUNDS, in_full(found.whole, a)), a.size)
        found = laid(a, b, m).region
    if found is None:
        return evidence
    box = _in_units(found.box, a)
    if a is not first:
        box = carried(box, in_units(m, a, b))
    piece = replace(piece, box=box, strays_closer=strays(a, b, m, found.whole))
    return replace(evidence, piece=piece)


def _coarser_first(first: Sight, second: Sight, m: Map) -> tuple[Sight, Sight, Map]:
    return (first, second, m) if scale_of(m) >= 0.999 else (second, first, inverse(m))


def _in_units(box: tuple[int, int, int, int], sight: Sight) -> tuple[float, float, float, float]:
    x, y, w, h = (v / max(sight.size) for v in box)
    return x, y, w, h


def carried(box: Box, m: Map) -> Box:
    """The bounds of a box on the other picture."""
    x, y, w, h = box
    corners = np.array([[x, y], [x + w, y], [x, y + h], [x + w, y + h]]) @ m[:, :2].T + m[:, 2]
    low, high = corners.min(axis=0), corners.max(axis=0)
    (left, top), (wide, tall) = low.tolist(), (high - low).tolist()
    return left, top, wide, tall
