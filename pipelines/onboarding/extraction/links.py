"""Where links lead, worked out once: menus repeat on every page, and three rules look at each link."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from pipelines.onboarding.extraction import page_types
from pipelines.onboarding.extraction.blocks import Block
from pipelines.onboarding.extraction.page import Page


@dataclass(frozen=True, slots=True)
class Target:
    """`url` is absolute and without its fragment; `parts` are the comparison keys of its path; `host` without www."""

    url: str
    parts: tuple[str, ...]
    host: str


_NOWHERE = Target("", (), "")


def target(base: str, href: str) -> Target:
    """Where `href` on the page `base` leads; an empty target for mail, phone, scripts and what is no URL."""
    bare = href.strip().split("#", 1)[0]
    if bare.startswith("/") and not bare.startswith("//"):
        return _read(_origin(base) + bare)
    if bare.startswith(("http://", "https://")):
        return _read(bare)
    try:
        return _read(urljoin(base, bare)) if bare else _NOWHERE
    except ValueError:  # brackets that are no IPv6 address
        return _NOWHERE


def links(page: Page) -> Iterator[tuple[Block, str, Target]]:
    """(block, text, target) of every link whose text is a span of its block, in reading order."""
    for block in page.blocks:
        for href, text in block.links:
            if text in block.text:
                yield block, text, target(page.url, href)


@lru_cache(maxsize=16384)
def _read(url: str) -> Target:
    try:
        split = urlsplit(url)
        host = (split.hostname or "").removeprefix("www.")
    except ValueError:
        return _NOWHERE
    if split.scheme not in ("http", "https"):
        return _NOWHERE
    return Target(url, tuple(page_types.path_parts(url)), host)


@lru_cache(maxsize=1024)
def _origin(url: str) -> str:
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc}"


def overlap(one: str, other: str) -> float:
    """Share of the shorter key's words that the other has, 0..1; run-together words count ("openfold")."""
    a, b = one.split(), other.split()
    if not a or not b:
        return 0.0
    if one.replace(" ", "") == other.replace(" ", ""):
        return 1.0
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    joined = "".join(long)
    return sum(word in long or (len(word) > 3 and word in joined) for word in short) / len(short)
