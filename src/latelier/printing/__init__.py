"""Sheets painted, looked over, and written to files that are read back: one format a file.

``_contract.py`` says what a format is; ``_painter.py`` paints a sheet band by band;
``_lettering.py`` sets titles and captions; ``_preflight.py`` says beforehand what will be seen.
"""

from latelier.printing._contract import BAND, Format, Paper, Reopened, format_of, put
from latelier.printing._lettering import Lettering, can_join, joins, missing, set_lines
from latelier.printing._painter import Inscription, Picture, Sheet, fit, ink_on
from latelier.printing._preflight import Finding, Print, preflight
from latelier.printing._preview import Preview
from latelier.printing._receipt import Receipt

__all__ = [
    "BAND",
    "Finding",
    "Format",
    "Inscription",
    "Lettering",
    "Paper",
    "Picture",
    "Preview",
    "Print",
    "Receipt",
    "Reopened",
    "Sheet",
    "can_join",
    "fit",
    "format_of",
    "ink_on",
    "joins",
    "missing",
    "preflight",
    "put",
    "set_lines",
]
