"""Models built from settings, and as one self-contained safetensors file each.

The file's header says which model, shape and settings rebuild it; nothing else is needed.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from latelier import registry
from latelier.errors import Damaged, UnknownName, UsageError, disk_error
from latelier.files import write_bytes
from latelier.models._contract import Model, Shape

HEADER = "latelier"  # one key only: the order of several in the header is not fixed


def settings_of(
    name: str, changes: Mapping[str, Any], shape: Shape, count: int, ink: bool = False
) -> Any:
    """The settings of a model for a dataset, with some changed.

    Args:
        name: of the model.
        changes: settings by name, as JSON.
        shape: (c, h, w) of the dataset.
        count: how many pictures it has.
        ink: whether they are black forms on white.

    Raises:
        UnknownName: no model has that name, or the model no such setting.
        UsageError: a value of the wrong kind.
    """
    module = registry.load("models", name)
    base = module.suited(shape, count, ink) if hasattr(module, "suited") else module.Settings()
    known = {f.name: f for f in dataclasses.fields(base)}
    for key, value in changes.items():
        if key not in known:
            raise UnknownName(f"setting of {name}", key, known)
        now = getattr(base, key)
        if type(value) is not type(now) and not (isinstance(now, float) and type(value) is int):
            raise UsageError(
                f"{key} = {value!r} should be a {type(now).__name__}, for example {now!r}"
            )
    return dataclasses.replace(base, **changes)


def build(name: str, shape: Shape, settings: Any, seed: int) -> Model:
    """A model with fresh weights that depend on nothing but the seed.

    Torch fills new layers from its one global generator; it is lent a seed here and given back.

    Raises:
        UnknownName: no model has that name.
        DoesNotFit: the model cannot make that shape.
    """
    module = registry.load("models", name)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model: Model = module.Model(shape, settings)
    return model


def save(path: Path, name: str, model: Model, **facts: Any) -> None:
    """Put the model at `path`, whole or not at all.

    Args:
        path: ends in `.safetensors`.
        name: of the model.
        model: its weights as they are now.
        facts: more to say in the header (step, images seen), as JSON.

    Raises:
        DiskError: the disk is full, read-only, or refuses.
    """
    state = {k: v.detach().cpu().contiguous() for k, v in model.kept_state().items()}
    header = {
        "model": name,
        "shape": list(model.shape),
        "settings": dataclasses.asdict(model.settings),
        "sha256": _sum(state),
        **facts,
    }
    write_bytes(path, safetensors.torch.save(state, {HEADER: json.dumps(header, sort_keys=True)}))


def load(path: Path) -> tuple[str, Model, dict[str, Any]]:
    """The model's name, the model ready to decode, and the whole header of a file by `save`.

    Raises:
        Damaged: the file is no model, or does not fit its own header.
        DiskError: it cannot be read.
    """
    try:
        with safe_open(path, "pt") as file:
            header = json.loads((file.metadata() or {}).get(HEADER, "null"))
            state = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except (SafetensorError, ValueError) as error:
        raise Damaged(f"{path.name} is no model that can be read ({error}).") from error
    except OSError as error:
        raise disk_error(error, f"reading {path.name}") from error
    if not isinstance(header, dict):
        raise Damaged(f"{path.name} holds weights, but not of a model of Latelier.")
    if header.get("sha256") != _sum(state):
        raise Damaged(f"{path.name} is damaged: its weights are not those that were written.")
    channels, height, width = header["shape"]
    module = registry.load("models", header["model"])
    settings = module.Settings(**header["settings"])
    model = build(header["model"], (channels, height, width), settings, seed=0)
    model.take_state(state)
    return header["model"], model.eval(), header


def _sum(state: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for key in sorted(state):
        digest.update(f"{key}:{state[key].dtype}:{tuple(state[key].shape)}".encode())
        digest.update(state[key].reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()
