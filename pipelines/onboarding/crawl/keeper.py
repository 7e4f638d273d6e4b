"""Turns what came of an errand into the page's told state, and stores it with everything it led to.

Runs on the stage's thread only. Answers tell the stage what it has to act on: the start page moved, a page was read,
or the site seems to have had enough of us.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from pipelines.clients.fetch_errors import FetchError
from pipelines.clients.web import Response, redirect_target
from pipelines.onboarding.crawl import pages as reading
from pipelines.onboarding.crawl import urls
from pipelines.onboarding.crawl.fetcher import HTML_TYPES, Fetched
from pipelines.onboarding.crawl.frontier import Frontier
from pipelines.onboarding.crawl.redirects import judge
from store.sites import pages as store
from store.sites.crawls import Claimed, Crawl, NewPage

TRIES = 3  # the first and two more
RETRIED_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})

Kind = Literal["read", "ended", "failed", "later", "follow", "moved"]


@dataclass(frozen=True)
class Kept:
    """`kind`: read (stored), ended (duplicate or skipped), failed, later (will be tried again), follow (a redirect to
    `target`), moved (the site itself is at `target`)."""

    kind: Kind
    target: str = ""
    needs_js: bool = False
    language: str | None = None


class Keeper:
    """The store side of one crawl. `taken` are pages read or under way, `hashes` which text was seen where."""

    def __init__(self, crawl: Crawl, frontier: Frontier, first_pause: timedelta) -> None:
        self.crawl = crawl
        self.frontier = frontier
        self.taken: set[str] = set()
        self.hashes: dict[str, str] = {}
        self._first_pause = first_pause
        self._reserved: dict[str, set[str]] = {}

    def take(self, url_key: str) -> bool:
        """Reserve a page for whoever asks first; False when it is read or under way already."""
        if url_key in self.taken:
            return False
        self.taken.add(url_key)
        return True

    def keep(self, fetched: Fetched, pause: timedelta | None) -> Kept:
        """Store what came of an errand. `pause` is what the host asked for before the next try."""
        page = fetched.errand.page
        try:
            kept = self._after_error(page, fetched.error) if fetched.error else self._after_answer(fetched, pause)
        except FetchError as error:  # a redirect to something that is no URL
            kept = self._after_error(page, error)
        if kept.kind != "follow":
            reserved = self._reserved.pop(page.url_key, set())
            if kept.kind in ("failed", "later"):
                self.taken -= reserved  # nobody has read them after all
        return kept

    def _after_error(self, page: Claimed, error: FetchError) -> Kept:
        if error.code == "cancelled":
            store.put_back(self.crawl, page.url_key, after=timedelta(0), reason=None, costs_attempt=False)
            return Kept("later")
        if error.retry_helps and page.attempt < TRIES:
            return self._later(page, error.code, None)
        return self._end(page, "skipped" if error.code == "wrong_type" else "failed", error.code)

    def _after_answer(self, fetched: Fetched, pause: timedelta | None) -> Kept:
        page, answer = fetched.errand.page, fetched.answer
        assert answer is not None
        if answer.status == 304 and fetched.errand.copy is not None:
            return self._read(fetched, answer)
        target = redirect_target(answer)
        if target is not None:
            return self._redirected(fetched, target)
        if answer.status in RETRIED_STATUS and page.attempt < TRIES:
            return self._later(page, f"http_{answer.status}", pause)
        if not 200 <= answer.status < 300:
            return self._end(page, "failed", f"http_{answer.status}", status=answer.status)
        if not answer.body.strip():
            return self._end(page, "failed", "empty", status=answer.status)
        if answer.media_type not in HTML_TYPES and not reading.looks_like_html(answer.body):
            return self._end(page, "skipped", "wrong_type", status=answer.status)
        return self._read(fetched, answer)

    def _redirected(self, fetched: Fetched, target: str) -> Kept:
        page = fetched.errand.page
        word = judge(target, frontier=self.frontier, is_start=page.depth == 0, came_from=fetched.errand.hops)
        if word == "moved":
            return Kept("moved", target)
        if word == "too_many_redirects":
            return self._end(page, "failed", word, target=target)
        if word != "follow":
            return self._end(page, "skipped", word, target=target)
        url_key = urls.key(urls.normal(target, target) or target)
        reserved = self._reserved.setdefault(page.url_key, set())
        if url_key != page.url_key and url_key not in reserved:
            if not self.take(url_key):
                return self._end(page, "duplicate", f"redirects to {target}", target=target)
            reserved.add(url_key)
        return Kept("follow", target)

    def _read(self, fetched: Fetched, answer: Response) -> Kept:
        """A page that is one: duplicates end here, the rest is stored with its links."""
        page, copy = fetched.errand.page, fetched.errand.copy
        robots_header = answer.headers.get("x-robots-tag", "")
        if answer.status == 304 and copy is not None:
            seen = reading.read_text(copy.html, answer.url, robots_header=robots_header)
            body_hash = copy.content_hash
        else:
            seen = reading.read(
                answer.body, answer.headers.get("content-type"), answer.url, robots_header=robots_header
            )
            body_hash = reading.content_hash(answer.body)
        self._settle_other_names(page, answer.url)
        if page.depth == 0:
            self.frontier.set_language(answer.url, seen.language)
        found, fresh = self.frontier.links(() if seen.nofollow else seen.links, depth=page.depth + 1)
        twin = self._twin(page, answer.url, seen)
        if twin is not None:
            return self._end(page, "duplicate", f"same as {twin}", target=answer.url, status=200, found=found)
        if seen.noindex and page.depth > 0:
            return self._end(page, "skipped", "noindex", target=answer.url, status=200, found=found)
        self.hashes[seen.text_hash] = answer.url
        store.keep(
            self.crawl,
            page.url_key,
            store.Body(
                final_url=answer.url,
                status=200 if answer.status == 304 else answer.status,
                content_type=answer.headers.get("content-type") or (copy.content_type if copy else None),
                etag=answer.headers.get("etag") or (copy.etag if copy and answer.status == 304 else None),
                last_modified=answer.headers.get("last-modified")
                or (copy.last_modified if copy and answer.status == 304 else None),
                content_hash=body_hash,
                text_hash=seen.text_hash,
                html=seen.text,
                canonical=seen.canonical,
                language=seen.language,
                needs_js=seen.needs_js,
            ),
            unchanged=copy is not None and copy.content_hash == body_hash,
            found=found,
            anchors=fresh,
        )
        return Kept("read", needs_js=seen.needs_js, language=seen.language)

    def _twin(self, page: Claimed, url: str, seen: reading.ReadPage) -> str | None:
        """The page that this one repeats: the same words elsewhere, or a canonical page that was read already."""
        same = self.hashes.get(seen.text_hash)
        if same is not None:
            return same
        canonical = seen.canonical
        if canonical is None or not _is_believable(canonical, url, self.frontier.site):
            return None
        url_key = urls.key(urls.on_origin(canonical, self.frontier.site))
        if url_key == page.url_key:
            return None
        if not self.take(url_key):
            return canonical
        self._forget(url_key, f"same as {url}")
        return None

    def _settle_other_names(self, page: Claimed, url: str) -> None:
        """A page that was reached by a redirect is not asked for again under its own name."""
        url_key = urls.key(urls.normal(url, url) or url)
        if url_key != page.url_key:
            self.taken.add(url_key)
            self._forget(url_key, f"same as {page.url}")

    def _forget(self, url_key: str, reason: str) -> None:
        if url_key in self.frontier:
            store.end(self.crawl, url_key, "duplicate", reason, only_queued=True)
        self.frontier.remember(url_key)

    def _later(self, page: Claimed, reason: str, pause: timedelta | None) -> Kept:
        after = max(self._first_pause * 2 ** (page.attempt - 1), pause or timedelta(0))
        store.put_back(self.crawl, page.url_key, after=after, reason=reason)
        return Kept("later")

    def _end(
        self,
        page: Claimed,
        state: str,
        reason: str,
        *,
        target: str | None = None,
        status: int | None = None,
        found: list[NewPage] | None = None,
    ) -> Kept:
        store.end(self.crawl, page.url_key, state, reason, final_url=target, status=status, found=found or ())
        return Kept("failed" if state == "failed" else "ended")


def _is_believable(canonical: str, url: str, site: urls.Site) -> bool:
    """Templates that name one page as canonical for all are common: the last part of both paths must agree."""
    if not urls.in_scope(canonical, site):
        return False
    return (
        urls.key(canonical).partition("?")[0].rpartition("/")[2] == urls.key(url).partition("?")[0].rpartition("/")[2]
    )
