"""What goes wrong in a training while every loss is a number: a contest that is won, images alike.

A generator that has collapsed draws one picture again and again (Goodfellow et al., arXiv 1406.2661,
section 6); a critic that is always right teaches it nothing. Both are told from what was measured.
"""

from collections.abc import Mapping, Sequence

from latelier.train.words import VARIED, Seen, was_varied


def collapsed(history: Sequence[Seen]) -> str:
    """What happened, if images that were varied have become alike; empty if not.

    Young images are alike too, since nothing is in them yet; they must have been varied before.
    """
    if len(history) < 2:
        return ""
    now, most = history[-1].measures.variety, max(s.measures.variety for s in history[:-1])
    if now >= VARIED or not was_varied(history):
        return ""
    return f"the images had become alike (variety {now:.2f} after {most:.2f})"


def won(player: str, losses: Mapping[str, float]) -> str:
    """What happened, if a player has won; empty if none has."""
    if not player:
        return ""
    told = ", ".join(f"{name} {loss:.2f}" for name, loss in losses.items())
    return f"the {player} had won, so that nothing more was learnt from it (losses: {told})"
