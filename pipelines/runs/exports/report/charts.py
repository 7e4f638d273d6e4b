"""Charts as SVG: bars and curves over days, drawn with classes that the page's style colours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipelines.runs.exports.report import words
from pipelines.runs.exports.report.content import ticks

WIDTH, HEIGHT = 460, 190
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 8, 22
LABELS = 5


def bars(days: Sequence[datetime], values: Sequence[float], *, parts: Sequence[float] = ()) -> str:
    """A bar for each day; `parts` are a part of it in another colour, from below."""
    scale = ticks(max(values, default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(days), 1)
    width = max(step * 0.72, 1)
    drawn = []
    for place, value in enumerate(values):
        x = LEFT + step * place + (step - width) / 2
        drawn.append(_bar("bar", x, width, value, scale[-1], f"{words.short_day(days[place])}: {value:,.10g}"))
        if parts and parts[place]:
            drawn.append(_bar("part", x, width, parts[place], scale[-1], f"{parts[place]:,.10g} of {value:,.10g}"))
    return _svg(days, scale, "".join(drawn))


def curve(days: Sequence[datetime], values: Sequence[float | None]) -> str:
    """A line from day to day; where a day has no value it is interrupted."""
    scale = ticks(max((value for value in values if value is not None), default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(days), 1)
    points = [
        None if value is None else (LEFT + step * (place + 0.5), _y(value, scale[-1]))
        for place, value in enumerate(values)
    ]
    path, is_open = [], False
    for point in points:
        if point is not None:
            path.append(f"{'L' if is_open else 'M'}{point[0]:.1f} {point[1]:.1f}")
        is_open = point is not None
    dots = "".join(
        f'<circle class="dot" cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="2.5">'
        f"<title>{words.short_day(day)}: {value:,.6g}</title></circle>"
        for point, day, value in zip(points, days, values, strict=True)
        if point is not None
    )
    return _svg(days, scale, f'<path class="curve" d="{" ".join(path)}"/>{dots}')


def short(value: float) -> str:
    """A tick's label: 1,500 is 1.5k."""
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.4g}{sign}"
    return f"{value:.4g}"


def _bar(kind: str, x: float, width: float, value: float, most: float, title: str) -> str:
    y = _y(value, most)
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{HEIGHT - BOTTOM - y:.1f}">'
        f"<title>{title}</title></rect>"
    )


def _y(value: float, most: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value / most if most else 0)


def _svg(days: Sequence[datetime], scale: Sequence[float], drawn: str) -> str:
    lines = "".join(
        f'<line class="rule" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(tick, scale[-1]):.1f}" y2="{_y(tick, scale[-1]):.1f}"/>'
        f'<text x="{LEFT - 6}" y="{_y(tick, scale[-1]) + 3.5:.1f}" text-anchor="end">{short(tick)}</text>'
        for tick in scale
    )
    step = (WIDTH - LEFT - RIGHT) / max(len(days), 1)
    every = max(-(-len(days) // LABELS), 1)
    labels = "".join(
        f'<text x="{LEFT + step * (place + 0.5):.1f}" y="{HEIGHT - 6}" text-anchor="middle">{words.short_day(day)}</text>'
        for place, day in enumerate(days)
        if place % every == 0
    )
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{lines}{drawn}{labels}</svg>'
