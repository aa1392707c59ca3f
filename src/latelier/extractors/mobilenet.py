"""MobileNetV2 taught on ImageNet, from a file of 8-bit weights: objects, materials, textures.

Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks" (arXiv 1801.04381). The
file is an ``.npz`` of the quantised network with its list of operations in a ``_graph.json`` beside
it, as in a TensorFlow Lite file: names of weights, strides, SAME padding, the range each output is
held to. What is seen is the input of the last convolution, averaged over the picture (1,280
numbers).
"""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from latelier.errors import Damaged
from latelier.extractors._contract import Features, Maps, Parts, Pictures
from latelier.extractors._pixels import colour

NAME = "mobilenet"
FILE = "the weights of MobileNetV2 as .npz, with _graph.json beside them"
LEARNS = False
CLOSE, NEAR = None, None
SIDE = 224  # pixels a side that it was taught with
BLOCK = 32  # pictures at once: 224 px of 32 take some 300 MB


def parts(originals: Pictures, file: Path | None, seed: int) -> Parts:
    """One part of 1,280 numbers.

    Raises:
        Damaged: the files are not those of such a network.
    """
    ops, weights = _read(file) if file else ([], {})

    def seen(pixels: Pictures) -> list[Features]:
        rows = []
        for i in range(0, len(pixels), BLOCK):
            x = F.interpolate(colour(pixels[i : i + BLOCK]), size=(SIDE, SIDE), mode="bilinear",
                              antialias=True)  # fmt: skip
            rows.append(_run(ops, weights, x * (255 / 128) - 1).mean((2, 3)).double().numpy())
        return [np.concatenate(rows)]

    return seen


def maps(originals: Pictures, file: Path | None, seed: int) -> Maps:
    """The 1,280 maps whose means are its numbers.

    Raises:
        Damaged: the files are not those of such a network.
    """
    ops, weights = _read(file) if file else ([], {})

    def seen(pixels: Pictures) -> tuple[NDArray[np.float64], int]:
        x = F.interpolate(colour(pixels), size=(SIDE, SIDE), mode="bilinear", antialias=True)
        return _run(ops, weights, x * (255 / 128) - 1).double().numpy(), 0

    return seen


def _read(file: Path) -> tuple[list[dict[str, Any]], dict[str, Tensor]]:
    """Operations up to the last convolution, and float weights (out, in, h, w) and biases."""
    graph = file.with_name(file.name.replace("_u8weights.npz", "_graph.json"))
    try:
        ops = json.loads(graph.read_text(encoding="utf-8"))["ops"]
        last = max(i for i, op in enumerate(ops) if op["op"] == "AVERAGE_POOL_2D")
        weights: dict[str, Tensor] = {}
        with np.load(file, allow_pickle=False) as stored:
            for name in {op["w"] for op in ops[:last] if "w" in op}:
                whole = stored[f"{name}.weight_u8"].astype(np.float32)
                weight = (whole - stored[f"{name}.zero"]) * stored[f"{name}.scale"]
                way = (3, 0, 1, 2) if stored[f"{name}.dw"] else (0, 3, 1, 2)
                weight = weight.astype(np.float32).transpose(way)
                weights[f"{name}.weight"] = torch.from_numpy(weight.copy())
                weights[f"{name}.bias"] = torch.from_numpy(stored[f"{name}.bias"].copy())
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise Damaged(f"{file} is not {FILE}; take another file.") from error
    return ops[: last + 1], weights


def _run(ops: list[dict[str, Any]], weights: dict[str, Tensor], x: Tensor) -> Tensor:
    """(n, 1280, 7, 7) of pictures (n, 3, 224, 224) in [-1, 1]."""
    there: dict[int, Tensor] = {0: x}
    for op in ops:
        inputs = [there[i] for i in op["in"]]
        if op["op"] == "ADD":
            out = inputs[0] + inputs[1]
        elif op["op"] == "AVERAGE_POOL_2D":
            return inputs[0]
        else:
            groups = inputs[0].shape[1] if op["op"] == "DEPTHWISE_CONV_2D" else 1
            weight = weights[f"{op['w']}.weight"]
            padded = _same(inputs[0], weight.shape[-1], op["stride"])
            out = F.conv2d(
                padded, weight, weights[f"{op['w']}.bias"], stride=op["stride"], groups=groups
            )
            low, high = op["out_range"]
            out = out.clamp(low, high)
        there[op["out"]] = out
    raise Damaged("The network of the file has no last layer; take another file.")


def _same(x: Tensor, size: int, stride: int) -> Tensor:
    """Padded as TensorFlow pads: the smaller half before."""
    pads = []
    for side in (x.shape[3], x.shape[2]):
        missing = max((-(-side // stride) - 1) * stride + size - side, 0)
        pads += [missing // 2, missing - missing // 2]
    return F.pad(x, pads)
