"""An extractor by its name, with the file that it needs."""

from pathlib import Path
from types import ModuleType

from latelier import registry
from latelier.errors import UsageError
from latelier.extractors._contract import Extractor, Pictures
from latelier.files import sha256


def opened(asked: str, originals: Pictures, seed: int) -> Extractor:
    """The extractor that ``asked`` names, fitted on originals.

    Args:
        asked: ``classic``, or ``mobilenet:FILE`` for one that needs a file.
        originals: (n, h, w, c) uint8, what the model learns from.
        seed: of those that learn.

    Raises:
        UnknownName: there is no such extractor.
        UsageError: a file is missing, or given where none is needed.
        Damaged: the file is not what the extractor reads.
        MissingExtra: the extractor needs a package that is not installed.
    """
    plugin, file, name = named(asked)
    return Extractor(name, plugin.parts(originals, file, seed), originals)


def named(asked: str) -> tuple[ModuleType, Path | None, str]:
    """The extractor that ``asked`` names, the file that it needs, and the name that its numbers get.

    Raises:
        UnknownName: there is no such extractor.
        UsageError: a file is missing, or given where none is needed.
        MissingExtra: the extractor needs a package that is not installed.
    """
    kind, _, place = asked.partition(":")
    plugin = registry.load("extractors", kind)
    if plugin.FILE and not place:
        raise UsageError(f"The extractor {kind} needs {plugin.FILE}: write {kind}:FILE.")
    if place and not plugin.FILE:
        raise UsageError(f"The extractor {kind} needs no file; write {kind}.")
    file = Path(place) if place else None
    if file and not file.is_file():
        raise UsageError(f"{file} is not there; the extractor {kind} needs {plugin.FILE}.")
    return plugin, file, f"{plugin.NAME}-{sha256(file)[:8]}" if file else plugin.NAME


def thresholds_of(asked: str) -> tuple[float, float] | None:
    """KID below which images are like other originals by an extractor, and above which they are far."""
    plugin = registry.load("extractors", asked.partition(":")[0])
    return None if plugin.CLOSE is None else (plugin.CLOSE, plugin.NEAR)
