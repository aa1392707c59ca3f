"""What every model is: players that learn by a loss, a prior to draw from, and a decoder of it.

One training loop, one way of making images and one test (tests/contracts/test_models.py) serve all
families through this class. A model file `models/<name>.py` defines two things::

    @dataclass(frozen=True)
    class Settings:                  # plain JSON values, each default with its reason
        width: int = 32

    class Model(_contract.Model):    # Model(shape, settings)

and, where the defaults should follow the dataset, a function `suited(shape, count, ink)` that
gives the `Settings` for it. A family whose settings have `labels`, the names of the labels that it
is to know, learns each picture under its label, and under none; see `Model.asked`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from latelier import seeds
from latelier.errors import Damaged, DoesNotFit, UsageError

Shape = tuple[int, int, int]  # (c, h, w): channels, height and width in pixels
CHANNELS = (1, 3, 4)
SMALLEST = 16  # pixels on the shorter side; below it no family has two doublings to learn on


class Model(nn.Module):
    """The base of every model.

    Args:
        shape: (c, h, w) of the images.
        settings: the file's own `Settings`.

    Raises:
        DoesNotFit: a shape that no model can make.
    """

    batch = 16  # pictures a round, unless a person says otherwise
    training_only: tuple[str, ...] = ()  # submodules that only training needs; snapshots leave them
    encodes = False  # whether `encode` works
    harder = 0  # how many times training asked for stronger augmentation
    crosses = False  # whether films take `crossing`, since near latents are no near pictures

    def __init__(self, shape: Shape, settings: Any) -> None:
        super().__init__()
        channels, height, width = shape
        if channels not in CHANNELS or min(height, width) < SMALLEST:
            raise DoesNotFit(
                f"The pictures are {width} x {height} px in {channels} channels; a model needs at "
                f"least {SMALLEST} px a side in 1, 3 or 4 channels. Prepare them larger."
            )
        self.shape = (channels, height, width)
        self.settings = settings
        self.labels: tuple[str, ...] = tuple(getattr(settings, "labels", ()))

    def material(self, pixels: NDArray[np.uint8], labels: Sequence[int] | None = None) -> None:
        """Take what must be known of the originals before training, into buffers.

        Called once, with the training rows (n, h, w, c) uint8; never with the held-out ones.

        Args:
            pixels: the rows.
            labels: the number of each row's label, or -1; None where the model knows no labels.
        """

    def settle(self, pixels: NDArray[np.uint8]) -> None:
        """Take what follows from the weights and the training rows, into buffers.

        Called with the training rows (n, h, w, c) uint8 whenever weights are to be shown or kept,
        the model in evaluation and without gradients; never with the held-out ones.
        """

    def players(self) -> dict[str, Iterable[nn.Parameter]]:
        """Who learns, in the order of a round; empty where nothing is trained."""
        return {}

    def turn(self, player: str) -> None:
        """Let only `player` learn: parameters of the others are held still until the next turn.

        Called once a turn in every process of a training, all of which hold the same weights.
        """
        for name, parameters in self.players().items():
            for parameter in parameters:
                parameter.requires_grad_(name == player)

    def optimizer(self, player: str) -> torch.optim.Optimizer:
        """A fresh optimiser over the player's parameters, with the family's own settings."""
        return torch.optim.Adam(self.players()[player], lr=2e-4)

    def loss(
        self, player: str, x: Tensor, rng: torch.Generator, told: Tensor | None = None
    ) -> Tensor:
        """What the player wants small, as a float32 scalar.

        Args:
            player: a name of `players()`.
            x: (n, c, h, w) in [-1, 1], originals already flipped as the artist allows.
            rng: the only source of chance.
            told: (n, labels) the label of each by `one_hot`; None where the model knows no labels.
        """
        raise NotImplementedError

    def winner(self, losses: Mapping[str, float]) -> str:
        """The player that has won so clearly that the other learns nothing; empty if none has.

        Args:
            losses: the mean of each player's since the last look.
        """
        return ""

    def one_hot(self, rows: Sequence[int]) -> Tensor:
        """Labels by number as (n, labels) float32; a row of zeros for -1, which is no label."""
        told = torch.zeros(len(rows), len(self.labels))
        for place, row in enumerate(rows):
            if row >= 0:
                told[place, row] = 1
        return told

    def asked(self, z: Tensor, told: Tensor) -> Tensor:
        """The latents with what they are to show, `told` being (n, labels) by `one_hot`.

        A latent carries its label, so that `decode` and every walk need nothing else. Here it
        stands behind the noise, (n, noise + labels).
        """
        return torch.cat([z[:, : z.shape[1] - len(self.labels)], told.to(z)], 1)

    def parted(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """A latent's noise and its label (n, labels), whose parts are 1 together at most.

        On a way between two labels both are there in part.
        """
        count = z.shape[1] - len(self.labels)
        told = z[:, count:].clamp_min(0)
        return z[:, :count], told / told.sum(1, keepdim=True).clamp_min(1)

    def prior(self, n: int, rng: torch.Generator) -> Tensor:
        """Draw latents: (n, ...) float32, row by row independent."""
        raise NotImplementedError

    def decode(self, z: Tensor) -> Tensor:
        """Images of latents: (n, c, h, w) float32 in [-1, 1].

        Depends on nothing but `z` and the weights: no chance, and no row on another.
        """
        raise NotImplementedError

    def decode_told(self, z: Tensor) -> tuple[Tensor, list[dict[str, Any]]]:
        """`decode`, and of each image the story that it carries, as JSON.

        `quilt` tells `parents` (rows of `material`), their shares and the largest borrowed piece.
        """
        return self.decode(z), [{} for _ in range(len(z))]

    def glance(self, z: Tensor) -> Tensor:
        """Images of latents by which a training is looked at; `decode` unless that takes long."""
        return self.decode(z)

    def looked(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Originals (n, h, w, c) uint8 as `glance` would show them, to be compared with it."""
        return pixels

    def vary(self, z: Tensor, variety: float) -> Tensor:
        """Latents drawn towards the mean: 1 leaves them, 0 is the mean itself; labels stay."""
        noise = z[:, : z.shape[1] - len(self.labels)]
        return (
            torch.cat([noise * variety, z[:, noise.shape[1] :]], 1) if self.labels else z * variety
        )

    def crossing(self, first: Tensor, second: Tensor) -> Callable[[float], Tensor]:
        """The way between the images of two latents (1, ...), for families that `crosses`.

        Returns:
            the image (c, h, w) after a share of the way; at 0 and 1 the two themselves.

        Raises:
            UsageError: near latents of this family are near pictures; decode those between.
        """
        raise UsageError(f"The model {type(self).__module__} has a way through its latents.")

    def encode(self, x: Tensor) -> Tensor:
        """Latents of images (n, c, h, w), for the families that `encodes`.

        Raises:
            UsageError: this family has no encoder.
        """
        raise UsageError(
            f"The model {type(self).__module__.rpartition('.')[2]!r} has no encoder; "
            "train a vae to find the latents of pictures."
        )

    def kept_state(self) -> dict[str, Tensor]:
        """What a snapshot holds: all weights and buffers that decoding or encoding needs."""
        left = tuple(f"{name}." for name in self.training_only)
        return {k: v for k, v in self.state_dict().items() if not k.startswith(left or ("\0",))}

    def kept_material(self) -> dict[str, Tensor]:
        """What `material` gave and a file needs beside `kept_state`, if training never changes it."""
        return {}

    def take_state(self, state: Mapping[str, Tensor]) -> None:
        """Take over what `kept_state` gave; buffers may come in another size than now.

        Raises:
            Damaged: something is missing, unknown or of the wrong size.
        """
        buffers = dict(self.named_buffers())
        for name, tensor in state.items():
            if name in buffers and buffers[name].shape != tensor.shape:
                owner, _, last = name.rpartition(".")
                self.get_submodule(owner).register_buffer(last, torch.empty_like(tensor))
        try:
            missing, unknown = self.load_state_dict(dict(state), strict=False)
        except RuntimeError as error:
            raise Damaged(f"The weights do not fit the model: {error}") from error
        left = tuple(f"{name}." for name in self.training_only)
        missing = [m for m in missing if not m.startswith(left or ("\0",))]
        if missing or unknown:
            names = ", ".join([*missing, *unknown][:3])
            raise Damaged(f"The weights do not fit the model: {names} is missing or unknown.")


def padded(x: Tensor) -> Tensor:
    """Images (n, c, h, w) continued at the right and below to the full size of their grid."""
    height, width = x.shape[2:]
    rows, columns, doublings = base_grid(height, width)
    more = (columns << doublings) - width, (rows << doublings) - height
    return F.pad(x, (0, more[0], 0, more[1]), mode="replicate") if any(more) else x


def seeded(seed: int, *path: seeds.Name) -> torch.Generator:
    """A torch generator that belongs to `path` under `seed`."""
    return torch.Generator().manual_seed(seeds.child(seed, *path))


def base_grid(height: int, width: int) -> tuple[int, int, int]:
    """The small grid that a picture grows from, and how often it doubles.

    The shorter side starts at 4 to 7; what the doubled grid has more than the picture is cropped.

    >>> base_grid(64, 64), base_grid(100, 100), base_grid(64, 96)
    ((4, 4, 4), (7, 7, 4), (4, 6, 4))
    """
    doublings = max(1, (min(height, width) // 4).bit_length() - 1)
    step = 2**doublings
    return -(-height // step), -(-width // step), doublings
