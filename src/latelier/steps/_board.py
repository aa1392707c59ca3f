"""A training's numbers and sheets for TensorBoard, beside its own log."""

import importlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latelier.errors import MissingExtra

FOLDER = "tensorboard"


class Board:
    """Writes what TensorBoard reads into a folder of the run.

    Args:
        folder: of the run.

    Raises:
        MissingExtra: tensorboardX is not installed.
    """

    def __init__(self, folder: Path) -> None:
        try:
            package = importlib.import_module("tensorboardX")
        except ModuleNotFoundError as error:
            raise MissingExtra(
                "--tensorboard needs the package 'tensorboardX', which is not installed: "
                "pip install tensorboardX"
            ) from error
        self._writer = package.SummaryWriter(
            str(folder / FOLDER), filename_suffix="", flush_secs=30
        )

    def look(
        self,
        step: int,
        losses: dict[str, float],
        measures: dict[str, Any],
        sheet: NDArray[np.uint8],
    ) -> None:
        """What a snapshot lost, measured and drew; `sheet` is (h, w, c) uint8."""
        for player, loss in losses.items():
            self._writer.add_scalar(f"loss/{player}", loss, step)
        for name, value in measures.items():
            if isinstance(value, float):
                self._writer.add_scalar(f"measures/{name}", value, step)
        self._writer.add_image("sheet", sheet, step, dataformats="HWC")
        self._writer.flush()
