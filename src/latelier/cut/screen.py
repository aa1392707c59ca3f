"""Whether a picture is a page of drawings at all: blank pages, photographs, text and bindings told apart."""

import cv2
import numpy as np
from numpy.typing import NDArray

from latelier.cut.ink import Inked

Floats = NDArray[np.float64]
PAPER_SHARE = 0.5  # of a page lies near one brightness; photographs have .05 to .3
TEXTURE = 11.0  # grey levels on the paper; pages have 1 to 9, photographs of other things 12 to 100
BLANK = 2e-5  # of a page covered with ink: fewer than 44 dots on A4 at 150 dpi


def not_a_page(inked: Inked) -> str:
    """A sentence on why a picture is no page of drawings, or nothing where it may be one."""
    covered = cv2.countNonZero(inked.mask) / inked.mask.size
    textured = paper_share(inked) < PAPER_SHARE or inked.noise > TEXTURE
    if not textured and (covered < BLANK or inked.paper - inked.ink < 20):
        return "The page is blank."
    if textured:
        return (
            "This looks like a photograph or a painting rather than a page of drawings; "
            "nothing was cut from it. If it is a page, say what is on it with --kind."
        )
    return ""


def paper_share(inked: Inked) -> float:
    """The share of a picture that is as bright as its paper, under even light."""
    spread = max(3 * inked.noise, 14.0)
    near = cv2.inRange(inked.flat, int(inked.paper - spread), 255)
    return cv2.countNonZero(near) / near.size
