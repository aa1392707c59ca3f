"""From one folder of pictures to new images in the collection's own manner.

>>> import latelier
>>> latelier.open_project  # doctest: +ELLIPSIS
<function open_project at ...>

The names here are resolved on first use, so importing the package costs nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latelier.errors import LatelierError
    from latelier.steps.open_project import new_project, open_project

__all__ = ["LatelierError", "__version__", "new_project", "open_project"]

__version__ = "0.1.0"

_HOMES = {
    "LatelierError": "latelier.errors",
    "new_project": "latelier.steps.open_project",
    "open_project": "latelier.steps.open_project",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'latelier' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
