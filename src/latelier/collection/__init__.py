"""Where pictures come from: one source a file, and the readers that open strangers safely."""

from latelier.collection._bare import bare
from latelier.collection._found import Found, Listing
from latelier.collection._limits import Limits, processors
from latelier.collection._readers import Answer, Readers, Refused, Sound

__all__ = [
    "Answer",
    "Found",
    "Limits",
    "Listing",
    "Readers",
    "Refused",
    "Sound",
    "bare",
    "processors",
]
