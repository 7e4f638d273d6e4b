"""The name and the tagline as each style sets them. A block's left edge is x = 0 and its first baseline y = 0."""

from __future__ import annotations

import random
from typing import NamedTuple

from pipelines.tools.drawing.canvas import Drawing
from pipelines.tools.drawing.lettering import Type, fitted, letters, line, width
from pipelines.tools.drawing.outline import circle, rectangle
from pipelines.tools.logo.choices import Style
from pipelines.tools.logo.palette import Palette, readable

SIZE = 100.0


class Voice(NamedTuple):
    """How a style sets words."""

    name: Type
    tagline: Type
    upper: bool
    tagline_upper: bool
    leading: float


VOICES: dict[Style, Voice] = {
    "modern": Voice(Type("manrope", SIZE, -0.025), Type("manrope-medium", 27, 0.005), False, False, 1.06),
    "vintage": Voice(Type("serif", SIZE, 0.05), Type("serif-regular", 24, 0.16), True, True, 1.05),
    "minimalist": Voice(Type("hanken", SIZE * 0.86, 0.2), Type("hanken-medium", 19, 0.26), True, True, 1.3),
    "playful": Voice(Type("fredoka", SIZE, 0.0), Type("amatic", 42, 0.05), False, False, 1.02),
}


def cased(style: Style, text: str) -> str:
    """The name as the style writes it."""
    return text.upper() if VOICES[style].upper else text


def name_line(style: Style, text: str, palette: Palette, *, ends: bool = True, whole: bool = True) -> Drawing:
    """One line of the name, in the style's colours; it may be the `whole` name, or the line that `ends` it."""
    type_ = VOICES[style].name
    if style == "playful":
        return _bouncing(text, type_, palette)
    drawn = Drawing()
    if style == "modern":
        _two_tone(drawn, text, type_, palette, ends=ends, whole=whole)
    else:
        drawn.add(line(cased(style, text), type_), palette.ink)
    return drawn


def tagline(style: Style, text: str, palette: Palette, widest: float) -> Drawing:
    """The tagline in one line, not wider than `widest`; spaced out to it where it is nearly as wide."""
    voice = VOICES[style]
    said = text.upper() if voice.tagline_upper else text
    type_ = voice.tagline
    now = width(said, type_)
    if now < 0.5 * widest:  # below a long name a short tagline is set larger, or it would be lost
        type_ = type_._replace(size=type_.size * min(0.5 * widest / max(now, 1), 1.5))
    type_ = fitted(said, type_, widest)
    now = width(said, type_)
    gaps = max(len(said) - 1, 1)
    if voice.tagline_upper and 0.72 * widest <= now < widest:
        type_ = type_._replace(tracking=type_.tracking + (widest - now) / gaps / type_.size)
    color = {"modern": palette.ink, "vintage": palette.second_text, "minimalist": palette.second_text}.get(
        style, palette.ink
    )
    drawn = Drawing()
    drawn.add(line(said, type_), color)
    return drawn


def with_rules(drawn: Drawing, palette: Palette, wide: float, *, thick: float) -> Drawing:
    """A line of text between two rules that fill the rest of the width; too narrow a rest has none."""
    box = drawn.box()
    gap = box.height * 0.9
    rest = (wide - box.width) / 2 - gap
    result = Drawing()
    middle = box.centre[1]
    result.put(drawn, wide / 2 - box.centre[0], 0)
    if rest >= box.height:
        for left in (0.0, wide - rest):
            result.add(rectangle(left, middle - thick / 2, rest, thick), palette.second_text)
    return result


def _two_tone(drawn: Drawing, text: str, type_: Type, palette: Palette, *, ends: bool, whole: bool) -> None:
    """The name's last word in the main colour; a name of one word ends with a dot in it."""
    placed = letters(text, type_)
    last = text.rstrip().rfind(" ")
    colored_from = last + 1 if ends and (last >= 0 or not whole) else len(text)
    shift = 0.0
    for place, one in enumerate(placed):
        box = one.outline.box()
        if place == 0 and box is not None:
            shift = -box.left
        color = palette.main_text if place >= colored_from else palette.ink
        if box is not None:
            drawn.add(one.outline.moved(one.x + shift, 0), color)
    if whole and last < 0 and text[-1:].isalnum():
        radius = type_.size * 0.085
        right = drawn.box().right
        drawn.add(circle(right + radius * 1.75, -radius, radius), palette.main)


def _bouncing(text: str, type_: Type, palette: Palette) -> Drawing:
    """Letters in turn of the colours, each a little up or down and tilted: the same each time for the same name."""
    drawn = Drawing()
    chance = random.Random(text)
    colors = [readable(color, ratio=1.7) for color in palette.all]
    turn = 0
    for one in letters(text, type_):
        box = one.outline.box()
        if box is None:
            continue
        lift = chance.uniform(-0.045, 0.045) * type_.size
        tilt = chance.uniform(-4.5, 4.5)
        outline = one.outline.turned(tilt, box.centre).moved(one.x, lift)
        drawn.add(outline, colors[turn % len(colors)])
        turn += 1
    box = drawn.box()
    left = Drawing()
    left.put(drawn, -box.left, 0)
    return left
