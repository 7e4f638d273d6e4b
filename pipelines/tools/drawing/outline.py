"""An outline: closed curves that can be moved, turned, measured and written as an SVG path."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from fontTools.misc.transform import Identity, Transform
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.recordingPen import RecordingPen
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen

KAPPA = 0.5522847498  # control points of a quarter circle: the best fit by a cubic curve
Point = tuple[float, float]


class Box(NamedTuple):
    """Left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def centre(self) -> Point:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def around(self, other: Box) -> Box:
        """The box around both."""
        return Box(
            min(self.left, other.left), min(self.top, other.top), max(self.right, other.right),
            max(self.bottom, other.bottom),
        )  # fmt: skip

    def grown(self, by: float) -> Box:
        """The box with a margin."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)


class Outline:
    """Pen commands (moveTo, lineTo, curveTo, qCurveTo, closePath). Never changed: verbs return another."""

    def __init__(self, commands: Sequence[tuple[str, Any]] = ()) -> None:
        self.commands = list(commands)

    def draw(self, pen: Any) -> None:
        """Play the commands to a pen."""
        for name, arguments in self.commands:
            getattr(pen, name)(*arguments)

    def transformed(self, transform: Transform) -> Outline:
        recording = RecordingPen()
        self.draw(TransformPen(recording, transform))
        return Outline(recording.value)

    def moved(self, x: float, y: float) -> Outline:
        return self.transformed(Identity.translate(x, y))

    def scaled(self, by: float, about: Point = (0, 0)) -> Outline:
        x, y = about
        return self.transformed(Identity.translate(x, y).scale(by).translate(-x, -y))

    def turned(self, degrees: float, about: Point = (0, 0)) -> Outline:
        x, y = about
        return self.transformed(Identity.translate(x, y).rotate(math.radians(degrees)).translate(-x, -y))

    def box(self) -> Box | None:
        """The exact bounds; None when there is nothing to see."""
        pen = BoundsPen(None)
        self.draw(pen)
        return None if pen.bounds is None else Box(*pen.bounds)

    def path(self) -> str:
        """The `d` of an SVG path, to a hundredth."""
        pen = SVGPathPen(None, ntos=_number)
        self.draw(pen)
        return str(pen.getCommands())

    def __add__(self, other: Outline) -> Outline:
        return Outline([*self.commands, *other.commands])


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))


def circle(x: float, y: float, radius: float, *, hole: bool = False) -> Outline:
    """A circle; as a `hole` it runs the other way round, so that it cuts what it stands on out."""
    k = radius * KAPPA
    right, bottom, left, top = (x + radius, y), (x, y + radius), (x - radius, y), (x, y - radius)
    commands: list[tuple[str, Any]] = [("moveTo", (right,))]
    commands += [
        ("curveTo", ((x + radius, y + k), (x + k, y + radius), bottom)),
        ("curveTo", ((x - k, y + radius), (x - radius, y + k), left)),
        ("curveTo", ((x - radius, y - k), (x - k, y - radius), top)),
        ("curveTo", ((x + k, y - radius), (x + radius, y - k), right)),
    ] if not hole else [
        ("curveTo", ((x + radius, y - k), (x + k, y - radius), top)),
        ("curveTo", ((x - k, y - radius), (x - radius, y - k), left)),
        ("curveTo", ((x - radius, y + k), (x - k, y + radius), bottom)),
        ("curveTo", ((x + k, y + radius), (x + radius, y + k), right)),
    ]  # fmt: skip
    return Outline([*commands, ("closePath", ())])


def ring(x: float, y: float, radius: float, width: float) -> Outline:
    """A circle's line: `radius` is its outer edge."""
    return circle(x, y, radius) + circle(x, y, radius - width, hole=True)


def rectangle(left: float, top: float, width: float, height: float, *, corner: float = 0) -> Outline:
    """A rectangle; `corner` rounds it."""
    right, bottom = left + width, top + height
    r = min(corner, width / 2, height / 2)
    if r <= 0:
        return polygon([(left, top), (right, top), (right, bottom), (left, bottom)])
    k = r * (1 - KAPPA)
    return Outline(
        [
            ("moveTo", ((left + r, top),)),
            ("lineTo", ((right - r, top),)),
            ("curveTo", ((right - k, top), (right, top + k), (right, top + r))),
            ("lineTo", ((right, bottom - r),)),
            ("curveTo", ((right, bottom - k), (right - k, bottom), (right - r, bottom))),
            ("lineTo", ((left + r, bottom),)),
            ("curveTo", ((left + k, bottom), (left, bottom - k), (left, bottom - r))),
            ("lineTo", ((left, top + r),)),
            ("curveTo", ((left, top + k), (left + k, top), (left + r, top))),
            ("closePath", ()),
        ]
    )


def polygon(points: Sequence[Point]) -> Outline:
    """Straight lines from point to point."""
    first, *others = points
    return Outline([("moveTo", (first,)), *(("lineTo", (point,)) for point in others), ("closePath", ())])


def star(x: float, y: float, radius: float, *, points: int = 5, depth: float = 0.42) -> Outline:
    """A star with one point up; `depth` is the inner radius as a share of the outer."""
    corners = []
    for place in range(points * 2):
        r = radius if place % 2 == 0 else radius * depth
        angle = math.pi * place / points - math.pi / 2
        corners.append((x + r * math.cos(angle), y + r * math.sin(angle)))
    return polygon(corners)


def smooth(points: Sequence[Point]) -> Outline:
    """A closed curve through all points (Catmull-Rom, as cubic curves)."""
    count = len(points)
    commands: list[tuple[str, Any]] = [("moveTo", (points[0],))]
    for place in range(count):
        before, start, end, after = (points[(place + step) % count] for step in (-1, 0, 1, 2))
        first = (start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6)
        second = (end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6)
        commands.append(("curveTo", (first, second, end)))
    return Outline([*commands, ("closePath", ())])


def blob(x: float, y: float, radius: float, *, waves: Sequence[float]) -> Outline:
    """A soft shape: its radius at even angles is `radius` times each of `waves`."""
    points = []
    for place, wave in enumerate(waves):
        angle = 2 * math.pi * place / len(waves) - math.pi / 2
        points.append((x + radius * wave * math.cos(angle), y + radius * wave * math.sin(angle)))
    return smooth(points)


def squircle(x: float, y: float, radius: float, *, power: float = 4.2, steps: int = 28) -> Outline:
    """A superellipse: rounder than a rounded square, where no corner begins."""
    points = []
    for place in range(steps):
        angle = 2 * math.pi * place / steps
        c, s = math.cos(angle), math.sin(angle)
        points.append(
            (
                x + radius * math.copysign(abs(c) ** (2 / power), c),
                y + radius * math.copysign(abs(s) ** (2 / power), s),
            )
        )
    return smooth(points)
