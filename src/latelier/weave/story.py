"""What a woven picture owes to whom, in words, in shares and as a map."""

import base64
import zlib
from typing import Any

import numpy as np
from scipy import ndimage

from latelier.weave.fold import Ints
from latelier.weave.weaving import Bounds, Woven


def story_of(woven: Woven, rows: Ints, bounds: Bounds, after: int | None = None) -> dict[str, Any]:
    """What a woven picture owes to whom, as JSON.

    Args:
        woven: the picture.
        rows: (p,) what the originals that it was woven from are called.
        bounds: that it was woven under.
        after: the one that it is laid out and coloured after, a parent even without a share.

    The `map` is packed: which of the parents each pixel is from, 255 on plain ground,
    one byte each, by zlib and base64.
    """
    held = sorted(zip(woven.shares.tolist(), rows.tolist(), strict=True), reverse=True)
    parents = [{"row": row, "share": round(share, 4)} for share, row in held if share > 0]
    if not parents:  # all is plain ground: nothing to see was taken, but this is where it is from
        parents = [{"row": int(rows[p]), "share": 0.0} for p in np.unique(woven.origin.parent)]
    sentence = _sentence(parents, woven, bounds, after)
    if after is not None and after not in {p["row"] for p in parents}:
        parents.append({"row": after, "share": 0.0})  # layout and colours are owed too
    return {
        "recombined": sentence,
        "parents": parents,
        "largest_piece": round(woven.piece, 4),
        "plain": round(1 - float(woven.busy.mean()), 4),
        "bounds": {"piece": round(bounds.piece, 4), "share": round(bounds.share, 4)},
        "kept": woven.met,
        "pieces": _pieces(woven, rows),
        "map": _packed(woven, rows, [p["row"] for p in parents]),
    }


def _packed(woven: Woven, rows: Ints, parents: list[int]) -> str:
    at = {row: i for i, row in enumerate(parents)}
    place = np.array([min(at.get(row, 254), 254) for row in rows.tolist()], dtype=np.uint8)
    owners = np.where(woven.busy, place[woven.origin.parent], 255).astype(np.uint8)
    return base64.b64encode(zlib.compress(owners.tobytes(), 9)).decode("ascii")


def _sentence(
    parents: list[dict[str, Any]], woven: Woven, bounds: Bounds, after: int | None
) -> str:
    if woven.met:
        end = "within the bounds"
    else:
        broken = []
        if woven.shares.max() > bounds.share:
            broken.append(f"one original holds more than the {bounds.share:.0%} allowed")
        if woven.piece > bounds.piece:
            broken.append(f"one piece is larger than the {bounds.piece:.1%} allowed")
        end = "not within the bounds: " + " and ".join(broken)
    count = len(parents)
    most = parents[0]["share"]
    led = ", after the layout and colours of one" if after is not None else ""
    return (
        f"Recombined from {count} original{'s' if count != 1 else ''}{led}; the largest share is "
        f"{most:.0%} and the largest piece {woven.piece:.1%} of what is not plain ground, {end}."
    )


def _pieces(woven: Woven, rows: Ints, most: int = 64) -> list[dict[str, Any]]:
    """The largest pieces: box in the picture, original, and the place of its corner there."""
    origin = woven.origin
    y, x = np.indices(woven.busy.shape)
    dy, dx = origin.y - origin.turn_y * y, origin.x - origin.turn_x * x
    keys = np.stack([origin.parent, dy, dx, origin.turn_y, origin.turn_x], axis=-1)
    _, key = np.unique(keys.reshape(-1, 5), axis=0, return_inverse=True)
    key = key.reshape(woven.busy.shape)
    told: list[dict[str, Any]] = []
    for k, box in enumerate(ndimage.find_objects(key + 1)):
        labels, _ = ndimage.label(key[box] == k)
        for part, inner in enumerate(ndimage.find_objects(labels), start=1):
            size = int((labels[inner] == part).sum())
            top, left = box[0].start + inner[0].start, box[1].start + inner[1].start
            height, width = inner[0].stop - inner[0].start, inner[1].stop - inner[1].start
            there = keys[top, left] if labels[inner][0, 0] == part else keys[box][labels == part][0]
            told.append(
                {
                    "row": int(rows[there[0]]),
                    "box": [left, top, width, height],
                    "from": [int(there[2] + there[4] * left), int(there[1] + there[3] * top)],
                    "turned": [int(there[4]), int(there[3])],
                    "pixels": size,
                }
            )
    return sorted(told, key=_largest_first)[:most]


def _largest_first(piece: dict[str, Any]) -> tuple[int, list[int]]:
    return -piece["pixels"], piece["box"]
