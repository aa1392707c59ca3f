"""How plans are dealt out to originals, so that each original is taken after about as often as any other.

By entropic optimal transport (Cuturi, "Sinkhorn Distances: Lightspeed Computation of Optimal
Transport", NIPS 2013): the prices under which plans that each choose their cheapest original together
take all of them alike.
"""

import numpy as np
from scipy.special import logsumexp

from latelier.weave.fold import Floats

SOFT = 0.05  # of the entropy, beside distances of about 1
ROUNDS = 100


def handicaps(far: Floats) -> Floats:
    """What is to be taken off the distance of each original (n,), so that all are chosen alike.

    Args:
        far: (m, n) of m plans that are usual to n originals.

    >>> far = np.array([[0.1, 0.3], [0.2, 0.3], [0.3, 0.4], [0.1, 0.5]])
    >>> far.argmin(1).tolist(), (far - handicaps(far)).argmin(1).tolist()
    ([0, 0, 0, 0], [0, 1, 1, 0])
    """
    plans, originals = far.shape
    taken_off = np.zeros(originals)
    for _ in range(ROUNDS):
        held = -SOFT * logsumexp((taken_off - far) / SOFT - np.log(originals), axis=1)
        taken_off = -SOFT * logsumexp((held[:, None] - far) / SOFT - np.log(plans), axis=0)
    return np.asarray(taken_off, dtype=np.float32)
