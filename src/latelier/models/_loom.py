"""What `quilt` and `woven` share: the originals, and a loom that makes a picture of a draft.

A draft says what is wanted where; the picture tells whom it was woven from. What comes out nearly
as an original is woven again from another draft: its plan in other proportions, and, if that is not
enough, in the colours of a relative. Under a label, the pieces are of the originals that carry it;
where those are too few to keep the bounds, their nearest relatives lend the rest.
"""

import base64
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from torch import Tensor

from latelier.errors import NotFitted, UnknownName, UsageError
from latelier.models import _contract
from latelier.models._contract import Shape
from latelier.models._quilted import PLAN, Library, library_of
from latelier.weave.crossing import crossing
from latelier.weave.fold import Floats, Ints, resample
from latelier.weave.light import lit_as
from latelier.weave.palette import in_palette
from latelier.weave.pieces import Wishes
from latelier.weave.story import story_of
from latelier.weave.structure import LIES, ORDERS, OUTLINE, paper_of, stretched, suited_fold
from latelier.weave.weaving import Bounds, Woven, weave

DYED = (
    0.6  # of `recolour` that threads are dyed by before weaving; the woven picture gets all of it
)
AGAIN = 3  # weavings at most beyond the first of what is nearly an original
STRETCH = 0.14  # of its width and height by which an outline is changed, more from try to try
CHANCE = 64  # numbers that are left to chance
LIT = ("auto", "free")  # orders in which the light of the plan may fall; the others are exact


@dataclass(frozen=True)
class Knobs:
    """The knobs of the loom."""

    piece: float = 1 / 16  # the largest contiguous borrowed piece, of the area not plain ground
    share: float = 1 / 3  # the largest share of one original, of the same area
    parents: int = 12  # originals that a picture may be woven from, the nearest to its plan
    recolour: float = 0.8  # how far threads take the colours of the original that leads, 0 to 1
    light: float = 1.0  # how far the slow light of the plan falls on what does not tile, 0 to 1
    to_plan: float = 2.0  # how much following the plan weighs beside whole seams
    order: str = "auto"  # as was found in the originals; or free, mirror, repeat, half-drop


class Weaver(_contract.Model):
    """The originals as they are, and the loom; a family says what draft a latent is.

    Args:
        shape: (c, h, w) of the images.
        settings: `Knobs` and the family's own.

    Raises:
        UnknownName: there is no such order.
    """

    settings: Any
    crosses = True

    def __init__(self, shape: Shape, settings: Knobs) -> None:
        super().__init__(shape, settings)
        if settings.order not in ORDERS:
            raise UnknownName("order of what is woven", settings.order, ORDERS)
        channels, height, width = self.shape
        none = torch.zeros(0, height, width, channels, dtype=torch.uint8)
        self.register_buffer("originals", none, persistent=False)  # else every saved state has them
        if self.labels:
            self.register_buffer("labelled", torch.zeros(0, dtype=torch.int64))  # of each original
        self._library: Library | None = None

    def draft(self, z: Tensor) -> "Draft":
        """What is wanted of a latent (.,)."""
        raise NotImplementedError

    def told_too(self) -> dict[str, Any]:
        """What the family adds to a story."""
        return {}

    def keep(self, pixels: NDArray[np.uint8], labels: Sequence[int] | None) -> Library:
        """Keep the originals (n, h, w, c) and their labels; gives what is known of the former."""
        self.originals = torch.from_numpy(np.ascontiguousarray(pixels))
        if self.labels:
            self.labelled = torch.tensor(labels if labels is not None else [-1] * len(pixels))
        self._library = library_of(pixels)
        return self._library

    def kept_material(self) -> dict[str, Tensor]:
        """The originals."""
        return {"originals": self.originals}

    def take_state(self, state: Mapping[str, Tensor]) -> None:
        """Take over what was saved; the originals too, if they are there."""
        super().take_state({k: v for k, v in state.items() if k != "originals"})
        if "originals" in state:
            self.originals = state["originals"]
            self._library = None

    @property
    def library(self) -> Library:
        """The originals with what is known of each.

        Raises:
            NotFitted: no originals have been given.
        """
        if not len(self.originals):
            raise NotFitted("There are no originals to weave from yet; give some with material().")
        if self._library is None:
            self._library = library_of(self.originals.cpu().numpy())
        return self._library

    def carrying(self, told: Tensor) -> NDArray[np.bool_] | None:
        """Which originals carry the label that a latent asks for (labels,); None if it asks for none.

        Raises:
            UsageError: none of them does.
        """
        if not told.any():
            return None
        number = int(told.argmax())
        among: NDArray[np.bool_] = self.labelled.cpu().numpy() == number
        if not among.any():
            raise UsageError(
                f"None of the pictures that this model weaves from is labelled "
                f"{self.labels[number]!r}; train again, or ask for another label."
            )
        return among

    def decode(self, z: Tensor) -> Tensor:
        """Woven pictures (n, c, h, w) in [-1, 1]."""
        return self.decode_told(z)[0]

    def decode_told(self, z: Tensor) -> tuple[Tensor, list[dict[str, Any]]]:
        """Woven pictures, and of each whom it was woven from.

        A story holds `recombined` (a sentence), `parents` (row and share of each, largest first),
        `largest_piece`, `plain` (the share of plain ground, which does not count), `bounds`, `kept`
        (whether both bounds were), `layout` (in words), `tiles` (whether it goes on
        into itself), `after` (the row it is laid out and coloured
        after; a parent even without a share), `recoloured` and `lit` (how far), `woven_again`
        (how often, because it came out nearly as an original), `pieces` (what was borrowed from where) and
        `map` (packed: which parent each pixel is from).
        """
        pictures, stories = [], []
        with threadpool_limits(1):  # the arrays are small: two threads take twice the time
            for draft in [self.draft(row) for row in z]:
                picture, story = woven_from(self.library, draft, self.settings)
                pictures.append(torch.from_numpy(picture.transpose(2, 0, 1) * 2 - 1))
                stories.append(story | self.told_too())
        if not pictures:
            return torch.zeros(0, *self.shape), []
        return torch.stack(pictures).clamp(-1, 1).to(z.device), stories

    def crossing(self, first: Tensor, second: Tensor) -> Callable[[float], Tensor]:
        """One picture woven over into the other, piece by piece."""
        images, stories = self.decode_told(torch.cat([first, second]))
        owners = np.frombuffer(zlib.decompress(base64.b64decode(stories[1]["map"])), dtype=np.uint8)
        a, b = (image.permute(1, 2, 0).cpu().numpy() for image in images)
        rng = np.random.default_rng(zlib.crc32(owners.tobytes()))
        way = crossing(a, b, owners.reshape(a.shape[:2]), rng)
        return lambda t: torch.from_numpy(way.at(t)).permute(2, 0, 1)


