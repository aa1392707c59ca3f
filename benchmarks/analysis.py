"""Groups of whole pictures: ours beside scikit-learn's, in one run and one thread.

    python benchmarks/analysis.py [--repeats 3] [--sets drawn,real] [--starts 10] [--json FILE]

Both take the same uint8 array from the same file in a process of their own: standardised pixels,
k-means for k = 2 ... 19 with ten starts (or --starts) and random_state 42, and the mean silhouette of each.
CPU seconds are those of the analysis, by getrusage, without starting Python, importing packages
or reading the array; the peak of memory is that of the whole process, with all of it.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from numpy.typing import NDArray

from latelier.collection import drawn
from latelier.images import read

KS = range(2, 20)
REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "latent-fabrics" / "generated-256"


def cpu_seconds() -> float:
    """Of this process so far, in user and system."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mb() -> float:
    """The most memory that this process has held so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def ours(table: NDArray[np.uint8], starts: int) -> dict[str, object]:
    """Labels and silhouettes by way of the Gram matrix."""
    from latelier.cluster import kmeans
    from latelier.cluster.geometry import geometry

    start = cpu_seconds()
    found = geometry(table)
    groupings = kmeans.group(found, KS, starts=starts)
    scores = kmeans.silhouettes(found.points, {k: g.labels for k, g in groupings.items()})
    seconds = cpu_seconds() - start
    labels = {k: g.labels.tolist() for k, g in groupings.items()}
    return {"seconds": seconds, "labels": labels, "scores": scores}


def scikit_learn(table: NDArray[np.uint8], starts: int) -> dict[str, object]:
    """Labels and silhouettes on all pixels as float64."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score
    from sklearn.preprocessing import StandardScaler

    start = cpu_seconds()
    scaled = StandardScaler().fit_transform(table)
    labels = {k: KMeans(k, n_init=starts, random_state=42).fit_predict(scaled) for k in KS}
    scores = {k: float(silhouette_score(scaled, labels[k])) for k in KS}
    seconds = cpu_seconds() - start
    return {
        "seconds": seconds,
        "labels": {k: v.tolist() for k, v in labels.items()},
        "scores": scores,
    }


def in_a_process(way: str, file: Path, starts: int) -> dict:
    """One measurement in a new process."""
    words = [sys.executable, __file__, "--way", way, "--file", str(file), "--starts", str(starts)]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def table_of(name: str, real: Path) -> NDArray[np.uint8]:
    """(n, 196608) the pictures of a set, flattened."""
    if name == "real":
        files = sorted(real.glob("*.png"))
        if not files:
            sys.exit(
                f"There are no PNG in {real}; name a folder of pictures of one size with --real."
            )
        return np.stack([read(f).reshape(-1) for f in files])
    with tempfile.TemporaryDirectory() as folder:
        rows = []
        for at, (_, data) in enumerate(drawn.pictures(221)):
            file = Path(folder) / f"{at}.jpg"
            file.write_bytes(data)
            rows.append(read(file).reshape(-1))
        return np.stack(rows)


def compare(name: str, table: NDArray[np.uint8], repeats: int, starts: int) -> dict:
    """Both ways on one set: medians over the repeats, and whether they agree."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pixels.npy"
        np.save(file, table)
        runs = {
            way: [in_a_process(way, file, starts) for _ in range(repeats)]
            for way in ("ours", "sklearn")
        }
    first = {way: measured[0] for way, measured in runs.items()}
    keys = [str(k) for k in KS]
    return {
        "set": name,
        "pictures": len(table),
        "numbers": table.shape[1],
        **{
            f"{way}_{what}": statistics.median(r[what] for r in measured)
            for way, measured in runs.items()
            for what in ("seconds", "peak_mb")
        },
        "labels_equal": sum(
            first["ours"]["labels"][k] == first["sklearn"]["labels"][k] for k in keys
        ),
        "of": len(keys),
        "silhouette_off": max(
            abs(first["ours"]["scores"][k] - first["sklearn"]["scores"][k]) for k in keys
        ),
    }


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--starts", type=int, default=10, help="n_init of k-means")
    parser.add_argument("--real", type=Path, default=REAL, help="a folder of PNG of one size")
    parser.add_argument("--sets", help="real,drawn, as far as they are there")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--way", choices=["ours", "sklearn"], help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.way:
        way = {"ours": ours, "sklearn": scikit_learn}[asked.way]
        measured = way(np.load(asked.file), asked.starts)
        print(json.dumps({**measured, "peak_mb": peak_mb()}))
        return
    names = (asked.sets or ("real,drawn" if asked.real.is_dir() else "drawn")).split(",")
    rows = [
        compare(name, table_of(name, asked.real), asked.repeats, asked.starts) for name in names
    ]
    print(
        "set     pictures   scikit-learn            ours                   times   labels   |silhouette|"
    )
    for r in rows:
        print(
            f"{r['set']:8}{r['pictures']:8}"
            f"{r['sklearn_seconds']:10.2f} s {r['sklearn_peak_mb']:6.0f} MB"
            f"{r['ours_seconds']:9.2f} s {r['ours_peak_mb']:6.0f} MB"
            f"{r['sklearn_seconds'] / r['ours_seconds']:11.0f}"
            f"{r['labels_equal']:6}/{r['of']}"
            f"{r['silhouette_off']:13.0e}"
        )
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
