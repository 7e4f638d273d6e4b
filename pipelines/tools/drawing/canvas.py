"""A canvas: filled outlines one above the other, written as SVG; and SVG turned into PNG and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from fontTools.misc.transform import Transform

from pipelines.tools.drawing.outline import Box, Outline


class Shape(NamedTuple):
    """A filled outline."""

    outline: Outline
    fill: str


class Drawing:
    """Shapes in the order they are painted."""

    def __init__(self, shapes: Sequence[Shape] = ()) -> None:
        self.shapes = list(shapes)

    def add(self, outline: Outline, fill: str) -> None:
        """Paint on top."""
        self.shapes.append(Shape(outline, fill))

    def put(self, other: Drawing, x: float = 0, y: float = 0) -> None:
        """Paint another drawing on top, moved."""
        self.shapes += other.transformed(Transform(1, 0, 0, 1, x, y)).shapes

    def transformed(self, transform: Transform) -> Drawing:
        return Drawing([Shape(one.outline.transformed(transform), one.fill) for one in self.shapes])

    def scaled(self, by: float) -> Drawing:
        return self.transformed(Transform(by, 0, 0, by, 0, 0))

    def box(self) -> Box:
        """The box around everything that can be seen; of an empty drawing an empty one."""
        found: Box | None = None
        for one in self.shapes:
            box = one.outline.box()
            if box is not None:
                found = box if found is None else found.around(box)
        return found or Box(0, 0, 0, 0)

    def svg(self, *, title: str, frame: Box | None = None, margin: float = 0) -> str:
        """The drawing as a document, cut to `frame`, or to what can be seen and a margin."""
        box = frame or self.box().grown(margin)
        paths = "\n".join(
            f'  <path fill="{one.fill}" d="{one.outline.moved(-box.left, -box.top).path()}"/>' for one in self.shapes
        )
        width, height = f"{box.width:.2f}", f"{box.height:.2f}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
            f' role="img">\n  <title>{escape(title)}</title>\n{paths}\n</svg>\n'
        )
