"""Extractors from files: one's own network, and MobileNetV2 where its weights are."""

import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from drawn import cloth
from latelier.errors import Damaged, UnknownName, UsageError
from latelier.extractors._open import opened
from latelier.train.measures import kid


@pytest.fixture(scope="module")
def pictures() -> NDArray[np.uint8]:
    return np.stack([cloth(np.random.default_rng(i), 40, 48) for i in range(12)])


class Means(torch.nn.Module):
    """The mean colour of each quarter."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.adaptive_avg_pool2d(x, 2)


@pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")
def test_a_torchscript_network_sees(pictures: NDArray[np.uint8], tmp_path: Path) -> None:
    file = tmp_path / "means.pt"
    torch.jit.save(torch.jit.trace(Means(), torch.zeros(1, 3, 40, 48)), file)
    eye = opened(f"torchscript:{file}", pictures, 1)
    assert eye.name.startswith("torchscript-") and len(eye.name) == len("torchscript-") + 8
    assert eye.see(pictures).shape == (12, 12)


def field(number: int, value: bytes | int | str) -> bytes:
    """A field of a protocol buffer, short ones only."""
    if isinstance(value, int):
        return bytes([number << 3, value])
    data = value.encode() if isinstance(value, str) else value
    assert len(data) < 128
    return bytes([number << 3 | 2, len(data)]) + data


def onnx_mean(file: Path) -> None:
    """An ONNX model that averages each channel (GlobalAveragePool), written by hand."""

    def tensor(name: str, dims: list[bytes]) -> bytes:
        shape = b"".join(field(1, d) for d in dims)
        return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))

    free, three = field(2, "n"), field(1, 3)
    node = field(1, "x") + field(2, "y") + field(4, "GlobalAveragePool")
    graph = field(1, node) + field(2, "g")
    graph += field(11, tensor("x", [free, three, field(2, "h"), field(2, "w")]))
    graph += field(12, tensor("y", [free, three, field(1, 1), field(1, 1)]))
    head = b"\x08" + struct.pack("B", 8)  # ir_version
    opset = field(8, field(2, 13))
    body = bytes([7 << 3 | 2, len(graph) & 127 | 128, len(graph) >> 7]) + graph
    file.write_bytes(head + body + opset)


def test_an_onnx_network_sees(pictures: NDArray[np.uint8], tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    file = tmp_path / "mean.onnx"
    onnx_mean(file)
    eye = opened(f"onnx:{file}", pictures, 1)
    rows = eye.see(pictures)
    means = pictures.reshape(12, -1, 3).mean(1)
    assert rows.shape == (12, 3)
    for k in range(3):
        assert np.corrcoef(rows[:, k], means[:, k])[0, 1] > 0.9


@pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")
@pytest.mark.parametrize("kind", ["torchscript", "onnx", "mobilenet"])
def test_a_file_that_is_no_network_is_refused(
    kind: str, pictures: NDArray[np.uint8], tmp_path: Path
) -> None:
    if kind == "onnx":
        pytest.importorskip("onnxruntime")
    file = tmp_path / "weights.npz"
    file.write_bytes(b"no weights at all")
    with pytest.raises(Damaged, match="is not "):
        opened(f"{kind}:{file}", pictures, 1)


def test_a_missing_file_and_a_needless_one_are_refused(
    pictures: NDArray[np.uint8], tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="write mobilenet:FILE"):
        opened("mobilenet", pictures, 1)
    with pytest.raises(UsageError, match="is not there"):
        opened(f"onnx:{tmp_path / 'none.onnx'}", pictures, 1)
    with pytest.raises(UsageError, match="needs no file"):
        opened("classic:x", pictures, 1)
    with pytest.raises(UnknownName, match="randconv"):
        opened("randcon", pictures, 1)


def test_mobilenet_tells_noise_from_cloth(pictures: NDArray[np.uint8], shared_data: Path) -> None:
    weights = shared_data / "weights" / "mobilenet_v2_1.0_224_u8weights.npz"
    if not weights.is_file():
        pytest.skip("the weights of MobileNetV2 are not here")
    eye = opened(f"mobilenet:{weights}", pictures, 1)
    noise = np.random.default_rng(1).integers(0, 256, pictures.shape).astype(np.uint8)
    seen = eye.see(pictures)
    assert seen.shape == (12, 1280)
    assert kid(eye.see(noise), seen)[0] > 3
