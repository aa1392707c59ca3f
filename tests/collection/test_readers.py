"""Reading strangers: sound pictures are told as they are, the others refused, and nothing else lost."""

import io
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from drawn import cloth
from latelier import images
from latelier.collection import Limits, Readers, Refused, Sound, _readers
from mutated import KINDS, mutated, sound

BREAKS = """
import json, os, sys, time
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    file = json.loads(line)["file"]
    if "hang" in file: time.sleep(60)
    if "crash" in file: os.abort()
    if "nonsense" in file: print("[1, 2", flush=True)
    if "lie" in file: print(json.dumps({"sound": {"width": 3}}), flush=True)
    print(json.dumps({"sound": {"width": 1, "height": 2, "format": "PNG", "mode": "L",
          "pixels_sha256": str(os.getpid()), "facts": {}}}), flush=True)
"""


def jpeg(pixels: np.ndarray, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", **options)
    return file.getvalue()


def read(folder: Path, files: dict[str, bytes], **options: object) -> dict[str, Sound | Refused]:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    with Readers(1, **options) as readers:
        return {f.name: a for f, a in readers.read(folder / name for name in files)}


def test_every_format_is_read_and_hashed_as_the_picture_is(tmp_path: Path) -> None:
    for name, answer in read(tmp_path, dict(sound())).items():
        assert isinstance(answer, Sound), name
        assert (answer.width, answer.height) == (64, 48)
        assert answer.pixels_sha256 == images.pixels_sha256(images.read(tmp_path / name))
        assert answer.format == KINDS[name.partition(".")[2]][0]


def test_a_reader_that_breaks_costs_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "breaks.py"
    program.write_text(BREAKS)
    monkeypatch.setattr(_readers, "PROGRAM", (sys.executable, str(program)))
    names = ["a", "crash", "b", "nonsense", "c", "lie", "d", "hang", "e"]
    begun = time.monotonic()
    with Readers(2, Limits(seconds=0.1, patience=0.5)) as readers:
        answers = {f.name: a for f, a in readers.read(map(Path, names))}
    assert list(answers) == names
    assert time.monotonic() - begun < 55  # the hanging one sleeps for 60
    assert all(isinstance(answers[n], Sound) for n in "abcde")
    reasons = {n: a.reason for n, a in answers.items() if isinstance(a, Refused)}
    assert set(reasons) == {"crash", "nonsense", "lie", "hang"}
    assert "reasonable time" in reasons["hang"]
    assert "broke down" in reasons["crash"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not stop programs")
def test_a_program_that_was_stopped_for_an_hour_goes_on(tmp_path: Path) -> None:
    for name, data in sound():
        (tmp_path / name).write_bytes(data)
    with Readers(1, Limits(seconds=0.2, patience=2)) as readers:
        answers = readers.read(sorted(tmp_path.iterdir()) * 3)
        first = next(answers)
        readers._readers[0].end_if_late(3600)  # as the watchdog tells it after such a stop
        rest = [first, *answers]
    assert len(rest) == 27
    assert all(isinstance(answer, Sound) for _, answer in rest)


def test_readers_that_do_not_start_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_readers, "PROGRAM", (sys.executable, "-c", "raise SystemExit"))
    with Readers(1) as readers, pytest.raises(_readers.LatelierError, match="does not start"):
        list(readers.read([tmp_path]))


def test_closing_in_the_middle_leaves_no_process(tmp_path: Path) -> None:
    for name, data in sound():
        (tmp_path / name).write_bytes(data)
    readers = Readers(2)
    next(readers.read(sorted(tmp_path.iterdir()) * 9))
    processes = [r._process for r in readers._readers if r._process]
    readers.close()
    assert processes
    assert all(p.poll() is not None for p in processes)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("empty.png", b"", "it is empty"),
        ("text.jpg", b"words and more words, no picture", "no picture that can be read here"),
        ("photo.heic", b"\0\0\0\x18ftypheic" + bytes(40), "HEIC files are not read here"),
        ("raw.nef", b"words", "camera's raw file"),
        ("pages.pdf", b"%PDF-1.7 words", "latelier cut"),
        ("drawing.svg", b"<svg/>", "SVG files are not read here"),
    ],
)
def test_what_is_no_picture_is_refused_in_plain_words(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    answer = read(tmp_path, {name: data})[name]
    assert isinstance(answer, Refused)
    assert reason in answer.reason
    for jargon in ("Error", "Exception", "0x", "None", "errno", "b'", "PIL"):
        assert jargon not in answer.reason


def test_a_picture_of_20000_by_20000_is_refused_from_its_header(tmp_path: Path) -> None:
    Image.new("1", (20_000, 2)).save(tmp_path / "vast.png")
    data = bytearray((tmp_path / "vast.png").read_bytes())
    data[20:24] = (20_000).to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    answer = read(tmp_path, {"vast.png": bytes(data)})["vast.png"]
    assert isinstance(answer, Refused)
    assert answer.reason.startswith("20000 x 20000 pixels are 400 million; at most 200 million")


def test_a_small_file_that_unpacks_into_a_giant_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (5000, 4000)).save(tmp_path / "bomb.png")
    with Readers(1) as readers:
        ((_, answer),) = readers.read([tmp_path / "bomb.png"])
    assert isinstance(answer, Refused)
    assert "giant picture" in answer.reason


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to a limit on memory")
def test_memory_is_limited_and_the_reader_lives_on(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (2400, 2400, 3)).astype(np.uint8)
    files = {"large.png": images.png_bytes(noise), "small.jpg": jpeg(noise[:40, :40])}
    answers = read(tmp_path, files, limits=Limits(memory_mb=70))
    assert isinstance(answers["small.jpg"], Sound)
    assert isinstance(answers["large.png"], Refused)
    assert "more memory" in answers["large.png"].reason


