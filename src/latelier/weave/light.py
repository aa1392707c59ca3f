"""The light that falls across a picture: slow changes of tone, which no repeat can follow.

What repeats is the same everywhere, and no photograph of cloth is: one side is nearer to the window,
a fold is darker. So the slowest waves of tone, of the logarithm of luminance as in Land and McCann,
"Lightness and Retinex Theory", 1971, are taken over from the picture that another is laid out after.
"""

import numpy as np
from scipy import fft

from latelier.weave.fold import Floats, resample

SIDE = 16  # pixels a side at which light is looked at
SLOWEST = 2.1  # half waves across a picture, down and across together, up to which it is light
MOST = 0.25  # by which the logarithm of a tone may change
DARK = 0.03  # of the whole range: luminance below tells nothing of light


def lit_as(picture: Floats, other: Floats, far: float = 1.0) -> Floats:
    """A picture (h, w, c) in [0, 1] in the light of another, of any size; its mean tone stays.

    A fourth channel is not tone, and stays too.

    Args:
        picture: as it was made.
        other: whose light is wanted.
        far: how far it is taken over, 0 to 1.
    """
    height, width = picture.shape[:2]
    waves = fft.dctn(_tones(other) - _tones(picture), norm="ortho")
    down, across = np.indices(waves.shape)
    waves[np.hypot(down, across) > SLOWEST] = 0
    waves[0, 0] = 0
    field = far * np.clip(_at(waves, height, width), -MOST, MOST)
    shade = np.exp(field)[..., None].astype(np.float32)
    colours = picture[..., :3]
    lit = colours * shade
    lit *= colours.mean() / max(float(lit.mean()), 1e-6)
    return np.concatenate([np.clip(lit, 0, 1), picture[..., 3:]], axis=-1)


def _tones(picture: Floats) -> Floats:
    """The logarithm of luminance, (16, 16)."""
    small = resample(np.ascontiguousarray(picture[..., :3]), SIDE, SIDE)
    return np.log(np.maximum(small.mean(-1), DARK))


def _at(waves: Floats, height: int, width: int) -> Floats:
    """The field (height, width) of waves (16, 16) by an orthonormal cosine transform."""
    last = int(SLOWEST) + 1
    rows, columns = (
        np.sqrt(np.where(np.arange(last) > 0, 2, 1) / SIDE)[:, None]
        * np.cos(np.pi * np.arange(last)[:, None] * (np.arange(n) + 0.5) / n)
        for n in (height, width)
    )
    return np.asarray(rows.T @ waves[:last, :last] @ columns)
