"""``latelier.toml``: the few things about a project that are written by hand."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from latelier.errors import ConfigError, UnknownName, disk_error

FILE = "latelier.toml"


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
    """

    title: str = ""
    artist: str = ""
    rights: str = ""
    credit: str = ""
    seed: int = 1
    ground: str = "#ffffff"

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
    return config


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
"""


def _is_hex(digits: str) -> bool:
    return all(d in "0123456789abcdefABCDEF" for d in digits)
