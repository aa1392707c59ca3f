"""One palette for all threads: originals brought to the colours of the one that leads.

The linear map between two Gaussians that moves colours least (Pitie and Kokaram, "The Linear
Monge-Kantorovitch Linear Colour Mapping for Example-Based Colour Transfer", 2007, equation 12),
held within bounds, and only where there is cloth: paper keeps its white.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from latelier.weave.fold import Floats, resample
from latelier.weave.structure import paper_of

Doubles = NDArray[np.float64]
STEADY = 1e-3  # added to variances, of the whole range: flat pictures have none
PALETTE_SIDE = 48  # pixels of the longer side at which colours are taken
WAYS = np.array(  # directions: light, the two chromas, and between them
    [
        (1, 0, 0),
        (0, 1, 0),
        (0, 0, 1),
        (0, 0.7, 0.7),
        (0, 0.7, -0.7),
        (0.7, 0.7, 0),
        (0.7, 0, 0.7),
        (0.6, 0.6, -0.6),
    ],
    dtype=np.float32,
).T
STRETCH = 2.0  # how far contrast may be raised or lowered


def in_palette(picture: Floats, leader: Floats, strength: float) -> Floats:
    """A picture (h, w, c) in [0, 1] with its colours moved to those of ``leader``.

    Args:
        picture: to be recoloured.
        leader: whose colours are wanted.
        strength: 0 leaves the picture, 1 gives it the leader's mean and spread.
    """
    channels = min(3, picture.shape[-1])  # alpha is no colour
    cloth, model = ~paper_of(picture), ~paper_of(leader)
    if strength <= 0 or not cloth.any() or not model.any():
        return picture
    here, there = picture[cloth][:, :channels], leader[model][:, :channels]
    map_, mean, wanted = _map(here, there)
    moved = (picture[..., :channels] - mean) @ map_ + wanted
    soft = ndimage.uniform_filter(cloth.astype(np.float32), 3)[..., None] * cloth[..., None]
    out = picture.copy()
    out[..., :channels] += strength * soft * (moved - picture[..., :channels])
    return np.clip(out, 0, 1).astype(np.float32)


def _map(here: Floats, there: Floats) -> tuple[Floats, Floats, Floats]:
    """The symmetric map that takes one covariance to the other, and both means."""
    a, b = _covariance(here), _covariance(there)
    root, back = _power(a, 0.5), _power(a, -0.5)
    full = back @ _power(root @ b @ root, 0.5) @ back
    values, vectors = np.linalg.eigh(full)
    held = vectors @ np.diag(np.clip(values, 1 / STRETCH, STRETCH)) @ vectors.T
    return held.astype(np.float32), here.mean(0), there.mean(0)


def _covariance(colours: Floats) -> Doubles:
    centred = colours.astype(np.float64) - colours.mean(0)
    return centred.T @ centred / len(colours) + STEADY * np.eye(colours.shape[1])


def _power(matrix: Doubles, exponent: float) -> Doubles:
    values, vectors = np.linalg.eigh(matrix)
    raised: Doubles = vectors @ np.diag(np.maximum(values, 1e-9) ** exponent) @ vectors.T
    return raised


def palette_of(picture: Floats) -> Floats:
    """The colours of a picture (h, w, c) as 96 numbers, whose differences are those of the palettes.

    Quantiles of its pixels along eight directions of colour, chroma weighed double: the sliced
    Wasserstein distance (Rabin et al., "Wasserstein Barycenter and Its Application to Texture
    Mixing", 2011). Paper does not count, if there is anything else.
    """
    h, w = picture.shape[:2]
    scale = min(1.0, PALETTE_SIDE / max(h, w))
    small = resample(picture, max(2, round(h * scale)), max(2, round(w * scale)))
    cloth = ~paper_of(small)
    colours = small[cloth] if cloth.any() else small.reshape(-1, small.shape[-1])
    red, green, blue = (colours[:, min(i, colours.shape[1] - 1)] for i in range(3))
    light = 0.3 * red + 0.59 * green + 0.11 * blue
    opponent = np.stack([light, red - green, (red + green) / 2 - blue], axis=1)
    places = np.linspace(0.02, 0.98, 12)
    return np.quantile(opponent @ WAYS, places, axis=0).ravel().astype(np.float32)
