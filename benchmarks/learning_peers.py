"""One row of benchmarks/learning.py by another project; started by it, in that project's Python.

The environment: torch 2.13 for the CPU, ``lightweight-gan``, ``denoising-diffusion-pytorch`` and what
they import, and ``pip install --no-deps torchvision==0.28.0``, whose two missing operators are declared
below. No package is changed; each is driven by its own trainer:

**lightweight-gan** is its `Trainer` at the defaults of its command line (batches of 10, four
accumulated, attention at 32 px, discriminator output 1, augmentation at its own probability). It
asserts CUDA when it is imported, so `torch.cuda.is_available` says yes for that moment; it sends
everything to a card, so `.cuda()` gives back what it was called on, and its module is shown a torch
whose `device` is the CPU. Its sheets every hundred steps and its snapshots are left out. ``-small``
has a generator and a discriminator of about our size: widths of 16 at 64 px to 128
(`fmap_inverse_coef` 10, `fmap_max` 128), latents of 128, batches of 16 without accumulation, no
attention.

**diffusion** is `denoising_diffusion_pytorch`, its README's `Unet(dim=64, dim_mults=(1, 2, 4, 8))`,
1,000 steps, and its `Trainer` at batches of 32, two accumulated, a rate of 8e-5, an average of .995.
Its loader reads in this process instead of in one a core. ``-small`` has `dim` 24 (our flow's
number of parameters), batches of 16 without accumulation. Images are drawn in 20 steps of DDIM
instead of the README's 250, which would take the default an hour for 64 images.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from PIL import Image

DRAWN_IN = 20  # steps of DDIM
SMALL_GAN = {
    "batch_size": 16,
    "gradient_accumulate_every": 1,
    "fmap_max": 128,
    "latent_dim": 128,
    "attn_res_layers": [],
    "fmap_inverse_coef": 10,
}
GAN = {"batch_size": 10, "gradient_accumulate_every": 4, "fmap_max": 512, "attn_res_layers": [32]}
Step = Callable[[], int]  # learns once, gives how many pictures were shown
Make = Callable[[int], dict[str, torch.Tensor]]  # (n, c, h, w) in [0, 1] by average


def _declare_operators() -> None:
    """Tell torch of the two operators that torchvision expects to find."""
    library = torch.library.Library("torchvision", "DEF")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    globals()["_library"] = library  # as long as it lives they are declared


class _OnProcessor:
    """A torch whose devices are all the processor."""

    def __getattr__(self, name: str) -> Any:
        return getattr(torch, name)

    @staticmethod
    def device(*_: Any) -> torch.device:
        return torch.device("cpu")


def lightweight(folder: Path, work: Path, size: int, channels: int, small: bool) -> Any:
    """The trainer of lightweight-gan; gives its step, its maker and its parameters."""
    known = torch.cuda.is_available
    torch.cuda.is_available = lambda: True
    try:
        from lightweight_gan import lightweight_gan as peer
    finally:
        torch.cuda.is_available = known
    torch.Tensor.cuda = lambda self, *_, **__: self  # type: ignore[method-assign,assignment]
    torch.nn.Module.cuda = lambda self, *_, **__: self  # type: ignore[method-assign,assignment]
    peer.torch = _OnProcessor()
    trainer = peer.Trainer(
        base_dir=work, image_size=size, greyscale=channels == 1, transparent=channels == 4,
        num_workers=0, use_aim=False, disc_output_size=1, **(SMALL_GAN if small else GAN),
    )  # fmt: skip
    trainer.evaluate = trainer.save = lambda *_, **__: None
    trainer.set_data_src(folder)
    trainer.init_GAN()
    shown = trainer.batch_size * trainer.gradient_accumulate_every

    def step() -> int:
        trainer.train()
        return shown

    def make(count: int) -> dict[str, torch.Tensor]:
        trainer.GAN.eval()
        z = torch.randn(count, trainer.GAN.latent_dim)
        with torch.no_grad():
            return {
                "last": trainer.generate_(trainer.GAN.G, z),
                "average": trainer.generate_(trainer.GAN.GE, z),
            }

    nets = (trainer.GAN.G, trainer.GAN.D)
    return step, make, sum(p.numel() for net in nets for p in net.parameters())


def diffusion(folder: Path, work: Path, size: int, channels: int, small: bool) -> Any:
    """The trainer of denoising_diffusion_pytorch; gives its step, its maker and its parameters."""
    from denoising_diffusion_pytorch import denoising_diffusion_pytorch as peer

    peer.cpu_count = lambda: 0
    peer.tqdm = _Quiet
    unet = peer.Unet(dim=24 if small else 64, dim_mults=(1, 2, 4, 8), channels=channels)
    model = peer.GaussianDiffusion(unet, image_size=size, sampling_timesteps=DRAWN_IN)
    batch, parts = (16, 1) if small else (32, 2)
    trainer = peer.Trainer(
        model, str(folder), train_batch_size=batch, gradient_accumulate_every=parts, train_lr=8e-5,
        train_num_steps=0, save_and_sample_every=10**9, calculate_fid=False, results_folder=str(work),
    )  # fmt: skip

    def step() -> int:
        trainer.train_num_steps += 1
        trainer.train()
        return batch * parts

    def make(count: int) -> dict[str, torch.Tensor]:
        trainer.ema.ema_model.eval()
        with torch.inference_mode():
            parts = [trainer.ema.ema_model.sample(batch_size=16) for _ in range(-(-count // 16))]
        return {"average": torch.cat(parts)[:count]}

    return step, make, sum(p.numel() for p in unet.parameters())


def peak_mb() -> float:
    """The most memory that this process has had in use, in MB.

    Not by `resource`, whose peak begins with that of the process that started this one.
    """
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(x.split()[1]) for x in lines if x.startswith("VmHWM")) / 1024


class _Quiet:
    """A progress bar that shows nothing."""

    def __init__(self, over: Any = (), **_: Any) -> None:
        self.over = over

    def __iter__(self) -> Any:
        return iter(self.over)

    def __enter__(self) -> Any:
        return SimpleNamespace(update=lambda _: None, set_description=lambda _: None)

    def __exit__(self, *_: object) -> None:
        return None


def main() -> None:
    """Train, make, and say what it took as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("name")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seconds")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--made", type=int)
    parser.add_argument("--to", type=Path)
    asked = parser.parse_args()
    said, sys.stdout = sys.stdout, sys.stderr
    torch.set_num_threads(1)
    for seed in (torch.manual_seed, np.random.seed, random.seed):
        seed(asked.seed)
    _declare_operators()
    training = np.load(asked.data)["training"]
    _, size, _, channels = training.shape
    with tempfile.TemporaryDirectory() as place:
        folder, work = Path(place, "pictures"), Path(place, "work")
        folder.mkdir(), work.mkdir()
        for i, pixels in enumerate(training):
            whole = pixels[..., 0] if channels == 1 else pixels
            Image.fromarray(whole).save(folder / f"{i:05d}.png")
        build = lightweight if asked.name.startswith("lightweight") else diffusion
        step, make, count = build(folder, work, size, channels, asked.name.endswith("small"))
        facts: dict[str, Any] = {"parameters": count}
        seen, spent = 0, 0.0
        for seconds in (float(t) for t in asked.seconds.split(",")):
            started = time.process_time()
            while spent + time.process_time() - started < seconds:
                seen += step()
            spent += time.process_time() - started
            facts.setdefault("memory_mb", peak_mb())  # later peaks would be of making images
            facts |= {"images_s": seen / spent, "seen": seen, "trained_s": spent}
            facts["making_s"] = show(make, asked)
            print(json.dumps({**facts, "asked_s": seconds}), file=said, flush=True)


def show(make: Make, asked: argparse.Namespace) -> float:
    """Store the images of every average; gives the CPU seconds that one took."""
    started = time.process_time()
    tried = make(asked.made)
    making = (time.process_time() - started) / asked.made / len(tried)
    scaled = {k: (v * 255).round().clamp(0, 255).byte() for k, v in tried.items()}
    np.savez(asked.to, **{k: v.permute(0, 2, 3, 1).numpy() for k, v in scaled.items()})
    return making


if __name__ == "__main__":
    main()
