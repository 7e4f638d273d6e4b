"""Which pages a crawl has met, and how good each one promises to be: best first, within a budget.

The promise comes from the page type that path and link texts suggest (extraction's word lists, several languages),
less for depth, parameters, other languages than the start page's, and siblings: the hundredth article of a
directory waits behind everything else. The queue itself is in the store; this is its memory and its judgement.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlsplit

from pipelines.onboarding.crawl import urls
from pipelines.onboarding.crawl.pages import Link
from pipelines.onboarding.crawl.urls import Site
from pipelines.onboarding.extraction import page_types
from store.sites.crawls import Known, NewPage

START_PRIORITY = 1000.0
ROOT_PRIORITY = 95.0
MAX_ANCHORS = 5
WORTHWHILE = 0.5  # when the memory is full, only pages that promise this much are still taken in
SIBLING_FACTOR = 0.975  # each page of a directory promises this much of the one before it
SIBLING_FLOOR = 0.3
_LANGUAGE = re.compile(r"/([a-z]{2})(?:[-_][a-z]{2})?(?:/|$)", re.IGNORECASE)
_LANGUAGES = frozenset(
    (
        "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu", "id", "it",
        "ja", "ko", "lt", "lv", "ms", "nb", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "th", "tr", "uk", "vi",
        "zh",
    )
)  # fmt: skip


class Frontier:
    """Memory and judgement of one crawl. `allows` is robots.txt's word on a URL, `wanted` that of who asked for it."""

    def __init__(
        self,
        site: Site,
        *,
        allows: Callable[[str], bool],
        max_urls: int,
        wanted: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self.site = site
        self.allows = allows
        self.wanted = wanted
        self.language: str | None = None
        self.dropped = 0
        self._max_urls = max_urls
        self._anchors: dict[str, list[str]] = {}
        self._siblings: Counter[str] = Counter()

    def __contains__(self, url_key: str) -> bool:
        return url_key in self._anchors

    def restore(self, pages: Iterable[Known]) -> None:
        """Remember what an earlier holder had met."""
        for page in pages:
            self._anchors[page.url_key] = list(page.anchors)
            self._siblings[urls.directory(page.url)] += 1

    def start(self, url: str) -> list[NewPage]:
        """The page that was asked for, and the site's home if that is another one."""
        home = f"{self.site.origin}/"
        refusal = None if self.allows(url) else "robots_disallow"  # where the site begins is always wanted
        found = [self._page(url, 0, START_PRIORITY, (), refusal)]
        if urls.key(home) != urls.key(url):
            found.append(self._page(home, 1, ROOT_PRIORITY, (), self._refusal(home)))
        return found

    def set_language(self, start_url: str, declared: str | None) -> None:
        """The language whose pages are preferred: the start page's, from its path or its lang attribute."""
        in_path = _language_of(start_url)
        self.language = in_path or (declared or "")[:2].lower() or None

    def links(self, links: Sequence[Link], *, depth: int) -> tuple[list[NewPage], dict[str, list[str]]]:
        """(pages met for the first time, all link texts of known pages that got a new one)."""
        grouped: dict[str, tuple[str, list[str]]] = {}
        for link in links:
            if not urls.in_scope(link.url, self.site):
                continue
            url = urls.on_origin(link.url, self.site)
            texts = grouped.setdefault(urls.key(url), (url, []))[1]
            if link.text and link.text not in texts:
                texts.append(link.text)
        found: list[NewPage] = []
        fresh: dict[str, list[str]] = {}
        for url_key, (url, texts) in grouped.items():
            if url_key not in self._anchors:
                page = self._judged(url, depth, tuple(texts[:MAX_ANCHORS]))
                if page is not None:
                    found.append(page)
                continue
            known = self._anchors[url_key]
            new = [text for text in texts if text not in known][: MAX_ANCHORS - len(known)]
            if new:
                known.extend(new)
                fresh[url_key] = known
        return found, fresh

    def listed(self, sitemap_urls: Iterable[str]) -> list[NewPage]:
        """Pages that a sitemap names and no link has shown yet."""
        found: list[NewPage] = []
        for raw in sitemap_urls:
            url = urls.normal(self.site.origin, raw)
            if url is None or not urls.in_scope(url, self.site):
                continue
            url = urls.on_origin(url, self.site)
            if urls.key(url) in self._anchors:
                continue
            page = self._judged(url, 1, ())
            if page is not None:
                found.append(page)
        return found

    def remember(self, url_key: str) -> None:
        """A page that was met under another name needs no row of its own."""
        self._anchors.setdefault(url_key, [])

    def _judged(self, url: str, depth: int, anchors: tuple[str, ...]) -> NewPage | None:
        reason = urls.skip_reason(url) or self._refusal(url)
        worth = page_types.prior(url, anchors)[1]
        full = len(self._anchors) >= self._max_urls
        if full and (reason is not None or worth < WORTHWHILE or len(self._anchors) >= 2 * self._max_urls):
            self.dropped += 1
            return None
        return self._page(url, depth, self._priority(url, worth, depth, bool(anchors)), anchors, reason)

    def _refusal(self, url: str) -> str | None:
        if not self.wanted(url):
            return "not_wanted"
        return None if self.allows(url) else "robots_disallow"

    def _priority(self, url: str, worth: float, depth: int, is_linked: bool) -> float:
        """0..100, more is better; the store keeps it."""
        value = 100 * worth
        if urls.directory(url):
            value *= max(SIBLING_FLOOR, SIBLING_FACTOR ** self._siblings[urls.directory(url)])
        value += 3 if is_linked and depth <= 1 else 0
        value -= 2 * max(0, depth - 1)
        value -= 10 if urlsplit(url).query else 0
        language = _language_of(url)
        if self.language and language and language != self.language:
            value -= 45
        return round(value, 3)

    def _page(
        self, url: str, depth: int, priority: float, anchors: tuple[str, ...], reason: str | None = None
    ) -> NewPage:
        self._anchors[urls.key(url)] = list(anchors)
        self._siblings[urls.directory(url)] += 1
        return NewPage(url_key=urls.key(url), url=url, depth=depth, priority=priority, anchors=anchors, reason=reason)


def _language_of(url: str) -> str | None:
    """The language that a path starts with (`/de/…`, `/pt-br/…`)."""
    match = _LANGUAGE.match(urlsplit(url).path)
    return match.group(1).lower() if match and match.group(1).lower() in _LANGUAGES else None
