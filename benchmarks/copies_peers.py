"""What ImageHash and imagededup say of some files at their defaults, by the Python that has them."""

import json
import subprocess
from pathlib import Path

PEERS = """
import json, sys, time
from importlib.machinery import ModuleSpec
from unittest.mock import MagicMock
class Shim(MagicMock):  # imagededup imports torch for its network, which is not used here
    __spec__, __path__ = ModuleSpec("shim", None), []
for name in ("torch", "torch.nn", "torch.utils", "torch.utils.data", "torchvision",
             "torchvision.models", "torchvision.models.vision_transformer",
             "torchvision.models.feature_extraction", "torchvision.transforms"):
    sys.modules[name] = Shim()
for name in ("torch", "torch.nn", "torch.utils.data"):
    for of in ("Tensor", "Module", "Dataset", "DataLoader"):
        setattr(sys.modules[name], of, type(of, (), {}))
sys.modules["torch"].nn = sys.modules["torch.nn"]
import numpy, imagehash
from PIL import Image
files = json.load(sys.stdin)
def by_imagehash(how):
    hashes = numpy.stack([how(Image.open(f)).hash.ravel() for f in files])
    far = (hashes[:, None] != hashes[None]).sum(axis=2)
    return [(i, j) for i, j in zip(*map(lambda v: v.tolist(), numpy.nonzero(far <= 10))) if i < j]
def by_imagededup(Method):
    import os, pathlib
    method, at = Method(verbose=False), {os.path.basename(f): k for k, f in enumerate(files)}
    codes = {os.path.basename(f): method.encode_image(image_file=f) for f in files}
    found = method.find_duplicates(encoding_map=codes)
    return sorted({tuple(sorted((at[a], at[b]))) for a, others in found.items() for b in others})
ways = {"ImageHash pHash": lambda: by_imagehash(imagehash.phash),
        "ImageHash dHash": lambda: by_imagehash(imagehash.dhash)}
try:
    from imagededup.methods import DHash, PHash
    ways["imagededup pHash"] = lambda: by_imagededup(PHash)
    ways["imagededup dHash"] = lambda: by_imagededup(DHash)
except ImportError as error:
    print(f"imagededup could not be imported: {error}", file=sys.stderr)
said = {}
for name, way in ways.items():
    start = time.process_time()
    pairs = way()
    said[name] = {"pairs": pairs, "seconds": time.process_time() - start}
print(json.dumps(said))
"""


def peers(python: str, files: list[Path]) -> dict[str, tuple[set[tuple[int, int]], float]]:
    """The same of every peer that the other Python has; nothing is said of those it has not."""
    done = subprocess.run(
        [python, "-c", PEERS],
        input=json.dumps([str(f) for f in files]),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    for line in done.stderr.splitlines():
        if "Error" in line or "could not" in line:
            print(f"The peers say: {line}")
    if done.returncode:
        return {}
    told = json.loads(done.stdout.splitlines()[-1])
    return {k: ({(i, j) for i, j in v["pairs"]}, v["seconds"]) for k, v in told.items()}
