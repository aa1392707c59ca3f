"""The map as a page: each record carries its own picture, nothing is fetched, no name breaks it."""

import base64
import io
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from latelier.cluster import page as room
from latelier.cluster.page import page, sheeted

COLOURS = np.array([[220, 30, 30], [30, 160, 60], [40, 60, 200], [230, 180, 20]], np.uint8)


def coloured(n: int, height: int = 16, width: int = 16) -> NDArray[np.uint8]:
    flat = COLOURS[np.arange(n) % 4]
    return np.broadcast_to(flat[:, None, None, :], (n, height, width, 3)).copy()


def made(n: int = 10, dims: int = 2, **more: Any) -> str:
    points = np.random.default_rng(0).normal(size=(n, dims))
    names = more.pop("names", [f"{i} of {i % 4}.png" for i in range(n)])
    return page(points, coloured(n), names, title="Test", said="Said.", **more)


def inside(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.S)
    assert found
    return json.loads(found[1])


def sheets_of(data: dict[str, Any]) -> list[NDArray[np.uint8]]:
    raw = [base64.b64decode(s.partition(",")[2]) for s in data["sheets"]]
    return [np.asarray(Image.open(io.BytesIO(r))) for r in raw]


@pytest.mark.parametrize("per_sheet", [4096, 32])
def test_each_record_carries_its_own_picture(
    per_sheet: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "SHEET", per_sheet)  # 32: four pictures a sheet, three sheets
    data = inside(made(10))
    sheets = sheets_of(data)
    assert len(sheets) == (1 if per_sheet == 4096 else 3)
    for record in data["points"]:
        kind = int(record["name"][-5])
        left, top = record["left"], record["top"]
        part = sheets[record["sheet"]][top : top + record["h"], left : left + record["w"]]
        assert part.size
        assert np.abs(part.astype(int) - COLOURS[kind]).max() <= 4, record["name"]


def test_pictures_that_were_stretched_get_their_proportions_back() -> None:
    _, places = sheeted(coloured(3, 32, 32), np.array([2.0, 0.5, 1.0]))
    assert [(p.w, p.h) for p in places] == [(32, 16), (16, 32), (32, 32)]


def test_nothing_is_fetched_from_anywhere() -> None:
    html = made(4)
    assert "default-src 'none'" in html
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", html)
    assert "fetch(" not in html
    assert "http://" not in html
    assert "https://" not in html


def test_a_name_cannot_break_out_of_the_page() -> None:
    wicked = ["</script><script>alert(1)</script>.png", '<!--"&\\.png', "ñandú\u2028.png"]
    html = made(3, names=wicked, groups=["<b>", "", "</script>"])
    assert html.count("<script") == made(3).count("<script")
    data = inside(html)
    assert [p["name"] for p in data["points"]] == wicked
    assert {g["name"] for g in data["groups"]} == {"<b>", "</script>"}


def test_groups_have_the_colours_of_the_drawn_map() -> None:
    data = inside(made(4, groups=["10", "2", "", "10"]))
    assert [g["name"] for g in data["groups"]] == ["2", "10"]
    hues = {g["name"]: g["hue"] for g in data["groups"]}
    assert [p.get("hue") for p in data["points"]] == [hues["10"], hues["2"], None, hues["10"]]


def test_the_same_map_is_the_same_page() -> None:
    assert made(6, dims=3) == made(6, dims=3)


@pytest.mark.skipif(not shutil.which("chromium"), reason="no browser is installed")
@pytest.mark.parametrize("dims", [2, 3])
def test_a_browser_shows_the_pictures(dims: int, tmp_path: Path) -> None:
    seen = shot_of(made(8, dims=dims), tmp_path)
    for colour in COLOURS:
        near = (np.abs(seen - colour).max(axis=2) <= 8).sum()
        assert near > 400, f"no picture of colour {colour} is seen"


@pytest.mark.skipif(not shutil.which("chromium"), reason="no browser is installed")
def test_the_whole_map_shows_the_outermost_pictures_whole(tmp_path: Path) -> None:
    points = np.array([[-1.0, 0], [1, 0], [0, -1], [0, 1]])
    seen = shot_of(page(points, coloured(4), list("abcd"), title="T", said="S."), tmp_path)
    high, wide = seen.shape[:2]
    areas = []
    for colour in COLOURS:
        y, x = np.nonzero(np.abs(seen - colour).max(axis=2) <= 8)
        assert x.min() > 4
        assert x.max() < wide - 5
        assert y.min() > 40  # below the bar
        assert y.max() < high - 30  # above the line at the foot
        areas.append(len(x))
    assert min(areas) > 0.8 * max(areas)


def shot_of(html: str, folder: Path) -> NDArray[np.int64]:
    """The page as a browser shows it in a window of 700 x 500 px, (h, w, 3)."""
    (folder / "map.html").write_text(html, encoding="utf-8")
    shot = folder / "shot.png"
    words = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--window-size=700,500",
        f"--user-data-dir={folder / 'browser'}",
        "--virtual-time-budget=2000",
        f"--screenshot={shot}",
        (folder / "map.html").as_uri(),
    ]
    subprocess.run(words, capture_output=True, timeout=120, check=True)
    return np.asarray(Image.open(shot).convert("RGB")).astype(int)
