"""A curve as SVG: few ticks, no ornament, readable on dark and on paper."""

import html
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 14, 44  # room for labels, in pixels
STROKES = ("", "6 4", "2 3", "10 4 2 4")  # told apart without colour

Place = Callable[[float, float], tuple[float, float]]  # of a point, in pixels


@dataclass(frozen=True)
class Curve:
    """Lines over a common horizontal axis.

    Args:
        title: what is drawn.
        x_label: of the horizontal axis, with its unit.
        y_label: of the vertical axis, with its unit.
        lines: name to its points (x, y).
        sentence: what it says, in plain words.
        marked: points to be ringed, each with a word.
        level: a horizontal line and its word.
        points: whether each point has a dot.
    """

    title: str
    x_label: str
    y_label: str
    lines: Mapping[str, Sequence[tuple[float, float]]]
    sentence: str = ""
    marked: Sequence[tuple[float, float, str]] = ()
    level: tuple[float, str] | None = None
    points: bool = False

    def svg(self) -> str:
        """The drawing, with a title for those who do not see it."""
        xs = [x for line in self.lines.values() for x, _ in line]
        ys = [y for line in self.lines.values() for _, y in line]
        if self.level:
            ys.append(self.level[0])
        if 0 < min(ys) < 0.6 * max(ys):
            ys.append(0.0)  # a curve that does not begin at nought makes small things great
        x_ticks, y_ticks = ticks(min(xs), max(xs), 8), ticks(min(ys), max(ys), 5)
        x0, x1 = min(x_ticks[0], min(xs)), max(x_ticks[-1], max(xs))
        y0, y1 = min(y_ticks[0], min(ys)), max(y_ticks[-1], max(ys))

        def at(x: float, y: float) -> tuple[float, float]:
            across = (x - x0) / ((x1 - x0) or 1)
            up = (y - y0) / ((y1 - y0) or 1)
            return (
                round(LEFT + across * (WIDTH - LEFT - RIGHT), 1),
                round(HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM), 1),
            )

        parts = [
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" class="curve">',
            f"<title>{html.escape(self.title)}. {html.escape(self.sentence)}</title>",
        ]
        for y in y_ticks:
            px, py = at(x0, y)
            parts.append(f'<line class="grid" x1="{px}" y1="{py}" x2="{WIDTH - RIGHT}" y2="{py}"/>')
            parts.append(f'<text x="{px - 8}" y="{py + 4}" text-anchor="end">{number(y)}</text>')
        for x in x_ticks:
            px, _ = at(x, y0)
            parts.append(
                f'<text x="{px}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{number(x)}</text>'
            )
        parts += self._level(at, x0)
        for k, (name, line) in enumerate(self.lines.items()):
            parts += self._line(name, [at(x, y) for x, y in line], k)
        parts += self._marks(at)
        parts.append(
            f'<text class="axis" x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}" '
            f'text-anchor="middle">{html.escape(self.x_label)}</text>'
        )
        return "\n".join([*parts, "</svg>"])

    def _level(self, at: Place, x0: float) -> list[str]:
        if self.level is None:
            return []
        px, py = at(x0, self.level[0])
        return [
            f'<line class="level" x1="{px}" y1="{py}" x2="{WIDTH - RIGHT}" y2="{py}"/>',
            f'<text x="{WIDTH - RIGHT}" y="{py - 6}" text-anchor="end">{html.escape(self.level[1])}</text>',
        ]

    def _line(self, name: str, places: Sequence[tuple[float, float]], k: int) -> list[str]:
        path = " ".join(f"{'L' if i else 'M'}{x} {y}" for i, (x, y) in enumerate(places))
        dash = f' stroke-dasharray="{STROKES[k % 4]}"' if STROKES[k % 4] else ""
        parts = [f'<path class="line l{k % 4}" d="{path}"{dash}/>']
        if self.points:
            parts += [f'<circle class="dot" cx="{x}" cy="{y}" r="2.5"/>' for x, y in places]
        if len(self.lines) > 1:
            y = TOP + 14 + 18 * k
            parts.append(
                f'<path class="line l{k % 4}" d="M{WIDTH - 190} {y - 4} h28"{dash}/>'
                f'<text x="{WIDTH - 154}" y="{y}">{html.escape(name)}</text>'
            )
        return parts

    def _marks(self, at: Place) -> list[str]:
        parts = []
        for x, y, word in self.marked:
            px, py = at(x, y)
            anchor = "end" if px > WIDTH * 0.75 else "start"
            shift = -10 if anchor == "end" else 10
            drop = 22 if self.level else -9
            parts.append(f'<circle class="ring" cx="{px}" cy="{py}" r="6"/>')
            parts.append(
                f'<text class="mark" x="{px + shift}" y="{py + drop}" text-anchor="{anchor}">'
                f"{html.escape(word)}</text>"
            )
        return parts


def ticks(low: float, high: float, about: int) -> list[float]:
    """Round numbers that span ``low`` to ``high``, about so many.

    >>> ticks(2, 19, 8)
    [0.0, 5.0, 10.0, 15.0, 20.0]
    """
    if high <= low:
        high = low + (abs(low) or 1.0)
    raw = (high - low) / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= raw)
    first = math.floor(low / step) * step
    count = math.ceil((high - first) / step - 1e-9)
    return [round(first + i * step, 10) for i in range(count + 1)]


def number(value: float) -> str:
    """A number as short as it can be.

    >>> number(0.25), number(1500.0), number(12000000.0)
    ('0.25', '1,500', '12 M')
    """
    if abs(value) >= 1e6:
        return f"{value / 1e6:g} M"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:g}"
