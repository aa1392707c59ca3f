"""Draws a picture as an SVG of smooth curves, with no more nodes than asked for.

Ink becomes black outlines of cubic curves fitted to where the grey crosses the middle (``_curves``).
Coloured pictures become stacked areas of one colour each, by vtracer (MIT).
"""

import io

import numpy as np
import vtracer
from PIL import Image

from latelier.errors import PictureError
from latelier.images import Pixels
from latelier.refine import _curves, _svg
from latelier.refine._contract import Setting, Written, share_of
from latelier.refine._tones import is_grey, luma

OF = "file"
TONES = "any"
SETTINGS = (
    Setting(
        "nodes",
        0,
        "No more points than this, of all curves together; 0: 400 for ink, 5000 for colours.",
        0,
        100_000,
    ),
    Setting("within", 0.5, "How far a curve may be from the outline, in pixels.", 0.05, 50),
    Setting("corners", 60, "Turns sharper than this many degrees stay corners.", 0, 180),
    Setting("speck", 0.0002, "What is smaller is left out: pixels, or below 1 a share.", 0, 1e6),
    Setting("colours", 6, "Of coloured pictures: how finely colours are told apart.", 1, 8),
)
LOOSER = 1.4  # a step towards fewer nodes
FARTHEST = 0.1  # of the longer side; with curves farther away it would be another form
TRIES = 14  # for colours; each looks for areas half as large again as the one before
INK_NODES, COLOUR_NODES = 400, 5000


def refine(
    pixels: Pixels, *, nodes: float, within: float, corners: float, speck: float, colours: float
) -> Written:
    """The picture as an SVG of its own size: black curves on nothing, or coloured areas stacked.

    Raises:
        PictureError: it cannot be drawn with so few nodes, or there is nothing on it.
    """
    h, w = pixels.shape[:2]
    least = share_of(speck, h * w) if speck else 0.0
    if is_grey(pixels):
        svg, facts = _ink(pixels, int(nodes) or INK_NODES, within, corners, least)
    else:
        svg, facts = _coloured(pixels, int(nodes) or COLOUR_NODES, corners, least, round(colours))
    shapes = _svg.shapes_of(svg)
    return Written(svg, ".svg", {"nodes": sum(s.nodes for s in shapes), **facts})


def _ink(
    pixels: Pixels, nodes: int, within: float, corners: float, least: float
) -> tuple[str, dict[str, float]]:
    h, w = pixels.shape[:2]
    dark = 255 - luma(pixels)
    outlines = _curves.outlines(dark, least)
    if not outlines:
        raise PictureError("there is nothing dark on it to be traced")
    tolerance = within
    forms = _curves.fitted(outlines, tolerance, corners)
    while (count := sum(f.nodes for f in forms)) > nodes:
        tolerance *= LOOSER
        if tolerance > FARTHEST * max(h, w):
            raise PictureError(_too_few(nodes, count))
        forms = _curves.fitted(outlines, tolerance, corners)
    svg = _svg.drawing([_svg.path(form.loops) for form in forms], (w, h))
    drawn = _svg.filled(_svg.shapes_of(svg), (w, h))[..., 0] < 128
    either = int((drawn | (dark >= 128)).sum())
    apart = int((drawn ^ (dark >= 128)).sum())
    return svg, {
        "shapes": len(forms),
        "within": round(tolerance, 3),
        "differs": round(apart / max(either, 1), 4),
    }


def _coloured(
    pixels: Pixels, nodes: int, corners: float, least: float, colours: int
) -> tuple[str, dict[str, float]]:
    h, w = pixels.shape[:2]
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG", compress_level=1)
    k = count = 0
    while k < TRIES:
        svg = vtracer.convert_raw_image_to_svg(
            data.getvalue(),
            img_format="png",
            colormode="color",
            hierarchical="stacked",
            mode="spline",
            filter_speckle=round(min(max(2, least**0.5) * 1.5**k, 800)),
            corner_threshold=round(corners),
            length_threshold=min(10.0, 4.0 * 1.2**k),
            splice_threshold=min(180, 45 + 10 * k),
            color_precision=max(min(4, colours), colours - k // 5),
            layer_difference=min(64, round(16 * 1.2**k)),
            path_precision=1,
        )
        shapes = _svg.shapes_of(svg)
        count = sum(s.nodes for s in shapes)
        if shapes and count <= nodes:
            break
        k += 3 if count > 4 * nodes else 1
    else:
        raise PictureError(_too_few(nodes, count))
    away = np.abs(_svg.filled(shapes, (w, h)).astype(np.int16) - pixels)
    paths = svg[svg.index("<path") : svg.rindex("</svg>")].strip().split("\n")
    return _svg.drawing(paths, (w, h)), {
        "shapes": len(shapes),
        "differs": round(float(away.mean() / 255), 4),
    }


def _too_few(nodes: int, count: int) -> str:
    return f"it cannot be drawn with {nodes} nodes; allow at least trace:nodes={count}"
