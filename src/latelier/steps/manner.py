"""Remember how pictures of this collection may be changed while a model learns from them."""

from dataclasses import asdict, dataclass
from typing import Any

from latelier.project import Project, config


@dataclass(frozen=True)
class Manner:
    """How pictures may be changed in training; an answer that was never given is empty.

    Args:
        flips: the axes they may be mirrored on: "none", "x" (left and right), "y" or "xy".
        colours: "kept", or "free" where the same in other colours would be as good.
        repeats: "yes" where each goes on beyond its edges as it comes in at the other side, or "no".
    """

    flips: str
    colours: str
    repeats: str

    @property
    def unanswered(self) -> list[str]:
        """The names of what nobody was asked yet."""
        return [name for name, answer in asdict(self).items() if not answer]

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def manner(
    project: Project,
    *,
    flips: str | None = None,
    colours: str | None = None,
    repeats: str | None = None,
) -> Manner:
    """What is remembered in `latelier.toml`, after the answers given here were written into it.

    Args:
        project: whose pictures.
        flips: "none", "x", "y", "xy", or "" to be asked again; None changes nothing.
        colours: "kept", "free" or ""; None changes nothing.
        repeats: "yes", "no" or ""; None changes nothing.

    Raises:
        UsageError: an answer that is none of these.
        DiskError: `latelier.toml` cannot be written.
    """
    answers = {"flips": flips, "colours": colours, "repeats": repeats}
    given = {name: answer for name, answer in answers.items() if answer is not None}
    if given:
        config.remember(project.root / config.FILE, **given)
        project.config = config.read(project.root / config.FILE)
    return Manner(project.config.flips, project.config.colours, project.config.repeats)
