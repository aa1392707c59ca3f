"""One light over all pieces: small steps in tone at the seams are spread until they cannot be seen.

The correction whose differences cancel the steps and that is otherwise as flat as it can be, a
screened Poisson equation (Perez, Gangnet and Blake, "Poisson Image Editing", 2003; Bhat et al.,
"Fourier Analysis of the 2D Screened Poisson Equation", 2008), solved by cosines. A large step is
drawing, not light, and stays.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from latelier.weave.fold import Floats, Fold, Ints
from latelier.weave.mend import Cloth

STEP = (
    0.08  # of the whole range: what differs more at a seam is drawing; at 0.14 navy ran into black
)
FAR = 3.0  # lengths after which a correction has died away


def evened(cloth: Cloth, picture: Floats, length: float) -> Floats:
    """The picture on the domain with the steps at its seams evened out.

    Args:
        cloth: whose seams they are.
        picture: (height, width, c) what stands on the domain.
        length: pixels over which a step is spread.
    """
    pull = np.zeros_like(picture)
    for down in (True, False):
        _add_steps(cloth, picture, pull, down)
    if not pull.any():
        return picture
    return np.clip(picture + _spread(cloth.fold, pull, length), 0, 1)


def _add_steps(cloth: Cloth, picture: Floats, pull: Floats, down: bool) -> None:
    """Add to `pull` what the steps between each pixel and the next one down, or right, ask for."""
    fold = cloth.fold
    y, x = np.mgrid[: fold.height, : fold.width]
    next_y, next_x = (y + 1, x) if down else (y, x + 1)
    at = fold.places(next_y, next_x)
    real = fold.inside(next_y, next_x) & (at.turn_y > 0) & (at.turn_x > 0)
    mine, other = cloth.owner, cloth.owner[at.y, at.x]
    seam = np.nonzero(real & (mine != other))
    if not len(seam[0]):
        return
    a, b = mine[seam], other[seam]
    here, there = (y[seam], x[seam]), (next_y[seam], next_x[seam])
    step = picture[at.y[seam], at.x[seam]] - picture[seam]
    one, known = _slope(cloth, a, here, there)
    two, sure = _slope(cloth, b, here, there)
    wanted = ((one + two) / 2).astype(np.float32)
    small = known & sure & (np.abs(step - wanted).max(-1) < STEP)
    ask = (wanted - step)[small]
    np.add.at(pull, (at.y[seam][small], at.x[seam][small]), ask)
    np.add.at(pull, (seam[0][small], seam[1][small]), -ask)


def _slope(
    cloth: Cloth, owner: Ints, here: tuple[Ints, Ints], there: tuple[Ints, Ints]
) -> tuple[Floats, NDArray[np.bool_]]:
    """The difference from `here` to `there` in the original of each owner, and where it is known."""
    h, w = cloth.stack.shape[1:3]
    colours, known = [], np.ones(len(owner), dtype=bool)
    p, y, x = cloth.origin(here[0], here[1], owner)
    for sy, sx in ((y, x), (y + there[0] - here[0], x + there[1] - here[1])):
        known &= (sy >= 0) & (sy < h) & (sx >= 0) & (sx < w)
        colours.append(cloth.stack[p, np.clip(sy, 0, h - 1), np.clip(sx, 0, w - 1)])
    return colours[1] - colours[0], known


def _spread(fold: Fold, pull: Floats, length: float) -> Floats:
    """The flattest field that answers `pull` and dies away over `length` pixels."""
    margin = int(min(FAR * length, 2 * max(fold.height, fold.width)))
    at = fold.window(-margin, fold.height + margin, -margin, fold.width + margin)
    wide = pull[at.y, at.x]
    waves = fft.dctn(wide, axes=(0, 1))
    rows, columns = (
        2 - 2 * np.cos(np.pi * np.arange(n, dtype=np.float32) / n) for n in wide.shape[:2]
    )
    waves /= (rows[:, None] + columns[None] + 1 / length**2)[..., None]
    field = fft.idctn(waves, axes=(0, 1))
    inner = field[margin : margin + fold.height, margin : margin + fold.width]
    return np.clip(inner, -STEP, STEP).astype(np.float32)
