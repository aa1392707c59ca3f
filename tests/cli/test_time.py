"""Times are read as people write them."""

import click
import pytest

from latelier.cli._time import Minutes


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90s", 1.5),
        ("10m", 10),
        ("10 min", 10),
        ("1.5h", 90),
        ("1,5 h", 90),
        ("2d", 2880),
        ("7", 7),
    ],
)
def test_times_are_understood(text: str, minutes: float) -> None:
    assert Minutes().convert(text, None, None) == pytest.approx(minutes)


@pytest.mark.parametrize("text", ["soon", "", "0m", "-3m", "3 weeks"])
def test_what_is_no_time_is_told(text: str) -> None:
    with pytest.raises(click.BadParameter, match="write 90s, 10m"):
        Minutes().convert(text, None, None)
