"""Cards for sharing: a title, what stands around it, and each style's ground."""

from __future__ import annotations

from typing import NamedTuple

from pipelines.tools.drawing.canvas import Drawing
from pipelines.tools.drawing.colors import mixed, readable_on, standing_out
from pipelines.tools.drawing.lettering import Type, broken, line
from pipelines.tools.drawing.lettering import width as ink
from pipelines.tools.drawing.outline import blob, circle, rectangle, ring
from pipelines.tools.logo.choices import Style
from pipelines.tools.logo.palette import Palette
from pipelines.tools.logo.symbols import FACES, WAVES


class Text(NamedTuple):
    """What a card says."""

    title: str
    subtitle: str
    label: str
    site: str


def card(text: Text, style: Style, colors: Palette, width: int, height: int) -> Drawing:
    """One card of so many pixels."""

    ground = {"modern": colors.ink, "vintage": "#f6efe2", "minimalist": "#ffffff", "playful": colors.main}[style]
    tone = readable_on(ground) if style in ("modern", "playful") else colors.ink
    drawn = Drawing()
    drawn.add(rectangle(0, 0, width, height), ground)
    _decorate(drawn, style, colors, ground, width, height)
    centred = style == "vintage"
    margin = width * (0.12 if centred else 0.075)
    measure = width - 2 * margin if height > width or centred else width * (0.62 if style == "playful" else 0.74)
    title = _title_type(text, style, FACES[style], measure, width, height)
    lines = broken(_cased(style, text.title), title, measure, lines=8)
    plain = {"modern": "manrope-medium", "vintage": "serif-regular", "minimalist": "hanken-medium"}
    small = Type(plain.get(style, "fredoka"), width * (0.027 if width > height else 0.034), 0.0)
    parts: list[tuple[str, Type, str, float]] = []  # text, type, colour, the space above its baseline
    soft = mixed(tone, ground, 0.28)
    if text.label:
        label = small._replace(size=small.size * 0.78, tracking=0.14)
        parts.append((text.label.upper(), label, _accent(style, colors, ground), label.cap_height))
    leading = title.size * (1.16 if style == "minimalist" else 1.1)
    for place, words in enumerate(lines):
        above = leading if place else title.cap_height + (small.size * 1.25 if parts else 0)
        parts.append((words, title, tone, above))
    for place, words in enumerate(broken(text.subtitle, small, measure, lines=4) if text.subtitle else []):
        parts.append((words, small, soft, small.size * 1.45 if place else title.size * 0.42 + small.size))
    whole = sum(part[3] for part in parts)
    y = (height - whole) / 2 - (height * 0.02 if text.site else 0)
    for words, type_, color, above in parts:
        y += above
        outline = line(words, type_)
        box = outline.box()
        x = (width - (box.width if box else 0)) / 2 if centred else margin
        drawn.add(outline.moved(x, y), color)
    if text.site:
        site = line(text.site, small._replace(size=small.size * 0.86))
        box = site.box()
        x = (width - (box.width if box else 0)) / 2 if centred else margin
        drawn.add(site.moved(x, height - width * (0.088 if centred else 0.06)), soft)
    return drawn


def _cased(style: Style, text: str) -> str:
    return text.upper() if style == "minimalist" and len(text) <= 40 else text


def _accent(style: Style, colors: Palette, ground: str) -> str:

    return standing_out(colors.second if style == "playful" else colors.main, ground, ratio=4.5)


def _title_type(text: Text, style: Style, face: str, measure: float, width: int, height: int) -> Type:
    """The largest size at which the title takes no more than its share of the height."""

    tracking = {"modern": -0.02, "minimalist": 0.06}.get(style, 0.0)
    size = width * (0.092 if height < width else 0.105)
    share = 0.52 if height <= width else 0.4
    while size > width * 0.03:
        type_ = Type(face, size, tracking)
        lines = broken(_cased(style, text.title), type_, measure, lines=99)
        fits = all(ink(one, type_) <= measure for one in lines)
        if fits and len(lines) * size * 1.12 <= height * share:
            break
        size *= 0.94
    return Type(face, size, tracking)


def _decorate(drawn: Drawing, style: Style, colors: Palette, ground: str, width: int, height: int) -> None:

    small = min(width, height)
    if style == "modern":
        drawn.add(circle(width, height, small * 0.42), mixed(colors.main, ground, 0.12))
        drawn.add(circle(width - small * 0.44, height - small * 0.06, small * 0.085), colors.second)
        drawn.add(ring(width * 0.98, 0, small * 0.26, small * 0.012), mixed(colors.second, ground, 0.45))
    elif style == "vintage":
        for inset, thick in ((0.035, 0.006), (0.05, 0.0022)):
            _frame(drawn, colors.ink, width, height, inset * small, thick * small)
    elif style == "minimalist":
        drawn.add(rectangle(0, 0, small * 0.014, height), colors.main)
    else:
        drawn.add(blob(width * 0.97, height * 0.9, small * 0.4, waves=WAVES), mixed(colors.main, "#000000", 0.12))
        drawn.add(circle(width * 0.82, height * 0.14, small * 0.075), colors.all[1 % len(colors.all)])
        drawn.add(circle(width * 0.93, height * 0.3, small * 0.035), colors.all[2 % len(colors.all)])
        drawn.add(circle(width * 0.9, height * 0.84, small * 0.12), colors.all[-1])


def _frame(drawn: Drawing, color: str, width: int, height: int, inset: float, thick: float) -> None:

    across, down = width - 2 * inset, height - 2 * inset
    for left, top, wide, high in (
        (inset, inset, across, thick), (inset, height - inset - thick, across, thick),
        (inset, inset, thick, down), (width - inset - thick, inset, thick, down),
    ):  # fmt: skip
        drawn.add(rectangle(left, top, wide, high), color)
