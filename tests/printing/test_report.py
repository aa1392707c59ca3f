"""The report's page: whole in itself, safe against what names hold, curves with round ticks."""

import re
from html.parser import HTMLParser

import numpy as np

from drawn import cloth
from latelier.printing._curve import Curve, ticks
from latelier.printing._report import (
    Commands,
    Facts,
    Origins,
    Page,
    Plot,
    Section,
    Table,
    Wall,
    Words,
    html,
    picture,
)

VOID = {"meta", "img"}


class Reader(HTMLParser):
    """Collects tags and attributes, and checks that every tag is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"{tag} closes {self.open[-1:]}"
        self.open.pop()


def page(name: str = "cloth.png") -> str:
    shown = picture(cloth(np.random.default_rng(0), 96, 128), 64, name, "seed 3")
    curve = Curve("Variety", "minutes", "", {"a": [(0, 0.1), (5, 0.4)], "b": [(0, 1), (5, 2)]})
    blocks = [
        Facts([("pictures", "3")]),
        Words("All well.", "calm"),
        Wall([shown, shown], "small", "Two.", "A folder"),
        Table("Files", ("File", "Why"), [(name, "is <empty> & gone")], folded=True),
        Origins(shown, [shown], "Recombined from 1 picture:"),
        Plot(curve),
        Commands(["latelier groups 'my set'"]),
    ]
    section = Section("one", "One & two", "Lead.", blocks, [("Seed", "A number.")])
    return html(Page("Cloths", "3 pictures.", "Made.", [section, section], [shown]))


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    return reader


def test_the_page_asks_for_nothing_outside_itself() -> None:
    text = page()
    assert "http:" not in text
    assert "https:" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text
    for tag, attributes in read(text).tags:
        for key in ("src", "href", "srcset", "action", "poster"):
            value = attributes.get(key) or "#"
            assert value.startswith(("#", "data:image/webp;base64,")), (tag, value[:60])


def test_every_tag_is_closed_and_every_picture_says_what_it_shows() -> None:
    reader = read(page())
    assert reader.open == []
    pictures = [a for tag, a in reader.tags if tag == "img" and "src" in a]
    assert len(pictures) == 1 + 2 * 4
    for attributes in pictures:
        assert attributes["alt"] == "cloth.png"
        assert (attributes["width"], attributes["height"]) == ("64", "48")
    assert sum(tag == "h1" for tag, _ in reader.tags) == 1


def test_what_stands_in_a_name_never_becomes_part_of_the_page() -> None:
    text = page('<script>alert(1)</script>".png')
    assert "<script>alert" not in text
    assert read(text).open == []


def test_colours_of_words_are_far_enough_from_the_ground_to_be_read() -> None:
    css = re.search(r"<style>(.*?)</style>", page(), re.S)
    assert css
    found = dict(re.findall(r"--(\w+): (#[0-9a-f]+)", css[1].split("}")[0]))

    def light(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(2 * d for d in colour[1:])
        parts = [c / 255 for c in bytes.fromhex(digits)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    for words in ("text", "soft"):
        for ground in ("ground", "raised"):
            ratio = (light(found[words]) + 0.05) / (light(found[ground]) + 0.05)
            assert ratio > 4.5, (words, ground, ratio)  # WCAG 2.2, AA


def test_a_picture_is_made_no_larger_and_keeps_its_proportions() -> None:
    pixels = cloth(np.random.default_rng(1), 40, 80)
    assert (picture(pixels, 200).width, picture(pixels, 200).height) == (80, 40)
    assert (picture(pixels, 20).width, picture(pixels, 20).height) == (20, 10)


def test_ticks_are_round_and_hold_all_values() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        low = float(rng.normal(0, 10 ** rng.uniform(-3, 4)))
        high = low + float(rng.exponential(10 ** rng.uniform(-3, 4)))
        found = ticks(low, high, 6)
        assert found[0] <= low + 1e-9
        assert found[-1] >= high - 1e-9
        assert 2 <= len(found) <= 9
    assert len(ticks(3, 3, 5)) >= 2


def test_a_curve_of_one_value_is_drawn_and_told() -> None:
    svg = Curve("Copies", "minutes", "", {"a": [(0, 0.0), (1, 0.0)]}, "None at all.").svg()
    assert "Copies. None at all." in svg
    assert "nan" not in svg


def test_a_long_wall_shows_its_first_pictures_and_folds_the_others() -> None:
    shown = picture(cloth(np.random.default_rng(0), 32, 32), 32, "cloth.png")
    section = Section("one", "One", "", [Wall([shown] * 170)])
    text = html(Page("Cloths", "", "", [section], []))
    seen, folded = text.split("<details><summary>The other 50</summary>")
    assert seen.count("cloth.png</figcaption>") == 120
    assert folded.count("cloth.png</figcaption>") == 50
    read(text)
