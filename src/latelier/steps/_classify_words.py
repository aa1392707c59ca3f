"""What was learnt of a criterion, in words that do not flatter."""

from typing import TYPE_CHECKING

from latelier.classify.conformal import needs
from latelier.classify.crossed import most_chosen
from latelier.classify.reading import Reading
from latelier.wording import plural

if TYPE_CHECKING:
    from latelier.steps.classify import Classified

SHOWN = 12  # pictures named in the report's lists
ENOUGH = 10  # pictures of a label; of fewer a curve says nothing
APART = 0.1  # of accuracy, by which a label told less often is worth a word
WELL = 0.06  # calibration error below which probabilities are said to hold


def words(read: Reading, random: tuple[float, tuple[float, float]] | None) -> list[str]:
    """The sentences after the verdict: recalls, chance, sets, curve, slips."""
    found = read.figures
    told = sorted(zip(found.recalls, found.classes, strict=True), reverse=True)
    each = ", ".join(f"{name} {r[0]:.0%} ({r[1]:.0%} to {r[2]:.0%})" for r, name in told)
    low, high = found.balanced_interval
    lines = [
        f"Of each label it told: {each}; {found.balanced:.0%} on the mean ({low:.0%} to {high:.0%})."
    ]
    if random is not None:
        more = random[0] - found.accuracy
        lines.append(
            f"Split at random, with copies and pages on both sides, it would seem right on "
            f"{random[0]:.0%} ({random[1][0]:.0%} to {random[1][1]:.0%}): "
            + (
                f"that flatters by {100 * more:.0f} points and is not what you will meet."
                if more > 0.005
                else "here that does not flatter."
            )
        )
    error, before = read.calibration.error, read.calibration.before
    lines.append(
        f"Its probabilities are off by {error:.2f} ({before:.2f} before they were calibrated): "
        + ("take them as they stand." if error <= WELL else "take them as a rough order only.")
    )
    lines.append(_sets(read))
    lines.append(_more(read))
    lines.append(_slips(read))
    lines.append(f"The head: {most_chosen(read.held.chosen)}.")
    return lines


def _more(read: Reading) -> str:
    """Whether more labels would help; where some label has few pictures, the curve cannot say."""
    counts = dict(zip(read.classes, read.figures.confusion.sum(axis=1).tolist(), strict=True))
    few = {name: n for name, n in counts.items() if n < ENOUGH}
    if few:
        which = ", ".join(f"{name} {n}" for name, n in few.items())
        return (
            f"Too few pictures to say whether more labels would help ({which}): label some "
            f"{ENOUGH} of each first."
        )
    worse = [
        f"{name} ({recall[0]:.0%})"
        for name, recall in zip(read.figures.classes, read.figures.recalls, strict=True)
        if recall[0] < read.figures.accuracy - APART
    ]
    if worse and read.curve.enough:  # a rare label hardly moves the whole
        return f"{read.curve.words} Of {', '.join(worse)} they may help all the same."
    return read.curve.words


def _sets(read: Reading) -> str:
    wishes, sets = read.wishes, read.sets
    if sets is None:
        each = " of every label" if wishes.per_label else ""
        return (
            f"No promise of {wishes.promise:.0%} is made: besides those tested it needs "
            f"{needs(1 - wishes.promise)} labelled pictures{each} that are no copies."
        )
    return (
        f"Sets of labels promise to hold the true one {wishes.promise:.0%} of the time, calibrated "
        f"in folds on {sets.calibrated_on} pictures: so many set aside would mean "
        f"{sets.band[0]:.1%} to {sets.band[1]:.1%}, folds hold more rather than less, and "
        f"{max(0.0, 2 * wishes.promise - 1):.0%} is proved. On pictures held out they held it "
        f"{sets.held:.0%} of the time, with {sets.size:.1f} of {len(read.classes)} labels each."
    )


def _slips(read: Reading) -> str:
    count, trial = len(read.doubts.rows), read.trial
    if not trial.planted:
        return f"{plural(count, 'label')} under suspicion; too few labels to say how often that is true."
    if not count:
        return "No label looks like a slip."
    be = "label looks" if count == 1 else "labels look"
    odds = "so look before you change them" if trial.even else "so most of them will be right"
    return (
        f"{count} {be} like a slip. Of {trial.planted} labels changed on purpose it found "
        f"{trial.found}; of what it then suspected at least {trial.precision:.0%} had been changed "
        f"({trial.interval[0]:.0%} to {trial.interval[1]:.0%}), {odds}."
    )


def report(done: "Classified") -> str:
    """The page ``report.md``."""
    lines = [f"# {done.criterion}", "", done.verdict, ""]
    lines += [f"- {sentence}" for sentence in done.sentences[1:]]
    lines += ["", "![Confusion, calibration and learning curve](plate.png)", ""]
    if done.slips:
        lines += [
            "## Labels that look like slips",
            "",
            "| picture | your label | perhaps |",
            "|---|---|---|",
        ]
        for path, instead in list(done.slips.items())[:SHOWN]:
            lines.append(f"| {path} | {done.labelled[path].given} | {instead} |")
        lines.append("")
    if done.others:
        lines += [
            "## The least sure",
            "",
            "| picture | said | how sure | set |",
            "|---|---|---|---|",
        ]
        for path, guess in list(done.others.items())[:SHOWN]:
            held = "" if guess.labels is None else ", ".join(guess.labels) or "none fits"
            far = " (unlike anything you showed)" if guess.stranger else ""
            lines.append(f"| {path} | {guess.said}{far} | {guess.probability:.0%} | {held} |")
        lines.append("")
    lines.append("All of it: said.csv")
    return "\n".join(lines) + "\n"
