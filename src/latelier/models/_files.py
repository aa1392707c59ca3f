"""Models built from settings, and as one self-contained safetensors file each.

The file's header says which model, shape and settings rebuild it; nothing else is needed. Snapshots of
a model that holds its originals leave those in one file for all, found by its name in the folder or
the one above.
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


def save(path: Path, name: str, model: Model, *, apart: str = "", **facts: Any) -> None:
    """Put the model at `path`, whole or not at all.

    Args:
        path: ends in `.safetensors`.
        name: of the model.
        model: its weights as they are now.
        apart: the name of the file that `save_material` has put its material into; "" to put that
            into this file too.
        facts: more to say in the header (step, images seen), as JSON.

    Raises:
        DiskError: the disk is full, read-only, or refuses.
    """
    state = {k: v.detach().cpu().contiguous() for k, v in model.kept_state().items()}
    header: dict[str, Any] = {
        "model": name,
        "shape": list(model.shape),
        "settings": dataclasses.asdict(model.settings),
        **facts,
    }
    material = {k: v.cpu().contiguous() for k, v in model.kept_material().items()}
    if apart and material:
        header |= {"apart": apart, "material_sha256": _sum(material)}
    else:
        state |= material
    header["sha256"] = _sum(state)
    write_bytes(path, safetensors.torch.save(state, {HEADER: json.dumps(header, sort_keys=True)}))


def save_material(path: Path, model: Model) -> None:
    """Put what a model holds of its originals at `path`, for all its snapshots; nothing if it holds none.

    Raises:
        DiskError: the disk is full, read-only, or refuses.
    """
    material = {k: v.cpu().contiguous() for k, v in model.kept_material().items()}
    if material and not path.exists():
        write_bytes(path, safetensors.torch.save(material))


def load(path: Path) -> tuple[str, Model, dict[str, Any]]:
    """The model's name, the model ready to decode, and the whole header of a file by `save`.

    Raises:
        Damaged: the file is no model, or does not fit its own header.
        DiskError: it cannot be read.
    """
    header, state = _read(path)
    if not isinstance(header, dict):
        raise Damaged(f"{path.name} holds weights, but not of a model of Latelier.")
    if header.get("sha256") != _sum(state):
        raise Damaged(f"{path.name} is damaged: its weights are not those that were written.")
    if "apart" in header:
        beside = [folder / header["apart"] for folder in (path.parent, path.parent.parent)]
        _, material = _read(next((file for file in beside if file.exists()), beside[0]))
        if header["material_sha256"] != _sum(material):
            raise Damaged(f"{header['apart']} beside {path.name} is not what was written.")
        state |= material
    channels, height, width = header["shape"]
    module = registry.load("models", header["model"])
    settings = module.Settings(**header["settings"])
    model = build(header["model"], (channels, height, width), settings, seed=0)
    model.take_state(state)
    return header["model"], model.eval(), header


def _read(path: Path) -> tuple[Any, dict[str, Tensor]]:
    """The header and the tensors of a file."""
    try:
        with safe_open(path, "pt") as file:
            header = json.loads((file.metadata() or {}).get(HEADER, "null"))
            return header, {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except (SafetensorError, ValueError) as error:
        raise Damaged(f"{path.name} is no model that can be read ({error}).") from error
    except OSError as error:
        raise disk_error(error, f"reading {path.name}") from error


def _sum(state: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for key in sorted(state):
        digest.update(f"{key}:{state[key].dtype}:{tuple(state[key].shape)}".encode())
        digest.update(state[key].reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()
