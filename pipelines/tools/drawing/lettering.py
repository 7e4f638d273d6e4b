"""Setting text as outlines: a line, a line on an arc, a paragraph broken to a width."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from fontTools.misc.transform import Identity

from pipelines.tools.drawing.face import Face, face, for_letter
from pipelines.tools.drawing.outline import Outline


class Type(NamedTuple):
    """How text is set: a face by name, its size, and tracking in ems."""

    face: str
    size: float
    tracking: float = 0.0

    @property
    def cap_height(self) -> float:
        return face(self.face).cap_height * self.size

    @property
    def x_height(self) -> float:
        return face(self.face).x_height * self.size


class Placed(NamedTuple):
    """A letter of a line: where its pen stands and how wide it is."""

    x: float
    width: float
    face: Face
    glyph: str
    size: float

    @property
    def outline(self) -> Outline:
        """Its outline at the origin."""
        return self.face.outline(self.glyph).scaled(self.size)

    @property
    def ink(self) -> tuple[float, float] | None:
        """Where its ink begins and ends in the line; None for a space."""
        box = self.face.box(self.glyph)
        return None if box is None else (self.x + box.left * self.size, self.x + box.right * self.size)


def letters(text: str, type_: Type) -> list[Placed]:
    """The letters of one line from x = 0, kerned and tracked; what no face can show is left out."""
    found: list[Placed] = []
    x, before = 0.0, None
    for letter in text:
        own = for_letter(type_.face, " " if letter.isspace() else letter)
        if own is None:
            continue
        glyph = own.glyph(" " if letter.isspace() else letter)
        if before is not None:
            x += type_.tracking * type_.size + _kerning(before, (own, glyph)) * type_.size
        width = own.width(glyph) * type_.size
        found.append(Placed(x, width, own, glyph, type_.size))
        x += width
        before = (own, glyph)
    return found


def line(text: str, type_: Type) -> Outline:
    """One line on the baseline y = 0; its ink begins at x = 0."""
    whole = Outline()
    for one in letters(text, type_):
        whole += one.outline.moved(one.x, 0)
    box = whole.box()
    return whole.moved(-box.left, 0) if box else whole


def width(text: str, type_: Type) -> float:
    """How wide a line's ink is."""
    inked = [ink for one in letters(text, type_) if (ink := one.ink) is not None]
    return max(end for _, end in inked) - min(start for start, _ in inked) if inked else 0.0


def fitted(text: str, type_: Type, widest: float) -> Type:
    """The same type, smaller if the line would be wider than `widest`."""
    now = width(text, type_)
    return type_ if now <= widest else type_._replace(size=type_.size * widest / now)


def on_arc(text: str, type_: Type, *, centre: tuple[float, float], radius: float, inside: bool = False) -> Outline:
    """A line around a circle, its middle at the top; `inside`: at the bottom, read from left to right."""
    placed = letters(text, type_)
    if not placed:
        return Outline()
    whole = placed[-1].x + placed[-1].width
    x, y = centre
    result = Outline()
    for one in placed:
        along = one.x + one.width / 2 - whole / 2
        angle = along / radius
        if inside:
            turn, up = -angle, radius + type_.cap_height
            place = Identity.translate(x, y).rotate(turn).translate(0, up)
        else:
            place = Identity.translate(x, y).rotate(angle).translate(0, -radius)
        result += one.outline.moved(-one.width / 2, 0).transformed(place)
    return result


def arc_angle(text: str, type_: Type, radius: float) -> float:
    """How much of a circle a line takes, in degrees."""
    placed = letters(text, type_)
    return math.degrees((placed[-1].x + placed[-1].width) / radius) if placed else 0.0


def broken(text: str, type_: Type, widest: float, *, lines: int) -> list[str]:
    """The text in at most `lines` lines that are not wider, as even as can be; what does not fit ends with an ellipsis."""
    words = text.split()
    greedy = _greedy(words, type_, widest)
    if len(greedy) > lines:
        kept = greedy[:lines]
        last = kept[-1]
        while last and width(last + "…", type_) > widest:
            last = last[:-1].rstrip()
        return [*kept[:-1], last + "…"]
    low, high = widest / 2, widest
    for _ in range(8):  # the narrowest measure that needs no more lines: they come out even
        middle = (low + high) / 2
        if len(_greedy(words, type_, middle)) <= len(greedy):
            high = middle
        else:
            low = middle
    even = _greedy(words, type_, high)
    return even if all(width(one, type_) <= widest for one in even) else greedy


def _greedy(words: Sequence[str], type_: Type, widest: float) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and width(f"{lines[-1]} {word}", type_) <= widest:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _kerning(left: tuple[Face, str], right: tuple[Face, str]) -> float:
    return left[0].kerning(left[1], right[1]) if left[0] is right[0] else 0.0
