"""The layouts to choose from: name, mark and tagline put together. The first that `layouts` gives is the one proposed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, get_args

from pipelines.tools.drawing.canvas import Drawing
from pipelines.tools.drawing.colors import readable_on, standing_out
from pipelines.tools.drawing.lettering import Type, arc_angle, broken, on_arc
from pipelines.tools.drawing.outline import circle, rectangle, ring, squircle, star
from pipelines.tools.logo.choices import Icon, Layout, Style
from pipelines.tools.logo.palette import Palette
from pipelines.tools.logo.symbols import FACES, content, symbol
from pipelines.tools.logo.words import VOICES, cased, name_line, tagline, with_rules

LAYOUTS: tuple[Layout, ...] = get_args(Layout)
FULL_ARC = 130.0  # degrees that the name of a badge takes at least
WIDE = 1100.0  # a line of the name is broken beyond this


class Order(NamedTuple):
    """What is asked for."""

    text: str
    style: Style
    palette: Palette
    icon: Icon | None
    tagline: str | None


def layout(name: Layout, order: Order) -> Drawing:
    """One layout, its left upper corner anywhere."""
    return _DRAWN[name](order)


def proposed(order: Order) -> Layout:
    """The layout to begin with: with an icon the mark stands beside the name."""
    return "horizontal" if order.icon is not None else "wordmark"


def _name(order: Order, *, widest: float, centred: bool, lines: int = 3) -> Drawing:
    """The name in as few lines as fit."""
    voice = VOICES[order.style]
    said = cased(order.style, order.text)
    while len(rows := broken(said, voice.name, widest, lines=99)) > lines:
        widest *= 1.1
    if len(rows) <= 1:
        return name_line(order.style, order.text, order.palette)
    words = order.text.split()
    drawn, taken, blocks = Drawing(), 0, []
    for row in rows:
        count = len(row.split())
        taken += count
        part = " ".join(words[taken - count : taken])
        blocks.append(name_line(order.style, part, order.palette, ends=taken == len(words), whole=False))
    wide = max(one.box().width for one in blocks)
    for place, one in enumerate(blocks):
        box = one.box()
        x = (wide - box.width) / 2 if centred else 0
        drawn.put(one, x - box.left, place * voice.name.size * voice.leading)
    return drawn


def _block(order: Order, *, widest: float = WIDE, centred: bool = False, lines: int = 3) -> Drawing:
    """The name with the tagline below it."""
    drawn = _name(order, widest=widest, centred=centred, lines=lines)
    if not order.tagline:
        return drawn
    voice = VOICES[order.style]
    box = drawn.box()
    below = tagline(order.style, order.tagline, order.palette, max(box.width, 260))
    wide = max(box.width, below.box().width)
    if order.style == "vintage":
        below = with_rules(below, order.palette, wide, thick=1.8)
    under = below.box()
    gap = voice.tagline.cap_height * {"modern": 1.25, "minimalist": 2.2}.get(order.style, 1.6)
    y = box.bottom + gap - under.top
    x = box.left + (box.width - under.width) / 2 - under.left if centred or order.style != "modern" else box.left
    result = Drawing()
    result.put(drawn)
    result.put(below, x, y)
    return result


def _wordmark(order: Order) -> Drawing:
    drawn = _block(order, centred=order.style in ("vintage", "minimalist", "playful"))
    if order.style == "minimalist" and not order.tagline:
        box = drawn.box()
        drawn.add(rectangle(box.centre[0] - 34, box.bottom + 34, 68, 2.4), order.palette.second_text)
    if order.style == "vintage" and not order.tagline:
        box = drawn.box()
        drawn.put(_ornament(order.palette, box.width), box.left, box.bottom + 30)
    return drawn


def _ornament(palette: Palette, wide: float) -> Drawing:
    """A rule broken by a star."""
    drawn = Drawing()
    half = min(wide, 420) / 2
    middle = wide / 2
    for left in (middle - half, middle + 24):
        drawn.add(rectangle(left, -1, half - 24, 2), palette.second_text)
    drawn.add(star(middle, 0, 11), palette.second_text)
    return drawn


def _horizontal(order: Order) -> Drawing:
    block = _block(order, lines=2, widest=WIDE)
    box = block.box()
    mark = symbol(order.style, order.text, order.palette, order.icon).scaled(_mark_height(order, box.height) / 100)
    size = mark.box()
    gap = size.width * (0.24 if order.style != "minimalist" else 0.34)
    drawn = Drawing()
    drawn.put(mark, -size.left, box.centre[1] - size.centre[1])
    drawn.put(block, size.width + gap - box.left, 0)
    return drawn


def _mark_height(order: Order, block: float) -> float:
    tall = VOICES[order.style].name.cap_height
    return max(block * (1.18 if block < 1.5 * tall else 1.0), tall * 1.7)


def _stacked(order: Order) -> Drawing:
    block = _block(order, widest=860, centred=True, lines=3)
    box = block.box()
    mark = symbol(order.style, order.text, order.palette, order.icon)
    by = min(max(box.width * 0.34, 130), 230) / 100
    mark = mark.scaled(by)
    size = mark.box()
    gap = size.height * (0.26 if order.style != "minimalist" else 0.34)
    drawn = Drawing()
    drawn.put(mark, box.centre[0], box.top - gap - size.bottom)
    drawn.put(block)
    return drawn


def _badge(order: Order) -> Drawing:
    """A round: the name above, the tagline (or two stars) below, the mark in the middle."""
    palette, outer = order.palette, 300.0
    drawn = Drawing()
    solid = order.style in ("modern", "playful")
    ground = palette.main if order.style == "playful" else palette.ink
    ink = readable_on(ground) if solid else palette.ink
    accent = standing_out(palette.second, ground, ratio=3.5) if solid else palette.second_text
    if solid:
        drawn.add(circle(0, 0, outer), ground)
        drawn.add(ring(0, 0, outer - 14, 4 if order.style == "playful" else 2.5), ink)
    else:
        thick = 9.0 if order.style == "vintage" else 2.6
        drawn.add(ring(0, 0, outer, thick), palette.ink)
        if order.style == "vintage":
            drawn.add(ring(0, 0, outer - 16, 2.4), palette.ink)
    inner = outer * 0.6
    drawn.add(ring(0, 0, inner, 2.4), accent if order.style == "vintage" else ink)
    band = outer * 0.975 - 14 - inner if order.style == "vintage" else outer - 18 - inner
    face = FACES[order.style] if order.style != "minimalist" else "hanken-medium"
    tracking = {"modern": 0.06, "vintage": 0.12, "minimalist": 0.26, "playful": 0.04}[order.style]
    name = Type(face, band * 0.56, tracking)
    said = cased(order.style, order.text) if order.style == "playful" else order.text.upper()
    radius = inner + (band - name.cap_height) / 2
    most = 190.0 if order.tagline else 250.0
    angle = arc_angle(said, name, radius)
    if angle > most:
        name = name._replace(size=name.size * most / angle)
        radius = inner + (band - name.cap_height) / 2
    elif angle < FULL_ARC:  # a short name is spaced out, or it would hang lost at the top
        more = math.radians(FULL_ARC - angle) * radius / max(len(said) - 1, 1) / name.size
        name = name._replace(tracking=tracking + min(more, 0.32))
    drawn.add(on_arc(said, name, centre=(0, 0), radius=radius), ink)
    taken = arc_angle(said, name, radius)
    below = 0.0
    if order.tagline:
        small = Type(face if order.style != "vintage" else "serif-regular", band * 0.32, tracking)
        line = order.tagline.upper()
        most_below = 300 - taken
        low = inner + (band - small.cap_height) / 2
        angle = arc_angle(line, small, low)
        if angle > most_below:
            small = small._replace(size=small.size * most_below / angle)
            low = inner + (band - small.cap_height) / 2
        drawn.add(on_arc(line, small, centre=(0, 0), radius=low, inside=True), accent)
        below = arc_angle(line, small, low)
    _between(drawn, order, radius=inner + band / 2, above=taken, below=below, color=accent)
    middle = content(order.style, order.text, order.icon, size=inner * 1.05)
    drawn.add(middle, ink if solid or order.style != "vintage" else palette.main_text)
    return drawn


def _between(drawn: Drawing, order: Order, *, radius: float, above: float, below: float, color: str) -> None:
    """Small marks: one in each gap between the two lines of a badge, or three below a line that is alone."""
    if below:
        side = 90 + (above - below) / 4
        places = [(side, 1.0), (-side, 1.0)] if (360 - above - below) / 2 >= 14 else []
    else:
        places = [(180, 1.5), (166, 1.0), (194, 1.0)]
    for degrees, by in places:
        mark = star(0, 0, 11 * by) if order.style == "vintage" else circle(0, 0, 6 * by)
        drawn.add(mark.moved(0, -radius).turned(degrees), color)


def _icon(order: Order) -> Drawing:
    """The mark alone on a tile, as apps show it."""
    drawn = Drawing()
    if order.style == "minimalist":
        drawn.add(squircle(0, 0, 50), order.palette.ink)
        drawn.add(content(order.style, order.text, order.icon, size=48), "#ffffff")
        return drawn
    return symbol(order.style, order.text, order.palette, order.icon)


_DRAWN: dict[Layout, Callable[[Order], Drawing]] = {
    "wordmark": _wordmark, "horizontal": _horizontal, "stacked": _stacked, "badge": _badge, "icon": _icon,
}  # fmt: skip