@dataclass(frozen=True)
class Draft:
    """What is wanted.

    Args:
        leader: the row of the original whose colours, order and outline are taken.
        plan: (16, 16, c) in [0, 1], which colour where.
        drift: (16, 16, c), how far the plan was moved; more of it is added when woven again.
        chance: (64,) standard normal.
        coloured: the row of the original whose colours are taken, if not the leader's.
        wider, taller: how far the leader is stretched, 1 not at all.
        among: (n,) the originals to weave from first; all alike if left out.
    """

    leader: int
    plan: Floats
    drift: Floats
    chance: Floats
    coloured: int = -1
    wider: float = 1.0
    taller: float = 1.0
    among: NDArray[np.bool_] | None = None


def woven_from(library: Library, draft: Draft, knobs: Knobs) -> tuple[Floats, dict[str, Any]]:
    """A picture (h, w, c) in [0, 1] and its story."""
    best: tuple[float, Floats, dict[str, Any]] | None = None  # the furthest from an original
    for time in range(AGAIN + 1):
        picture, story = _once(library, _changed(library, draft, time), knobs)
        near = library.nearness(picture)
        if best is None or near > best[0]:
            best = near, picture, story | {"woven_again": time}
        if near >= 1:
            break
    return best[1], best[2]  # type: ignore[index]


def _changed(library: Library, draft: Draft, time: int) -> Draft:
    """The draft for the first weaving, or for a second, third and fourth."""
    if not time:
        return draft
    away = np.tanh(draft.chance[[1 + time, 5 + time]])
    factors = 1 + STRETCH * time * np.where(away < 0, np.minimum(away, -0.5), np.maximum(away, 0.5))
    moved = replace(
        draft,
        plan=np.clip(draft.plan + time * draft.drift, 0, 1).astype(np.float32),
        wider=float(factors[0]),
        taller=float(factors[1]),
    )
    if time < 2:
        return moved
    relatives = library.near(draft.leader, len(library.pixels), draft.among)
    others = library.apart(relatives, 2 + time)
    coloured = int(others[min(time, len(others) - 1)])
    return replace(
        moved,
        plan=in_palette(moved.plan, library.pictures(np.array([coloured]))[0], 1.0),
        coloured=coloured,
    )


def _once(library: Library, draft: Draft, knobs: Knobs) -> tuple[Floats, dict[str, Any]]:
    lead = library.pictures(np.array([draft.leader]))[0]
    colours = lead if draft.coloured < 0 else library.pictures(np.array([draft.coloured]))[0]
    found = library.structure(draft.leader)
    plan, laid = draft.plan, lead
    if found.paper > LIES and (draft.wider, draft.taller) != (1.0, 1.0):
        laid, wider, taller = stretched(lead, draft.wider, draft.taller)
        plan = stretched(plan, wider, taller)[0]
    rows: Ints = library.kin(draft.leader, plan, knobs.parents, draft.among)
    height, width = lead.shape[:2]
    fold, layout = suited_fold(found, height, width, knobs.order)
    tiles = fold.tiles(height, width)
    threads = library.threads(rows, colours, DYED * knobs.recolour, fold, laid)
    outline = OUTLINE * paper_of(laid)[..., None].astype(np.float32)
    wanted = np.dstack([plan, resample(outline, PLAN, PLAN)])
    wishes = Wishes(wanted, knobs.to_plan, library.placed(rows), knobs.share, draft.chance)
    bounds = Bounds(knobs.piece, knobs.share)
    woven: Woven = weave(threads, fold, wishes, bounds)
    picture = in_palette(woven.picture, colours, knobs.recolour)
    light = knobs.light * (knobs.order in LIT and found.paper <= LIES and not tiles)
    if light:
        picture = lit_as(picture, plan, light)
    story = story_of(woven, rows, bounds, draft.leader)
    told: dict[str, Any] = {"layout": layout, "tiles": tiles, "lit": light}
    told |= {"after": draft.leader, "recoloured": knobs.recolour}
    if draft.coloured >= 0 and draft.coloured not in {p["row"] for p in story["parents"]}:
        story["parents"].append({"row": draft.coloured, "share": 0.0})  # its colours are owed too
    return picture, story | told
