"""Text to embed and to search: what installed packages say about themselves, cut as documents are. The same each time."""

from __future__ import annotations

import random
import sysconfig
from functools import lru_cache
from pathlib import Path

from pipelines.knowledge.reading import markdown
from pipelines.knowledge.reading.cutting import Cutter


@lru_cache(maxsize=1)
def chunks() -> list[str]:
    """Every chunk of the packages' descriptions, shuffled by a fixed seed."""
    found = []
    for file in sorted(Path(sysconfig.get_paths()["purelib"]).glob("*.dist-info/METADATA")):
        name = file.parent.name.partition("-")[0]
        text = file.read_text(encoding="utf-8", errors="replace").partition("\n\n")[2]
        found += [one.content for one in Cutter(name).cut(markdown.read(text).blocks)]
    random.Random(1).shuffle(found)
    return found


def many(number: int) -> list[str]:
    """So many chunks, each of its own words: beyond what there is, the words of two chunks mixed."""
    known = chunks()
    dice = random.Random(2)
    return [*known, *(_mixed(known, dice) for _ in range(number - len(known)))][:number]


def _mixed(known: list[str], dice: random.Random) -> str:
    words = " ".join(dice.sample(known, 2)).split()
    return " ".join(dice.sample(words, min(120, len(words))))
