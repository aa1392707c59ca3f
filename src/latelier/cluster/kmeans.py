"""k-means and silhouettes for many k at once, equal to scikit-learn's on the whole table.

k-means after Lloyd (1982), started by greedy k-means++ (Arthur and Vassilvitskii, 2007) and run
by scikit-learn itself on the few dimensions of ``geometry``. Its random draws depend on distances
alone, so the labels are those of the whole table; only its stopping rule looks at the number of
columns, and is handed the same bound. Silhouettes after Rousseeuw (1987), for all k in one pass
over the distances.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from latelier.cluster.geometry import Floats, Geometry, distances_of
from latelier.progress import Progress, silent

STARTS = 10  # scikit-learn's n_init: its default was 10 up to 1.3 and is 1 since; so it is stated
SEED = 42  # scikit-learn's random_state, the number that this recipe has always been run with
TOLERANCE = 1e-4  # scikit-learn's own; times the mean variance of a column
MOST = 19  # groups tried, from 2

Labels = NDArray[np.int32]


@dataclass(frozen=True)
class Grouping:
    """The pictures in k groups.

    Args:
        k: how many groups.
        labels: (n,) the group of each picture, 0 ... k - 1, as scikit-learn numbers them.
        inertia: the sum of squared distances of the points to the middle of their group.
    """

    k: int
    labels: Labels
    inertia: float

    @property
    def sizes(self) -> list[int]:
        """How many pictures each group has."""
        return [int(size) for size in np.bincount(self.labels, minlength=self.k)]


def group(
    found: Geometry, ks: Iterable[int], *, starts: int = STARTS, on_progress: Progress = silent
) -> dict[int, Grouping]:
    """The points in k groups, for each k asked for.

    Args:
        found: the points; at least k of them must differ.
        ks: numbers of groups, each from 1 to n.
        starts: how often k-means begins anew; the tightest grouping is kept.
        on_progress: told how many k are done.
    """
    ks = sorted(set(ks))
    columns = found.points.shape[1]
    groupings = {}
    for done, k in enumerate(ks):
        on_progress(done, len(ks), f"{k} groups")
        means = KMeans(
            k,
            n_init=starts,
            random_state=SEED,
            # scikit-learn multiplies by the mean variance of the columns it is given; the same
            # variance in r columns instead of d has a mean d/r as large
            tol=TOLERANCE * columns / found.columns,
        ).fit(found.points)
        groupings[k] = Grouping(k, means.labels_, float(means.inertia_))
    return groupings


def silhouettes(points: Floats, labelled: Mapping[int, Labels]) -> dict[int, float]:
    """The mean silhouette of each labelling, -1 to 1.

    For a picture, (b - a) / max(a, b): a its mean distance to the others of its group, b to the
    pictures of the nearest other group; 0 for a group of one.

    Args:
        points: (n, r).
        labelled: (n,) labels 0 ... by any key, each with at least two groups.
    """
    n = len(points)
    keys = list(labelled)
    memberships = [np.eye(int(labelled[k].max()) + 1)[labelled[k]] for k in keys]
    members = np.concatenate(memberships, axis=1)  # (n, groups of all labellings)
    edges = np.cumsum([0, *(m.shape[1] for m in memberships)])
    totals = np.zeros(len(keys))
    for start, distances in distances_of(points):
        rows = np.arange(len(distances))
        sums = distances @ members
        for at, key in enumerate(keys):
            own = labelled[key][start : start + len(distances)]
            sizes = memberships[at].sum(axis=0)
            to_group = sums[:, edges[at] : edges[at + 1]]
            inside = to_group[rows, own] / np.maximum(sizes[own] - 1, 1)
            outside = to_group / np.maximum(sizes, 1)
            outside[:, sizes == 0] = np.inf
            outside[rows, own] = np.inf
            nearest = outside.min(axis=1)
            larger = np.maximum(inside, nearest)
            score = np.divide(nearest - inside, larger, out=np.zeros_like(larger), where=larger > 0)
            totals[at] += score[sizes[own] > 1].sum()
    return {key: float(total / n) for key, total in zip(keys, totals, strict=True)}
