"""Heads: the classifiers that learn labels from numbers, each with the few settings worth trying.

Shrinkage LDA (Ledoit and Wolf, Honey, I shrunk the sample covariance matrix, 2004), multinomial
logistic regression, a support vector machine with Gaussian kernel, a random forest (Breiman, 2001),
extremely randomised trees (Geurts, Ernst and Wehenkel, 2006; half the time) and a Gaussian process
(Rasmussen and Williams, 2006, chapter 3). A jury is the mean of what linear discriminants, a
support vector machine and trees say, each brought to its own temperature first: over four splits a
jury of a forest told .57 of 202 batiks where its best member told .55, and .62 of 160 paintings as
its best member did, each time with the highest likelihood. All are scikit-learn's; numbers are
brought to mean 0 and spread 1 of the pictures learnt from first, and cut at 4 spreads so that no
single odd picture leads.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp
from sklearn.covariance import ledoit_wolf
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.gaussian_process.kernels import RBF, ConstantKernel
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import SVC

from latelier.errors import UnknownName

Table = NDArray[np.float64]
CUT = 4.0  # spreads; of 210 batiks 0.4 % of the numbers lie beyond
TREES = 100
RIDGE = 0.01  # of the mean variance
SVM_SCALE = 2.0  # margins to logits, before temperature finds the true scale


@dataclass(frozen=True)
class Kind:
    """A kind of head.

    Args:
        says: what it is, in a few words.
        build: settings and a seed to an estimator of scikit-learn.
        settings: the settings tried, the plainest first.
        linear: whether its logits are a weighted sum of the numbers.
    """

    says: str
    build: Callable[[Mapping[str, Any], int], Any]
    settings: tuple[Mapping[str, Any], ...]
    linear: bool = False


class ShrunkLDA:
    """Linear discriminants by one shrunk covariance of all pictures about their labels' means.

    scikit-learn's shrinks the covariance of each label by itself, which one picture of a label
    does not carry; of 160 paintings, the mean of three splits, it told .59, this one .61, of 210
    batiks both .51, this one in a tenth of the time.
    """

    def fit(self, x: Table, y: NDArray[np.int64]) -> "ShrunkLDA":
        """Learn from (n, d) numbers and (n,) labels."""
        self.classes_, of = np.unique(y, return_inverse=True)
        counts = np.bincount(of)
        means = np.stack([x[of == c].mean(axis=0) for c in range(len(counts))])
        covariance, _ = ledoit_wolf(x - means[of], assume_centered=True)
        # a little of the mean spread keeps what never varies within a label from weighing all
        covariance += RIDGE * (np.trace(covariance) / len(covariance) + 1e-9) * np.eye(x.shape[1])
        self.coef_ = np.linalg.solve(covariance, means.T).T
        halves = -0.5 * (means * self.coef_).sum(axis=1)
        self.intercept_ = halves + np.log(counts / counts.sum())
        return self

    def decision_function(self, x: Table) -> Table:
        """(n, k) the logarithm of each label's likelihood, up to a constant a row."""
        logits: Table = x @ self.coef_.T + self.intercept_
        return logits


def _lda(settings: Mapping[str, Any], seed: int) -> Any:
    return ShrunkLDA()


def _logistic(settings: Mapping[str, Any], seed: int) -> Any:
    return LogisticRegression(C=settings["C"], max_iter=2000)


def _svm(settings: Mapping[str, Any], seed: int) -> Any:
    return OneVsRestClassifier(SVC(C=settings["C"], kernel="rbf", gamma="scale"))


def _forest(settings: Mapping[str, Any], seed: int) -> Any:
    return RandomForestClassifier(TREES, min_samples_leaf=2, random_state=seed)


def _trees(settings: Mapping[str, Any], seed: int) -> Any:
    return ExtraTreesClassifier(TREES, min_samples_leaf=2, random_state=seed)


def _jury(settings: Mapping[str, Any], seed: int) -> Any:
    return Panel(settings, seed)


def _gp(settings: Mapping[str, Any], seed: int) -> Any:
    kernel = ConstantKernel(4.0, "fixed") * RBF(settings["length"], "fixed")
    return GaussianProcessClassifier(kernel, optimizer=None, random_state=seed)


KINDS: dict[str, Kind] = {
    "lda": Kind("linear, with a shrunk covariance", _lda, ({},), linear=True),
    "logistic": Kind(
        "linear, by likelihood", _logistic, ({"C": 0.01}, {"C": 0.1}, {"C": 1.0}), linear=True
    ),
    "svm": Kind("a Gaussian kernel with wide margins", _svm, ({"C": 1.0}, {"C": 10.0})),
    "forest": Kind("many trees that vote", _forest, ({},)),
    "trees": Kind("many trees of random cuts that vote", _trees, ({},)),
    "gp": Kind("a Gaussian process, for few labels", _gp, ({"length": 10.0}, {"length": 20.0})),
    "jury": Kind("linear discriminants, margins and trees that vote", _jury, ({},)),
}
MEMBERS = ("lda", "svm", "trees")  # of the jury


@dataclass(frozen=True)
class View:
    """Numbers that a head may look at.

    Args:
        name: of the view; empty for all numbers.
        columns: which; all if empty.
    """

    name: str = ""
    columns: tuple[int, ...] = ()


EVERYTHING = View()


@dataclass(frozen=True)
class Choice:
    """A kind of head, its settings, and the numbers that it looks at."""

    kind: str
    settings: Mapping[str, Any]
    view: View = EVERYTHING

    @property
    def words(self) -> str:
        """As a person reads it: ``logistic (C 0.1) on shape``."""
        inside = ", ".join(f"{k} {v:g}" for k, v in self.settings.items())
        if self.kind == "jury":  # its settings are temperatures, of which nobody asks
            inside = ", ".join(MEMBERS)
        on = f" on {self.view.name}" if self.view.name else ""
        return (f"{self.kind} ({inside})" if inside else self.kind) + on


