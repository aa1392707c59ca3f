"""A file that broke on the disk is told by every step; one taken although cut short is read by all."""

from collections.abc import Callable
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from drawn import cloth
from latelier import images
from latelier.errors import PictureError
from latelier.steps._pictures import pixels, reduced
from latelier.steps.open_project import Atelier


@pytest.fixture
def five(project: Atelier, tmp_path: Path) -> Atelier:
    """A project with five cloths, of which ``4.jpg`` was cut short before it was taken."""
    folder = tmp_path / "five"
    folder.mkdir()
    for i in range(5):
        images.Image.fromarray(cloth(np.random.default_rng(i), 120, 120)).save(folder / f"{i}.jpg")
    shortened(folder / "4.jpg")
    project.add(folder, truncated=True)
    return project


def shortened(file: Path) -> None:
    """Leave off the last third."""
    data = file.read_bytes()
    file.write_bytes(data[: len(data) * 2 // 3])


def test_a_picture_that_was_taken_cut_short_is_read_as_far_as_it_goes(five: Atelier) -> None:
    cut = five.images.find("4.jpg")
    assert cut.truncated and not five.images.find("3.jpg").truncated
    whole = pixels(five, cut)
    assert whole.shape == (120, 120, 3)
    assert whole[:40].std() > 5 * whole[-8:].std()  # grey where there was nothing
    assert reduced(five, cut, 120)[1] == (120, 120)
    assert five.near("4.jpg").compared == 4
    assert not five.copies().unread
    assert not five.trace("originals").unread
    five.features(names=["colour"])
    five.prepare("small", size=32)


@pytest.mark.parametrize(
    "look",
    [
        lambda project: pixels(project, project.images.find("0.jpg")),
        lambda project: reduced(project, project.images.find("0.jpg"), 60),
        lambda project: project.near("0.jpg"),
    ],
)
def test_a_picture_that_broke_since_is_not_looked_at_half_grey(
    five: Atelier, look: Callable[[Atelier], object]
) -> None:
    shortened(five.root / "sources" / "0.jpg")
    with pytest.raises(PictureError, match=r"0\.jpg could not be read: image file is truncated"):
        look(five)


def test_steps_go_on_without_a_picture_that_broke_since(five: Atelier) -> None:
    shortened(five.root / "sources" / "0.jpg")
    for unread in (five.copies().unread, five.trace("originals").unread):
        assert [each["image"] for each in unread] == ["sources/0.jpg"]
    assert five.near("1.jpg").compared == 3
    assert len(five.report().missing) == 1


def test_what_one_thread_reads_cut_short_does_not_make_another_strict(five: Atelier) -> None:
    cut, broke = five.images.find("4.jpg"), []

    def read() -> None:
        for _ in range(40):
            try:
                pixels(five, cut)
            except PictureError as error:
                broke.append(str(error))

    threads = [Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not broke
