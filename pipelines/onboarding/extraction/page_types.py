"""What kind of page this is: home, about, pricing, legal … from its path, the links to it, its title and h1.

`prior` needs no page, only a URL and link texts: the crawl orders its frontier by it. Words are in `words/pages.yaml`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from urllib.parse import unquote, urlsplit

from pipelines.onboarding.extraction import words
from pipelines.onboarding.extraction.text import key, written_out

# How much a page of this kind tells about a brand, 0..1: the order in which a crawl with a budget fetches them.
WORTH = {
    "home": 1.0, "about": 0.95, "mission": 0.95, "pricing": 0.92, "values": 0.9, "story": 0.9, "imprint": 0.85,
    "contact": 0.85, "products": 0.85, "compare": 0.82, "services": 0.8, "features": 0.75, "audience": 0.75, "product": 0.7,
    "team": 0.55, "locations": 0.5, "faq": 0.5, "other": 0.4, "customers": 0.35, "press": 0.3, "legal": 0.3, "jobs": 0.25,
    "docs": 0.2, "events": 0.2, "blog": 0.2, "article": 0.1, "account": 0.02, "listing": 0.05,
}  # fmt: skip
# Where a path matches several kinds, the earlier one is meant: /blog/about-pricing is an article.
_ORDER = (
    "account", "listing", "jobs", "press", "events", "legal", "imprint", "compare", "blog", "docs", "customers", "mission",
    "values", "story", "pricing", "contact", "locations", "team", "faq", "about", "features", "audience", "services", "products",
)  # fmt: skip
_INDEX = {"", "index", "index html", "index htm", "home", "index php", "default"}
_DEEPER = {"blog": "article", "products": "product"}
_OWN = ("mission", "values", "story", "about")
_MAX_LABEL_WORDS = 6
_MAX_SLUG_WORDS = 5
_LEAST_SHARE = 0.3  # of a page's short link texts that must name its kind
_MOST_KINDS = 2
_IN_EVERY_FOOTER = frozenset(
    ("legal", "blog", "faq", "account", "jobs", "press", "docs", "listing", "events", "customers")
)


def path_parts(url: str) -> list[str]:
    """Comparison keys of a URL's path segments, file suffix removed, index pages and a language prefix dropped."""
    parts = []
    for segment in unquote(urlsplit(url).path).split("/"):
        bare = segment.rsplit(".", 1)[0] if segment.lower().endswith((".html", ".htm", ".php", ".aspx")) else segment
        parts.append(key(bare))
    kept = [part for part in parts if part not in _INDEX]
    return kept[1:] if kept and kept[0] in words.keys("pages", "language_prefixes") else kept


def prior(url: str, anchors: Sequence[str] = ()) -> tuple[str, float]:
    """(page type, worth 0..1) of a page not fetched yet. Deeper paths are worth a little less than shallow ones."""
    parts = path_parts(url)
    if not parts:
        return "home", WORTH["home"]
    kind = _of_path(parts) or _of_anchors(anchors) or "other"
    return kind, round(WORTH[kind] * 0.97 ** (len(parts) - 1), 4)


def classify(url: str, anchors: Sequence[str], title: str, h1: str, og_type: str = "") -> str:
    """The page type once the page is there. A path that says something is believed first, then links, h1, title."""
    parts = path_parts(url)
    if not parts:
        return "home"
    kind = _of_path(parts) or _of_anchors(anchors) or _of_labels([h1, *_title_parts(title)])
    if kind == "legal" and _of_labels([h1, *anchors, *_title_parts(title)]) == "imprint":
        return "imprint"
    if kind:
        return kind
    return "article" if og_type == "article" and len(parts) > 1 else "other"


def _of_path(parts: list[str]) -> str | None:
    if any(len(part) == 4 and part.isdigit() and part[:2] in ("19", "20") for part in parts):
        return "article"
    lists = _lists()
    for kind in _ORDER:
        for depth, part in enumerate(parts):
            if part in lists[kind] or _opens_or_ends(part, _long(kind)):
                last = depth == len(parts) - 1
                if kind in _DEEPER and not last:
                    continue
                return kind
        if kind in _DEEPER and any(part in lists[kind] for part in parts[:-1]):
            return _DEEPER[kind]
    return None


def _opens_or_ends(part: str, known: frozenset[str]) -> bool:
    """ "acme-alternative" is a comparison; the slug of an article, with its many words, says nothing."""
    tokens = part.split(" ")
    if len(tokens) > _MAX_SLUG_WORDS:
        return False
    # Looked up rather than searched: a crawl judges thousands of sitemap URLs.
    return any(" ".join(tokens[:n]) in known or " ".join(tokens[-n:]) in known for n in range(1, len(tokens)))


def _of_anchors(anchors: Sequence[str]) -> str | None:
    """What links call a page, unless few of them say so: a page's links to its own parts ("FAQ") and dead links in a
    footer ("Blog") lead to it too."""
    short = [label for label in map(key, anchors) if label and len(label.split()) <= _MAX_LABEL_WORDS]
    kinds = [kind for kind in map(_of_label, short) if kind]
    if not kinds or len(kinds) < _LEAST_SHARE * len(short) or len(set(kinds)) > _MOST_KINDS:
        return None
    kind = _of_labels(anchors)
    return None if kind in _IN_EVERY_FOOTER and len(kinds) < len(short) else kind


@lru_cache(maxsize=4096)
def _of_label(label: str) -> str | None:
    return _of_labels((label,))


def _of_labels(labels: Sequence[str]) -> str | None:
    lists = _lists()
    short = [label for label in map(key, labels) if label and len(label.split()) <= _MAX_LABEL_WORDS]
    for kind in _ORDER:
        if any(label in lists[kind] for label in short):
            return kind
    for kind in _ORDER:
        if any(f" {word} " in f" {label} " for label in short for word in _long(kind)):
            return kind
    return None


def _title_parts(title: str) -> list[str]:
    for mark in (" | ", " - ", " – ", " — ", " · ", ": "):
        title = title.replace(mark, "\n")
    return title.split("\n")


@cache
def _lists() -> dict[str, frozenset[str]]:
    known = {kind: words.phrases("pages", "types", kind) for kind in _ORDER}
    return {kind: frozenset(map(key, (*phrases, *map(written_out, phrases)))) for kind, phrases in known.items()}


@cache
def _long(kind: str) -> frozenset[str]:
    """Words distinctive enough to count inside a longer label; short ones ("us", "blog") only count alone, and of the
    brand's own pages only phrases do: "read our story" is theirs, "a customer's story" is not."""
    return frozenset(word for word in _lists()[kind] if len(word) >= 5 and (kind not in _OWN or " " in word))
