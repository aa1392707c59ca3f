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
    (tmp_path / "map.html").write_text(made(8, dims=dims), encoding="utf-8")
    shot = tmp_path / "shot.png"
    words = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--window-size=700,500",
        f"--user-data-dir={tmp_path / 'browser'}",
        "--virtual-time-budget=2000",
        f"--screenshot={shot}",
        (tmp_path / "map.html").as_uri(),
    ]
    subprocess.run(words, capture_output=True, timeout=120, check=True)
    seen = np.asarray(Image.open(shot).convert("RGB")).astype(int)
    for colour in COLOURS:
        near = (np.abs(seen - colour).max(axis=2) <= 8).sum()
        assert near > 400, f"no picture of colour {colour} is seen"