def choices(name: str) -> list[Choice]:
    """What is tried for a head's name; ``auto`` is the jury.

    Args:
        name: of a kind, or ``auto``.

    Raises:
        UnknownName: there is no such head.
    """
    if name != "auto" and name not in KINDS:
        raise UnknownName("head", name, [*KINDS, "auto"])
    kind = "jury" if name == "auto" else name
    return [Choice(kind, settings) for settings in KINDS[kind].settings]


class Head:
    """A head that is to learn, or has learnt, labels from numbers.

    Args:
        choice: its kind and settings.
        classes: how many labels there are; a label that is not learnt from gets a logit of -30.
        seed: of the forest's draws.
        temperature: that its logits are divided by.
    """

    def __init__(
        self, choice: Choice, classes: int, seed: int = 0, temperature: float = 1.0
    ) -> None:
        self.choice = choice
        self.classes = classes
        self.seed = seed
        self.temperature = temperature

    def fit(self, numbers: Table, labels: NDArray[np.int64]) -> "Head":
        """Learn from (n, d) numbers and (n,) labels 0 ... classes - 1, two of them at least."""
        self.mean_ = numbers.mean(axis=0)
        spread = numbers.std(axis=0)
        # a number that is the same in all says nothing, and any change of it would say too much
        self.spread_ = np.where(spread > 1e-9 * (1 + np.abs(self.mean_)), spread, np.inf)
        self.model_ = KINDS[self.choice.kind].build(self.choice.settings, self.seed)
        self.columns_ = np.array(self.choice.view.columns or range(numbers.shape[1]))
        self.model_.fit(self.scaled(numbers)[:, self.columns_], labels)
        self.known_ = np.unique(labels)
        return self

    def scaled(self, numbers: Table) -> Table:
        """(n, d) the numbers as the head sees them: in spreads from the mean, cut."""
        return np.clip((numbers - self.mean_) / self.spread_, -CUT, CUT)

    def logits(self, numbers: Table) -> Table:
        """(n, classes) log probabilities up to a constant a row."""
        return self.scaled_logits(self.scaled(numbers))

    def scaled_logits(self, scaled: Table) -> Table:
        """(n, classes) the logits of numbers that were scaled already."""
        scaled = scaled[:, self.columns_]
        if self.choice.kind == "svm":
            margins = SVM_SCALE * self.model_.decision_function(scaled)
            found = np.stack([-margins, margins], axis=1) / 2 if margins.ndim == 1 else margins
        elif self.choice.kind == "jury":
            found = self.model_.logits(scaled)
        elif self.choice.kind in ("lda", "logistic"):
            found = self.model_.decision_function(scaled)
            if found.ndim == 1:
                found = np.stack([-found, found], axis=1) / 2
        else:
            share = self.model_.predict_proba(scaled)
            k = share.shape[1]
            found = np.log(
                (share * TREES + 1 / k) / (TREES + 1)
            )  # as if one more tree knew nothing
        found = found / self.temperature
        whole = np.full((len(scaled), self.classes), -30.0)
        whole[:, self.known_] = found - logsumexp(found, axis=1, keepdims=True)
        return whole

    def weights(self) -> tuple[Table, NDArray[np.float64]]:
        """(classes, d) weights and (classes,) offsets of the logits, of a linear head only."""
        coefficients, offsets = self.model_.coef_, self.model_.intercept_
        if len(coefficients) == 1:
            coefficients = np.concatenate([-coefficients, coefficients]) / 2
            offsets = np.concatenate([-offsets, offsets]) / 2
        w = np.zeros((self.classes, len(self.mean_)))
        b = np.full(self.classes, -30.0)
        w[np.ix_(self.known_, self.columns_)] = coefficients / self.temperature
        b[self.known_] = offsets / self.temperature
        return w, b


class Panel:
    """Several heads whose probabilities are averaged.

    Args:
        temperatures: of each member, by its kind; 1 where none is given.
        seed: of the forest.
    """

    def __init__(self, temperatures: Mapping[str, Any], seed: int) -> None:
        self.temperatures, self.seed = dict(temperatures), seed

    def fit(self, x: Table, y: NDArray[np.int64]) -> "Panel":
        """Learn from (n, d) numbers and (n,) labels."""
        _, of = np.unique(y, return_inverse=True)
        k = int(of.max()) + 1
        self.members_ = [
            Head(member(kind), k, self.seed, self.temperatures.get(kind, 1.0)).fit(x, of)
            for kind in MEMBERS
        ]
        return self

    def logits(self, x: Table) -> Table:
        """(n, k) the logarithm of the mean probability."""
        said: Table = np.mean([np.exp(head.logits(x)) for head in self.members_], axis=0)
        return np.asarray(np.log(np.maximum(said, 1e-12)))


def member(kind: str, view: View = EVERYTHING) -> Choice:
    """A member of the jury, in its plainest settings."""
    return Choice(kind, KINDS[kind].settings[0], view)


def probabilities(logits: Table, temperature: float = 1.0) -> Table:
    """(n, k) the softmax of the logits, each row summing to 1."""
    scaled = logits / temperature
    found: Table = np.exp(scaled - logsumexp(scaled, axis=1, keepdims=True))
    return found


def of_classes(labels: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    """The sorted names of the labels, and each label as its place among them."""
    names = sorted({str(x) for x in labels})
    place = {name: i for i, name in enumerate(names)}
    return names, np.array([place[str(x)] for x in labels], np.int64)
