"""Times as people write them: 90s, 10m, 1.5h."""

import re
from typing import Any

import click

_UNITS = {"s": 1 / 60, "m": 1.0, "h": 60.0, "d": 1440.0, "": 1.0}


class Minutes(click.ParamType):
    """A time in minutes, written as 90s, 10m, 10min, 1.5h or a bare number of minutes."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The minutes that were written."""
        if isinstance(value, float | int):
            return float(value)
        found = re.fullmatch(
            r"\s*(\d+(?:[.,]\d+)?)\s*(s|m|h|d|)(?:ec|in|ours?|ays?|r)?s?\s*", str(value).lower()
        )
        minutes = float(found[1].replace(",", ".")) * _UNITS[found[2]] if found else 0.0
        if minutes <= 0:
            self.fail(f"{value!r} is no time; write 90s, 10m or 1.5h.", param, ctx)
        return minutes