def large_jpegs() -> dict[str, bytes]:
    """A picture of 9 million pixels, and what may be taken for it or not."""
    tile = cloth(np.random.default_rng(3), 600, 600)
    pixels = np.tile(tile, (5, 5, 1))
    whole = jpeg(pixels, quality=80)
    told = Image.Exif()
    told[0x010E] = "another file of it"
    turned = Image.Exif()
    turned[0x0112] = 6
    flat = pixels.copy()
    flat[-700:] = 255
    return {
        "whole.jpg": whole,
        "told.jpg": jpeg(pixels, quality=80, exif=told),
        "turned.jpg": jpeg(pixels, quality=80, exif=turned),
        "other.jpg": jpeg(pixels, quality=79),
        "flat.jpg": jpeg(flat, quality=80),
        "grey.jpg": jpeg(pixels[..., 0], quality=80),
        "cut.jpg": whole[: len(whole) * 2 // 3] + b"\xff\xd9",
        "progressive.jpg": jpeg(pixels, quality=80, progressive=True),
    }


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process held")
def test_a_large_jpeg_is_read_in_little_memory(tmp_path: Path) -> None:
    """As one of 200 million pixels is under the limits of every day."""
    files = large_jpegs()
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    with Readers(1, limits=Limits(memory_mb=112)) as readers:
        answers = {f.name: a for f, a in readers.read(tmp_path / name for name in files)}
        process = readers._readers[0]._process
        assert process is not None
        status = Path(f"/proc/{process.pid}/status").read_text("ascii")
    assert int(status.split("VmHWM:")[1].split()[0]) < 112 * 1024
    refused = {name: a.reason for name, a in answers.items() if isinstance(a, Refused)}
    assert sorted(refused) == ["cut.jpg", "progressive.jpg"]
    assert "cut short" in refused["cut.jpg"]
    assert "9 million pixels" in refused["progressive.jpg"]
    assert "baseline" in refused["progressive.jpg"]
    assert (answers["turned.jpg"].width, answers["whole.jpg"].format) == (3000, "JPEG")
    digests = {name: a.pixels_sha256 for name, a in answers.items() if isinstance(a, Sound)}
    assert digests["told.jpg"] == digests["whole.jpg"]
    assert len(set(digests.values())) == len(digests) - 1


def test_a_chunk_that_claims_two_gigabytes_gets_no_room(tmp_path: Path) -> None:
    whole = images.png_bytes(cloth(np.random.default_rng(0), 40, 40))
    claims = whole[:-12] + (0x7FFFFFFF).to_bytes(4, "big") + b"tEXtwords"
    answer = read(tmp_path, {"claims.png": claims})["claims.png"]
    assert isinstance(answer, Refused)
    assert "cut short" in answer.reason  # and not: it asks for more memory


@pytest.mark.parametrize("kind", ["plain", "grey", "progressive", "restarts", "optimised"])
def test_a_jpeg_cut_short_is_refused_even_if_it_pretends_to_end(tmp_path: Path, kind: str) -> None:
    pixels = cloth(np.random.default_rng(8), 130, 170)
    options = {
        "progressive": {"progressive": True},
        "restarts": {"restart_marker_rows": 1},
        "optimised": {"optimize": True},
    }.get(kind, {})
    whole = jpeg(pixels[..., 0] if kind == "grey" else pixels, **options)
    files = {"whole.jpg": whole}
    for end, tail in {
        "open": b"",
        "closed": b"\xff\xd9",
        "noise": bytes(200) + b"\xff\xd9",
    }.items():
        # a progressive one that lacks a part of its last scan alone is whole, if less sharp
        for share in (0.3, 0.5) if kind == "progressive" else (0.3, 0.6, 0.9):
            files[f"{end} {share}.jpg"] = whole[: int(len(whole) * share)] + tail
    answers = read(tmp_path, files)
    assert isinstance(answers.pop("whole.jpg"), Sound)
    for name, answer in answers.items():
        assert isinstance(answer, Refused), name
        assert "cut short" in answer.reason


def test_a_jpeg_that_is_truly_flat_is_not_taken_for_one_cut_short(tmp_path: Path) -> None:
    pixels = cloth(np.random.default_rng(8), 130, 170)
    pixels[60:] = 255
    files = {
        f"{kind}.jpg": jpeg(pixels, **options)
        for kind, options in {
            "plain": {},
            "optimised": {"optimize": True},
            "restarts": {"restart_marker_blocks": 4},
            "progressive": {"progressive": True},
        }.items()
    }
    files["grey.jpg"] = jpeg(np.full((64, 64), 128, np.uint8))
    files["trailing.jpg"] = files["plain.jpg"] + bytes(999)
    for name, answer in read(tmp_path, files).items():
        assert isinstance(answer, Sound), name


def test_a_jpeg_cut_short_is_taken_with_a_mark_on_request(tmp_path: Path) -> None:
    whole = jpeg(cloth(np.random.default_rng(8), 130, 170))
    files = {"a.jpg": whole[:-900], "b.jpg": whole[:-900] + b"\xff\xd9", "c.jpg": whole}
    answers = read(tmp_path, files, truncated=True)
    assert [a.facts.get("truncated") for a in answers.values() if isinstance(a, Sound)] == [
        True,
        True,
        None,
    ]


def test_frames_and_the_date_are_told_and_the_place_is_not(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2018:05:06 07:08:09"
    exif.get_ifd(0x8825)[2] = (17.0, 3.0, 42.0)  # a latitude
    picture = Image.fromarray(cloth(np.random.default_rng(1), 20, 20))
    picture.save(tmp_path / "dated.jpg", exif=exif)
    picture.save(tmp_path / "pages.tif", save_all=True, append_images=[picture, picture])
    with Readers(1) as readers:
        dated, pages = (
            a for _, a in readers.read([tmp_path / "dated.jpg", tmp_path / "pages.tif"])
        )
    assert isinstance(dated, Sound)
    assert isinstance(pages, Sound)
    assert dated.facts == {"taken": "2018:05:06 07:08:09"}
    assert pages.facts == {"frames": 3}


def test_mutations_neither_break_a_reader_nor_speak_jargon(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    stems = list(sound())
    files = {
        f"{i:03d}-{name}": mutated(data, stems[int(rng.integers(len(stems)))][1], rng)
        for i in range(40)
        for name, data in stems
    }
    answers = read(tmp_path, files)
    reasons = {a.reason for a in answers.values() if isinstance(a, Refused)}
    assert len(reasons) > 3
    opened = sum(isinstance(a, Sound) for a in answers.values())
    assert 30 < opened < len(files) - 60
    for reason in reasons:
        assert not any(j in reason for j in ("Error", "Traceback", "broke down", "reasonable time"))


def test_real_hostile_files_are_opened_as_often_as_by_pillow(shared_data: Path) -> None:
    files = sorted(f for f in (shared_data / "bad-images" / "pillow").rglob("*") if f.is_file())
    with Readers(1) as readers:
        answers = dict(readers.read(files))
    opened = sum(isinstance(a, Sound) for a in answers.values())
    assert opened >= 155, opened  # see benchmarks/hostile.py
