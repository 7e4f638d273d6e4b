"""Word lists as data: one YAML file per topic, `entry: {language: [phrase, ...]}` or nested one level deeper.

Rules ask for the union over languages: pages mix languages and their `lang` attribute is often a template's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from pipelines.onboarding.extraction.text import key

_HERE = Path(__file__).parent


@cache
def topic(name: str) -> dict[str, Any]:
    """The raw content of `words/<name>.yaml`."""
    return msgspec.yaml.decode((_HERE / f"{name}.yaml").read_bytes())


@cache
def phrases(name: str, *path: str) -> tuple[str, ...]:
    """The phrases of one entry in all languages, in file order, without doubles.

    KeyError when the entry does not exist: a misspelt list must not pass for an empty one.
    """
    node = topic(name)
    for step in path:
        node = node[step]
    found: dict[str, None] = {}
    for per_language in node.values():
        found.update(dict.fromkeys(per_language))
    return tuple(found)


@cache
def keys(name: str, *path: str) -> frozenset[str]:
    """The same as comparison keys (see `text.key`)."""
    return frozenset(key(phrase) for phrase in phrases(name, *path))


@cache
def pattern(name: str, *path: str) -> re.Pattern[str]:
    """One case-blind regular expression that finds any phrase of the entry as whole words in verbatim text.

    Spaces in a phrase match any whitespace, an apostrophe matches straight and curly ones.
    """
    return any_of(phrases(name, *path))


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Compiles phrases into one alternation, longest first, bounded by non-word characters."""
    parts = []
    for word in sorted(words, key=len, reverse=True):
        body = re.escape(word).replace(r"\ ", r"\s+").replace("'", "['\u2019]")
        opens = r"(?<!\w)" if word[0].isalnum() else ""
        closes = r"(?!\w)" if word[-1].isalnum() else ""
        parts.append(f"{opens}{body}{closes}")
    return re.compile("|".join(parts), re.IGNORECASE)
