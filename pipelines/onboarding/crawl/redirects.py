"""Where a page may redirect to: another page of the same site, allowed by its robots.txt, not read already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from pipelines.onboarding.crawl import urls
from pipelines.onboarding.crawl.urls import Site

Refusal = Literal["moved", "off_site", "robots_disallow", "duplicate"]


class Redirects:
    """The question that the client asks at each hop of one page; after a no, `refusal` says why.

    `take(url_key)` reserves a page for whoever asks first, so that two redirects to one page read it once; `taken` are
    the pages reserved here, free again if this errand fails.
    """

    def __init__(
        self, site: Site, own_key: str, *, is_start: bool, allows: Callable[[str], bool], take: Callable[[str], bool]
    ) -> None:
        self.refusal: Refusal | None = None
        self.taken: list[str] = []
        self._site = site
        self._own_key = own_key
        self._is_start = is_start
        self._allows = allows
        self._take = take

    def __call__(self, _from: str, target: str) -> bool:
        self.refusal = self._judge(target)
        return self.refusal is None

    def _judge(self, target: str) -> Refusal | None:
        if urls.origin_of(target) != self._site.origin:
            # Only the start page may take the crawl elsewhere: it is what the customer asked for.
            return "moved" if self._is_start else "off_site"
        if not self._allows(target):
            return "robots_disallow"
        url_key = urls.key(urls.normal(target, target) or target)
        if url_key in (self._own_key, *self.taken):
            return None
        if not self._take(url_key):
            return "duplicate"
        self.taken.append(url_key)
        return None
