"""The marks: an icon, or the initials, in the frame that each style gives it. About 100 across, centred on the origin."""

from __future__ import annotations

from pipelines.tools.drawing.canvas import Drawing
from pipelines.tools.drawing.colors import mixed, readable_on
from pipelines.tools.drawing.lettering import Type, line
from pipelines.tools.drawing.outline import Outline, blob, circle, ring, squircle
from pipelines.tools.logo.choices import Icon, Style
from pipelines.tools.logo.icons import icon
from pipelines.tools.logo.palette import Palette

FACES: dict[Style, str] = {"modern": "manrope", "vintage": "serif", "minimalist": "hanken", "playful": "fredoka"}
WAVES = (1.0, 0.985, 0.95, 1.0, 1.02, 0.98, 0.96, 1.015, 0.99, 0.955)


def symbol(style: Style, text: str, palette: Palette, wanted: Icon | None) -> Drawing:
    """The mark of a name in a style."""
    return _DRAWN[style](text, palette, wanted)


def initials(text: str) -> str:
    """The first letters of the first two words; of one word the first."""
    words = [word for word in text.split() if any(letter.isalnum() for letter in word)]
    firsts = [next(letter for letter in word if letter.isalnum()) for word in words[:2]]
    return "".join(firsts).upper() or text[:1].upper()


def content(style: Style, text: str, wanted: Icon | None, *, size: float) -> Outline:
    """The icon, or the initials, fitted into a square of this size around the origin."""
    if wanted is not None:
        return icon(wanted).scaled(size * 0.94 / 100)
    drawn = line(initials(text), Type(FACES[style], size, -0.02 if style != "minimalist" else 0.04))
    box = drawn.box()
    if box is None:
        return drawn
    x, y = box.centre
    by = min(size / box.width, size * 0.74 / box.height)
    return drawn.moved(-x, -y).scaled(by)


def _modern(text: str, palette: Palette, wanted: Icon | None) -> Drawing:
    """A tile whose lower corner wears a dot of the second colour, and the content on it."""
    drawn = Drawing()
    drawn.add(squircle(0, 0, 50), palette.main)
    drawn.add(content("modern", text, wanted, size=56), readable_on(palette.main))
    drawn.add(circle(40, 40, 13), palette.second)
    return drawn


def _vintage(text: str, palette: Palette, wanted: Icon | None) -> Drawing:
    """A seal: a solid round with a fine inner line."""
    drawn = Drawing()
    drawn.add(circle(0, 0, 50), palette.ink)
    drawn.add(ring(0, 0, 46, 1.3), mixed(palette.second, "#ffffff", 0.35))
    drawn.add(content("vintage", text, wanted, size=50), "#fffaf0")
    return drawn


def _minimalist(text: str, palette: Palette, wanted: Icon | None) -> Drawing:
    """A fine ring."""
    drawn = Drawing()
    drawn.add(ring(0, 0, 50, 1.8), palette.ink)
    drawn.add(content("minimalist", text, wanted, size=44), palette.ink)
    return drawn


def _playful(text: str, palette: Palette, wanted: Icon | None) -> Drawing:
    """A soft shape with two companions."""
    second, third = palette.all[1 % len(palette.all)], palette.all[2 % len(palette.all)]
    drawn = Drawing()
    drawn.add(blob(0, 0, 49, waves=WAVES), palette.main)
    drawn.add(circle(43, -38, 10), second)
    drawn.add(circle(-47, 36, 6.5), third if third != palette.main else second)
    drawn.add(content("playful", text, wanted, size=58), readable_on(palette.main))
    return drawn


_DRAWN = {"modern": _modern, "vintage": _vintage, "minimalist": _minimalist, "playful": _playful}
