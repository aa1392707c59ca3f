"""``latelier.toml``: the few things about a project that are written by hand."""

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from latelier.errors import ConfigError, UnknownName, UsageError, disk_error
from latelier.files import write_text

FILE = "latelier.toml"
CHOICES = {  # "": nobody was asked yet
    "flips": ("", "none", "x", "y", "xy"),
    "colours": ("", "kept", "free"),
    "repeats": ("", "no", "yes"),
}


@dataclass(frozen=True)
class Config:
    """What ``latelier.toml`` says.

    Args:
        title: of the collection; stands on the report and in files put out.
        artist: who answers for what is made here.
        rights: of pictures added without ``--rights``.
        credit: of pictures added without ``--credit``.
        seed: the first number of everything random, 0 or more.
        ground: the colour that transparent parts are laid on, as ``#rrggbb``.
        flips: axes that pictures may be mirrored on in training: none, x (left and right), y, xy.
        colours: kept, or free where other colours would do as well.
        repeats: yes where pictures go on beyond their edges as they come in at the other side.
    """

    title: str = ""
    artist: str = ""
    rights: str = ""
    credit: str = ""
    seed: int = 1
    ground: str = "#ffffff"
    flips: str = ""
    colours: str = ""
    repeats: str = ""

    @property
    def ground_rgb(self) -> tuple[int, int, int]:
        """The ground as three numbers, 0 to 255."""
        red, green, blue = bytes.fromhex(self.ground[1:])
        return red, green, blue


def read(path: Path) -> Config:
    """Read a ``latelier.toml``.

    Raises:
        ConfigError: it is no TOML, a key is unknown, or a value has the wrong form.
        DiskError: it cannot be read.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML ({error}); mend that line") from error
    except OSError as error:
        raise disk_error(error, f"reading {path}") from error
    known = {f.name: f.type for f in fields(Config)}
    for key, value in table.items():
        if key not in known:
            raise ConfigError(f"{path}: {UnknownName('setting', key, known)}")
        if type(value) is not known[key]:
            raise ConfigError(
                f"{path}: {key} = {value!r} should be "
                f"{'a whole number' if known[key] is int else 'text in quotation marks'}"
            )
    config = Config(**table)
    if config.seed < 0:
        raise ConfigError(f"{path}: seed = {config.seed} should be 0 or more")
    digits = config.ground[1:]
    if not (config.ground[:1] == "#" and len(digits) == 6 and _is_hex(digits)):
        raise ConfigError(f'{path}: ground = {config.ground!r} should look like "#ffffff"')
    for key, choices in CHOICES.items():
        if getattr(config, key) not in choices:
            raise ConfigError(f"{path}: {key} = {getattr(config, key)!r} can be {_listed(choices)}")
    return config


def remember(path: Path, **answers: str) -> None:
    """Write answers into a ``latelier.toml``, each on the line where it stands or on a new one.

    Every other line, comments included, stays as it is.

    Args:
        path: of the file.
        answers: by a name of `CHOICES`.

    Raises:
        UsageError: an answer that is none of the choices.
        DiskError: the file cannot be written.
    """
    text = path.read_text(encoding="utf-8")
    for key, answer in answers.items():
        if answer not in CHOICES[key]:
            raise UsageError(f"{key} is {answer!r}; it can be {_listed(CHOICES[key])}.")
        line = f'{key} = "{answer}"'
        found = rf"""(?m)^[ \t]*{key}[ \t]*=[ \t]*(?:"[^"\n]*"|'[^'\n]*')"""
        text, there = re.subn(found, line, text, count=1)
        if not there:
            text = f"{text.rstrip()}\n{line}\n"
    write_text(path, text)


def template(title: str) -> str:
    """A new project's ``latelier.toml``, commented."""
    quoted = title.replace("\\", "\\\\").replace('"', '\\"')
    return f"""\
# A Latelier project. Everything in this file is yours to change by hand.

title  = "{quoted}"   # stands on the report and in files that are put out
artist = ""   # who answers for what is made here
rights = ""   # of pictures added without --rights, for example "CC BY 4.0" or "by permission of ..."
credit = ""   # of pictures added without --credit, for example "Photograph: ..."
seed   = 1    # the first number of everything random: the same seed, the same images
ground = "#ffffff"   # transparent parts of pictures are laid on this colour

# How pictures may be changed while a model learns from them; asked before the first training.
flips   = ""   # may they be mirrored: "none", "x" (left and right), "y" (up and down) or "xy"
colours = ""   # "kept", or "free" where the same in other colours would be as good
repeats = ""   # "yes" where each goes on beyond its edges as it comes in at the other side
"""


def _listed(choices: tuple[str, ...]) -> str:
    return ", ".join(f'"{choice}"' for choice in choices)


def _is_hex(digits: str) -> bool:
    return all(d in "0123456789abcdefABCDEF" for d in digits)
