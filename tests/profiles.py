"""Colour profiles made by code for the tests (ICC.1:2001-04, version 2)."""

import struct

import numpy as np
from numpy.typing import NDArray

D50 = (0.9642, 1.0, 0.8249)
# Columns are the primaries' XYZ, adapted to D50 by Bradford's method
ADOBE = np.array(
    [[0.60974, 0.20528, 0.14919], [0.31111, 0.62567, 0.06322], [0.01947, 0.06087, 0.74457]]
)
PROPHOTO = np.array(
    [[0.7976749, 0.1351917, 0.0313534], [0.2880402, 0.7118741, 0.0000857], [0, 0, 0.82521]]
)
SRGB = np.array(
    [[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]]
)


def _s15(values: tuple[float, ...] | list[float]) -> bytes:
    return b"".join(struct.pack(">i", round(v * 65536)) for v in values)


def _profile(space: bytes, kind: bytes, pcs: bytes, tags: dict[bytes, bytes]) -> bytes:
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(78),
        b"cprt": b"text" + bytes(4) + b"none\0",
        b"wtpt": b"XYZ " + bytes(4) + _s15(D50),
        **tags,
    }
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data
    size = 128 + len(table) + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"lcms", 0x02400000, kind, space, pcs)
    head += struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _s15(D50)
    return head + bytes(128 - len(head)) + table + body


def _gamma(gamma: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))


def rgb(primaries: NDArray[np.float64], gamma: float) -> bytes:
    """A monitor profile of three primaries and one gamma."""
    tags = {}
    for letter, column in zip(b"rgb", primaries.T, strict=True):
        tags[bytes([letter]) + b"XYZ"] = b"XYZ " + bytes(4) + _s15(column.tolist())
        tags[bytes([letter]) + b"TRC"] = _gamma(gamma)
    return _profile(b"RGB ", b"mntr", b"XYZ ", tags)


def grey(gamma: float) -> bytes:
    """A grey profile of one gamma."""
    return _profile(b"GRAY", b"mntr", b"XYZ ", {b"kTRC": _gamma(gamma)})


def cmyk() -> bytes:
    """A press of four plain inks: the paper's Lab, less what each ink takes away."""
    steps = np.linspace(0, 1, 5)
    c, m, y, k = np.meshgrid(steps, steps, steps, steps, indexing="ij")
    light = (1 - k) * (1 - 0.45 * c) * (1 - 0.5 * m) * (1 - 0.1 * y)
    a = (1 - k) * (-35 * c + 72 * m - 5 * y)
    b = (1 - k) * (-48 * c - 4 * m + 88 * y)
    lab = np.stack([light * 255, a + 128, b + 128], -1)
    ramp = bytes(range(256))
    lut = b"mft1" + bytes(4) + bytes([4, 3, 5, 0])
    lut += _s15([1, 0, 0, 0, 1, 0, 0, 0, 1]) + ramp * 4
    lut += np.clip(lab + 0.5, 0, 255).astype(np.uint8).tobytes() + ramp * 3
    return _profile(b"CMYK", b"prtr", b"Lab ", {b"A2B0": lut})
