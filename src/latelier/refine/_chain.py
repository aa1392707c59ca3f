"""The words of a chain: ``despeckle:area=12,what=black``, ``smooth:2``, ``threshold``."""

import re
from dataclasses import dataclass
from typing import Any

from latelier import registry
from latelier.errors import UnknownName, UsageError
from latelier.refine._contract import Setting


@dataclass(frozen=True)
class Link:
    """One refinement of a chain, with all its settings.

    Args:
        name: of the refinement.
        settings: every one of its settings.
    """

    name: str
    settings: dict[str, float | str]

    @property
    def plugin(self) -> Any:
        """The refinement's module."""
        return registry.load("refine", self.name)

    def __str__(self) -> str:
        """As it is typed, every setting said."""
        said = ",".join(
            f"{k}={v if isinstance(v, str) else f'{v:g}'}" for k, v in self.settings.items()
        )
        return f"{self.name}:{said}" if said else self.name


def link(words: str) -> Link:
    """What ``name``, ``name:12`` or ``name:area=12,what=black`` means.

    A value without a name is that of the first setting.

    Raises:
        UnknownName: no refinement, setting or choice has that name.
        UsageError: a number is none, or is out of its range.
    """
    name, _, rest = words.strip().partition(":")
    known: tuple[Setting, ...] = registry.load("refine", name).SETTINGS
    settings = {s.name: s.default for s in known}
    for number, part in enumerate(p for p in re.split(r"[,;]", rest) if p.strip()):
        key, equals, value = (p.strip() for p in part.partition("="))
        if not equals:
            if number or not known:
                raise UsageError(
                    f"{words!r}: say what {key!r} is, as in {name}:{known[0].name}={key}"
                    if known
                    else f"{words!r}: {name} has no settings"
                )
            key, value = known[0].name, key
        setting = next((s for s in known if s.name == key), None)
        if setting is None:
            raise UnknownName(f"setting of {name}", key, [s.name for s in known])
        settings[key] = _valued(name, setting, value)
    return Link(name, settings)


def _valued(name: str, setting: Setting, value: str) -> float | str:
    """A value as its setting takes it.

    Raises:
        UnknownName: it is none of the choices.
        UsageError: it is no number, or is out of its range.
    """
    if setting.choices:
        if value not in setting.choices:
            raise UnknownName(f"{setting.name} of {name}", value, setting.choices)
        return value
    try:
        number = float(value[:-1]) / 100 if value.endswith("%") else float(value)
    except ValueError:
        number = float("nan")
    if not setting.low <= number <= setting.high:
        raise UsageError(
            f"{name}:{setting.name} is {value!r} and should be a number from "
            f"{setting.low:g} to {setting.high:g}. {setting.says}"
        )
    return number
