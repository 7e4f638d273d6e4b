"""The colours of a logo: what was asked for, made to work: letters that read on white, marks that tell themselves apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipelines.tools.drawing.colors import BLACK, WHITE, contrast, mixed, standing_out
from pipelines.tools.logo.choices import Style

DEFAULTS: dict[Style, tuple[str, ...]] = {
    "modern": ("#2f5bea", "#12b5a6"),
    "vintage": ("#5a2a1e", "#b9812f"),
    "minimalist": ("#1c1d21", "#9a8f80"),
    "playful": ("#f2545b", "#ffb400", "#2ab7ca", "#6a4c93"),
}
INK: dict[Style, str] = {"modern": "#15181f", "vintage": "#2b1d16", "minimalist": "#1c1d21", "playful": "#2a2335"}


class Palette(NamedTuple):
    """`ink` is for letters, `main` and `second` for marks, `all` in turn for what is many-coloured."""

    ink: str
    main: str
    second: str
    all: tuple[str, ...]

    @property
    def main_text(self) -> str:
        """The main colour, darkened until letters in it read on white."""
        return readable(self.main)

    @property
    def second_text(self) -> str:
        return readable(self.second)


def palette(style: Style, colors: Sequence[str]) -> Palette:
    """The palette of a style from the colours that were asked for; none: the style's own."""
    chosen = tuple(color.lower() for color in colors) or DEFAULTS[style]
    main = chosen[0]
    second = chosen[1] if len(chosen) > 1 else mixed(main, WHITE if contrast(main, WHITE) > 4 else BLACK, 0.42)
    ink = INK[style]
    if style in ("vintage", "minimalist") and contrast(main, WHITE) >= 5:
        ink = main
    return Palette(ink, main, second, chosen if len(chosen) > 1 else (main, second))


def readable(color: str, *, ratio: float = 3.0) -> str:
    """The colour, darkened until it stands out from white."""
    return standing_out(color, WHITE, ratio=ratio)
