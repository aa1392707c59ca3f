"""Your own network as an ONNX file: pictures (n, 3, h, w) in [0, 1] to rows (n, d)."""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch.nn.functional as F
from onnxruntime.capi import onnxruntime_pybind11_state as state

from latelier.errors import Damaged
from latelier.extractors._contract import Features, Parts, Pictures
from latelier.extractors._pixels import colour

NAME = "onnx"
FILE = "an ONNX network of one input (n, 3, h, w) in [0, 1], whose first output is (n, d)"
LEARNS = False
CLOSE, NEAR = None, None
BLOCK = 32  # pictures at once
ERRORS: tuple[type[Exception], ...] = (  # the runtime's own have no common kind
    ValueError,
    *(e for e in vars(state).values() if isinstance(e, type) and issubclass(e, Exception)),
)


def parts(originals: Pictures, file: Path | None, seed: int) -> Parts:
    """One part, as wide as the network makes it; a fixed size of its input is kept to.

    Raises:
        Damaged: the file is no such network.
    """
    try:
        quiet = onnxruntime.SessionOptions()
        quiet.log_severity_level = 4
        quiet.intra_op_num_threads = 1
        net = onnxruntime.InferenceSession(str(file), quiet, providers=["CPUExecutionProvider"])
        (wanted,) = net.get_inputs()
    except ERRORS as error:
        raise Damaged(f"{file} is not {FILE}; take another file.") from error

    def seen(pixels: Pictures) -> list[Features]:
        rows = []
        for i in range(0, len(pixels), BLOCK):
            x = _sized(pixels[i : i + BLOCK], wanted.shape)
            try:
                out = np.asarray(net.run(None, {wanted.name: x})[0], dtype=np.float64)
            except ERRORS as error:
                raise Damaged(f"{file} is not {FILE}; take another file.") from error
            rows.append(out.reshape(len(x), -1))
        return [np.concatenate(rows)]

    return seen


def _sized(pixels: Pictures, shape: list[Any]) -> Any:
    x = colour(pixels)
    sides = shape[-2:]
    if len(shape) == 4 and all(isinstance(s, int) for s in sides):
        x = F.interpolate(x, size=sides, mode="bilinear", antialias=True)
    return x.numpy()
