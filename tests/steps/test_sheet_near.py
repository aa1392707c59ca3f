"""A sheet leaves out what came too near to an original, and says so."""

from typing import Any

import numpy as np
import pytest

from drawn import cloth
from latelier import images
from latelier.errors import TooFew, UsageError
from latelier.files import sha256, write_bytes
from latelier.project import NewImage
from latelier.steps.open_project import Atelier

SMALL: dict[str, Any] = {"size": "2x2in", "dpi": 100}
NEAR = [
    {"copy": True, "close": True},
    {"copy": False, "close": True},
    {"copy": False, "close": False},
]


@pytest.fixture
def made(project: Atelier) -> Atelier:
    """A copy, one that is close, one that is free, one never compared, and the copy refined."""
    for i in range(5):
        pixels = cloth(np.random.default_rng(i), 16, 16)
        path = project.root / "sources" / f"{i}.png"
        write_bytes(path, images.png_bytes(pixels))
        facts = {"near": {"image": "a.png", "ratio": 0.2, **NEAR[i]}} if i < 3 else {}
        project.images.add(
            [
                NewImage(
                    f"sources/{i}.png",
                    "generated" if i < 4 else "refined",
                    sha256(path),
                    path.stat().st_size,
                    16,
                    16,
                    parent=project.images.find("0.png").id if i == 4 else None,
                    facts=facts,
                )
            ]
        )
    return project


@pytest.mark.parametrize(
    ("how_near", "stay"), [(None, "01234"), ("copies", "123"), ("close", "23")]
)
def test_what_is_too_near_stays_off_the_sheet(
    made: Atelier, how_near: str | None, stay: str
) -> None:
    done = made.sheet([f"{i}.png" for i in range(5)], to="out/s.png", leave_out=how_near, **SMALL)
    shown = [c["image"] for f in done.files for c in f.cells]
    assert sorted(shown) == [f"sources/{i}.png" for i in stay]
    told = [f.words for f in done.findings if f.kind == "near"]
    assert bool(told) == (how_near is not None)
    if told:
        assert told[0].startswith(f"{5 - len(stay)} images left out")
    assert not made.replay(done.run).differs


def test_nothing_left_or_an_unknown_word_is_told(made: Atelier) -> None:
    with pytest.raises(TooFew, match="latelier near"):
        made.sheet(["0.png"], leave_out="copies", **SMALL)
    with pytest.raises(UsageError, match="copies or close"):
        made.sheet(["0.png"], leave_out="twins", **SMALL)
