"""A font's face: its letters as outlines, their widths and kerning. The one module that opens fonts.

Fonts come from packages (each under the SIL Open Font License), are read once and kept in memory.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib import import_module
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

from fontTools.misc.transform import Transform
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from pipelines.tools.drawing.outline import Box, Outline

FILES: dict[str, tuple[str, str]] = {
    "manrope": ("font_manrope", "Manrope-ExtraBold.ttf"),
    "manrope-medium": ("font_manrope", "Manrope-Medium.ttf"),
    "hanken": ("font_hanken_grotesk", "HankenGrotesk-Light.otf"),
    "hanken-medium": ("font_hanken_grotesk", "HankenGrotesk-Medium.otf"),
    "serif": ("font_source_serif_pro", "SourceSerifPro-Bold.otf"),
    "serif-regular": ("font_source_serif_pro", "SourceSerifPro-Regular.otf"),
    "fredoka": ("font_fredoka_one", "FredokaOne-Regular.ttf"),
    "amatic": ("font_amatic_sc", "AmaticSC-Bold.ttf"),
}
FALLBACKS = ("manrope", "serif")  # the widest: Latin, Greek, Cyrillic


class Face:
    """One font. Lengths are in ems."""

    def __init__(self, data: bytes) -> None:
        font = TTFont(BytesIO(data), lazy=True)
        self._em = font["head"].unitsPerEm
        self._letters: dict[int, str] = font.getBestCmap()
        self._glyphs = font.getGlyphSet()
        self._widths = font["hmtx"].metrics
        self._pairs = _kerning(font)
        table = font["OS/2"]
        self.cap_height = self._height(getattr(table, "sCapHeight", 0), "H")
        self.x_height = self._height(getattr(table, "sxHeight", 0), "x")

    def has(self, letter: str) -> bool:
        """Whether the font can show the letter."""
        return ord(letter) in self._letters

    def glyph(self, letter: str) -> str:
        """The glyph's name."""
        return self._letters[ord(letter)]

    @lru_cache(maxsize=512)  # noqa: B019 - faces live as long as the process
    def outline(self, glyph: str) -> Outline:
        """The glyph on its baseline, one em high, y down."""
        pen = DecomposingRecordingPen(self._glyphs)
        self._glyphs[glyph].draw(pen)
        scale = 1 / self._em
        return Outline(pen.value).transformed(Transform(scale, 0, 0, -scale, 0, 0))

    @lru_cache(maxsize=512)  # noqa: B019 - faces live as long as the process
    def box(self, glyph: str) -> Box | None:
        """The bounds of the glyph's outline; None for a space."""
        return self.outline(glyph).box()

    def width(self, glyph: str) -> float:
        return float(self._widths[glyph][0]) / self._em

    def kerning(self, left: str, right: str) -> float:
        """What is added between two glyphs; mostly negative."""
        return self._pairs(left, right) / self._em

    def _height(self, told: int, letter: str) -> float:
        if told:
            return told / self._em
        box = self.outline(self.glyph(letter)).box()
        return -box.top if box else 0.7


@lru_cache(maxsize=16)
def face(name: str) -> Face:
    """A face by its name in FILES."""
    package, file = FILES[name]
    folder = Path(str(import_module(package).__file__)).parent / "files"
    return Face((folder / file).read_bytes())


def warm_up() -> None:
    """Load every font and what reads it: a shut-in child can open no file."""
    for name in FILES:
        one = face(name)
        for left, right in pairwise("AVaTo."):
            one.outline(one.glyph(left)).box()
            one.kerning(one.glyph(left), one.glyph(right))


def for_letter(name: str, letter: str) -> Face | None:
    """The face, or one that can show the letter when it cannot; None when none can."""
    return next((one for one in map(face, (name, *FALLBACKS)) if one.has(letter)), None)


def composed(text: str) -> str:
    """The text with each accent part of its letter, as faces have them: nothing here puts a loose one in its place."""
    return unicodedata.normalize("NFC", text)


def missing(text: str, name: str) -> str:
    """The letters of a composed text that no face can show."""
    shown = (one for one in text if not one.isspace())
    return "".join(dict.fromkeys(one for one in shown if unicodedata.combining(one) or for_letter(name, one) is None))


def _kerning(font: Any) -> Any:
    """(left, right) -> font units, from the pair adjustments of GPOS's `kern` feature (OpenType, GPOS type 2)."""
    tables = _pair_tables(font)

    def between(left: str, right: str) -> int:
        for table, glyphs in tables:
            if left not in glyphs:
                continue
            found = _in_pairs(table, glyphs[left], right) if table.Format == 1 else _in_classes(table, left, right)
            if found is not None:
                return found
        return 0

    return between


def _pair_tables(font: Any) -> list[tuple[Any, dict[str, int]]]:
    if "GPOS" not in font or font["GPOS"].table.FeatureList is None:
        return []
    table = font["GPOS"].table
    wanted = {
        index
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "kern"
        for index in record.Feature.LookupListIndex
    }
    found = []
    for index in sorted(wanted):
        for one in table.LookupList.Lookup[index].SubTable:
            part = one.ExtSubTable if one.LookupType == 9 else one
            if part.LookupType == 2:
                found.append((part, {glyph: place for place, glyph in enumerate(part.Coverage.glyphs)}))
    return found


def _in_pairs(table: Any, place: int, right: str) -> int | None:
    for record in table.PairSet[place].PairValueRecord:
        if record.SecondGlyph == right:
            return _advance(record.Value1)
    return None


def _in_classes(table: Any, left: str, right: str) -> int | None:
    first = table.ClassDef1.classDefs.get(left, 0)
    second = table.ClassDef2.classDefs.get(right, 0)
    return _advance(table.Class1Record[first].Class2Record[second].Value1)


def _advance(value: Any) -> int:
    return int(getattr(value, "XAdvance", 0) or 0)
