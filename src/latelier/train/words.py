"""What a person reads of a training: which model and why, what to expect, how it went."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latelier.train.measures import Measures

INK_SHARE = 0.85  # of pixels nearly black or nearly white and grey: then it is ink
COPIED = 0.02  # share of images that are nearly originals; above it a model copies
NEARING = (
    0.04  # share of images nearer to an original than unseen ones are; above it copies follow.
)
#                 Three of 64 came at 200 showings of each of 40 wax prints, with none among 512
#                 a copy, at 283 there were 1.4 %. Of 175 unseen wax prints, batiks and huipils none is
#                 so near, of 180 unseen ink forms six; of 64 blurs of a young model one was
VARIED = 0.4  # of the originals' variety; below it a model has collapsed
WAITED = 4  # snapshots clearly worse than the best; they span four times its pictures
PLANNED_S = 180  # on a processor: in less, quilt shows as much at once
PLANNED_OF = 48  # pictures; of fewer, plans are soon known by heart


@dataclass(frozen=True)
class Choice:
    """A model and the reason for it, as one sentence."""

    model: str
    why: str


@dataclass(frozen=True)
class Seen:
    """A snapshot as it was measured.

    Args:
        step: rounds done.
        seconds: used until then.
        measures: of it.
    """

    step: int
    seconds: float
    measures: Measures


def is_ink(pixels: NDArray[np.uint8]) -> bool:
    """Whether pictures (n, h, w, c) are black forms on white rather than colour or grey tones."""
    some = pixels[:: max(1, len(pixels) // 200), ..., :3].astype(np.int16)
    grey = (some.max(-1) - some.min(-1)) < 24
    mean = some.mean(-1)
    return float((grey & ((mean < 48) | (mean > 207))).mean()) > INK_SHARE


def choose(pixels: NDArray[np.uint8], seconds: float, device: str) -> Choice:
    """The model for a set of pictures and a time on a machine.

    Args:
        pixels: (n, h, w, c) uint8.
        seconds: that may be used.
        device: "cpu", "cuda" or "mps".
    """
    said = duration(seconds)
    if is_ink(pixels):
        return Choice("vae", "these are ink forms, which a vae learns within minutes")
    if device != "cpu":
        return Choice(
            "gan", f"{said} is enough for the gan to learn colour, layout and some detail"
        )
    if seconds < PLANNED_S:
        return Choice(
            "quilt",
            f"in {said} without a graphics card nothing learnt from colour is worth hanging; "
            "quilt recombines your pictures at once",
        )
    if len(pixels) < PLANNED_OF:
        return Choice(
            "quilt",
            f"{len(pixels)} pictures are too few to learn from in {said} without a graphics card; "
            "quilt recombines them at once",
        )
    return Choice(
        "woven",
        f"in {said} without a graphics card compositions can be learnt small, not detail; that is "
        "woven from pieces of your pictures",
    )


def expect(
    model: str, images_s: float, seconds: float | None, size: int, *, learning: float | None = None
) -> str:
    """One sentence on what the time will bring.

    Args:
        model: the family.
        images_s: pictures it sees in a second of learning.
        seconds: of training, or None.
        size: px of the longer side.
        learning: seconds of those that are left when all looks are taken; all if left out.
    """
    if model == "quilt":
        return "Nothing has to be learnt: the first images can be made at once."
    pace = f"About {images_s:.0f} pictures a second"
    if seconds is None:
        return f"{pace}."
    pictures = images_s * (seconds if learning is None else learning)
    if model == "woven":
        return (
            f"{pace}, {_rounded(pictures)} in {duration(seconds)}: expect new compositions after the "
            "first minutes; the detail is your pictures' own from the first image on."
        )
    if model in ("vae",):
        brings = "expect soft forms" if pictures < 15_000 else "expect forms that can be used"
    elif pictures < 10_000:
        brings = "expect colours and a first layout, no detail"
    elif pictures < 100_000:
        brings = f"expect colours, layout and some texture at {size} px, few legible motifs"
    elif pictures < 300_000:
        brings = f"expect motifs at {size} px, uneven"
    else:
        brings = f"that is what published results on few pictures take at {size} px"
    return f"{pace}, {_rounded(pictures)} in {duration(seconds)}: {brings}."


def duration(seconds: float) -> str:
    """A time as people say it.

    >>> duration(42), duration(600), duration(5400)
    ('42 s', '10 min', '1.5 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def best(history: Sequence[Seen]) -> Seen:
    """The snapshot to keep: the most like the held-out originals that neither copies nor repeats."""
    sound = [s for s in history if s.measures.copies <= COPIED and s.measures.variety >= VARIED]
    return min(sound or history, key=lambda s: (s.measures.kid, s.step))


def enough(history: Sequence[Seen]) -> str:
    """Why there is nothing more to gain, as a short sentence; empty while there may be."""
    if len(history) < 6:
        return ""
    kept = best(history)
    after = [s for s in history if s.step > kept.step]
    if len(after) >= 2 and all(s.measures.copies > COPIED for s in after[-2:]):
        return "Stopped by itself: it has begun to copy your originals."
    alike = all(s.measures.variety < VARIED for s in after[-2:])
    if len(after) >= 2 and alike and was_varied(history):
        return "Stopped by itself: it has lost its variety."
    worse = all(
        s.measures.kid > kept.measures.kid + 2 * s.measures.kid_error for s in after[-WAITED:]
    )
    if len(after) >= WAITED and worse:
        return f"Stopped by itself: nothing was gained since step {kept.step}."
    return ""


def warning(history: Sequence[Seen]) -> str:
    """What the last snapshot warns of, in one sentence that begins with a word; empty if nothing."""
    if not history:
        return ""
    step, m = history[-1].step, history[-1].measures
    if m.copies > COPIED:
        return f"Copying: at step {step} {m.copies:.0%} of the images are nearly an original."
    if m.nearing > NEARING:
        return (
            f"Copying begins: at step {step} {m.nearing:.0%} of the images come "
            "nearer to one original than pictures that were never seen."
        )
    if m.variety < VARIED and was_varied(history):
        return f"Losing variety: at step {step} it is {m.variety:.2f} of the originals'."
    return ""


def verdict(
    history: Sequence[Seen], thresholds: tuple[float, float] | None, broken: bool = False
) -> str:
    """How the training went, in one plain sentence.

    Args:
        history: the snapshots as they were measured, in order.
        thresholds: KID below which images are close to originals and above which they are far,
            by the extractor that measured; None where nobody knows.
        broken: whether it broke down for good.
    """
    kept, last = best(history), history[-1]
    m = last.measures
    if broken:
        return (
            f"The training broke down again and again; the images of step {kept.step} are kept. "
            "Train again with another seed or model."
        )
    if m.copies > COPIED:
        return (
            f"Copying: {m.copies:.0%} of the images are nearly one of your originals; "
            f"the snapshot of step {kept.step} is kept. Train shorter, or on more pictures."
        )
    if m.nearing > NEARING:
        return (
            f"Copying begins: {m.nearing:.0%} of the images come nearer to one of "
            f"your originals than pictures it never saw; the snapshot of step {kept.step} is kept. "
            "Look with latelier near before you show them."
        )
    if m.variety < VARIED and not was_varied(history):
        return (
            f"Little variety yet: {m.variety:.2f} of the originals'; the snapshot of step "
            f"{kept.step} is kept. More time may bring it, or another model."
        )
    if m.variety < VARIED:
        return (
            f"Losing variety: the images resemble one another (variety {m.variety:.2f} of the "
            f"originals'); the snapshot of step {kept.step} is kept."
        )
    far = kept.measures.kid
    now = _nearness(kept.measures, thresholds)
    earlier = [s for s in history if s.seconds <= last.seconds / 2]
    if not earlier:
        return f"Only begun: {now}; it was looked at too seldom to say how it goes."
    gained = min(s.measures.kid for s in earlier) - far
    if kept is not last and last.seconds > 1.5 * kept.seconds:
        return (
            f"Steady since {duration(kept.seconds)}: {now}; more time brought nothing, "
            f"the snapshot of step {kept.step} is kept."
        )
    if gained > 0.1 * max(far, thresholds[0] if thresholds else kept.measures.kid_error):
        return f"Learning well: {now}, and more time would still help."
    return f"Steady: {now}, and more time would help little."


def was_varied(history: Sequence[Seen]) -> bool:
    """Whether a snapshot was that is as like the originals as the last one.

    Young images are alike because nothing is in them yet; the noise before them was varied, but far
    from any original.
    """
    last = history[-1].measures
    as_like = (s.measures for s in history if s.measures.kid <= last.kid + 2 * last.kid_error)
    return any(m.variety >= VARIED for m in as_like)


def of_woven(plans: str, measures: Measures, thresholds: tuple[float, float] | None) -> str:
    """The verdict on images woven after plans, and what was said of the plans themselves."""
    if measures.copies > COPIED:
        now = f"{measures.copies:.0%} of them are nearly one of your originals"
    else:
        now = _nearness(measures, thresholds)
    return f"Woven after learnt plans: {now}. Of the plans alone: {plans[0].lower()}{plans[1:]}"


def _nearness(measures: Measures, thresholds: tuple[float, float] | None) -> str:
    if thresholds is None:
        return f"the images' KID to the held-out originals is {measures.kid:.2f} by {measures.eye}"
    close, near = thresholds
    if measures.kid < close:
        return "the images are close to the held-out originals in colour, layout and grain"
    if measures.kid < near:
        return "colours and layout are near the originals', detail is still loose"
    return "the images are still far from the originals"


def _rounded(count: float) -> str:
    digits = max(0, len(str(int(count))) - 2)
    return f"{round(count, -digits):,.0f}"
