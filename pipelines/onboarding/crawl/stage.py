"""The crawl stage: `run(ctx)` is what the engine calls on lane web; `crawl` reads any website within bounds.

1 robots.txt (of the origin where the start page lives in the end), 2 the start page, 3 sitemaps, 4 the best pages
until the budget is spent. Pages, retries and pauses live in the store: an interrupted crawl goes on where it was, and
a page that was stored is not fetched again.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pipelines.clients import web
from pipelines.clients.web import Limits, Response
from pipelines.engine.outcomes import Cancelled, Outcome, Permanent, Superseded, TryAgain
from pipelines.onboarding.crawl import robots, sitemap, urls
from pipelines.onboarding.crawl.fetcher import HTML_TYPES, Errand, Fetched, Fetcher
from pipelines.onboarding.crawl.frontier import START_PRIORITY, Frontier
from pipelines.onboarding.crawl.gate import HostGate
from pipelines.onboarding.crawl.keeper import TRIES, Keeper, Kept
from pipelines.onboarding.crawl.patience import TICK_SECONDS, Context, fetch_in_turn, pause
from pipelines.onboarding.crawl.robots import Robots, RobotsUnavailable
from pipelines.onboarding.crawl.urls import Site
from pipelines.onboarding.crawl.verdict import MAX_PROBLEMS, failure, verdict
from store.kit.addresses import networks
from store.kit.settings import settings
from store.kit.urls import BadUrl, check_website_url
from store.sites import crawls, hosts, queries
from store.sites import pages as store
from store.sites.crawls import Claimed, Crawl, LostCrawl, NewPage, Waiting

MAX_MOVES = 3  # the start page may move (to https, to www, to a new domain) this often
MAX_SITEMAP_TRIES = 2
MOST_ATTEMPTS = TRIES + 2  # claims of one page, deaths of its worker included
PRUNED = 200  # crawls, and copies of pages, a crawl clears away at most
ENOUGH = 5  # failures in a row after which the rest of the site is left alone


def run(ctx: Context) -> Outcome:
    """Crawl `ctx.input["websiteUrl"]`; `maxPages` may lower the budget. Raises as `crawl`."""
    most = settings().crawl.max_pages
    return crawl(ctx, str(ctx.input["websiteUrl"]), budget=min(int(ctx.input.get("maxPages") or most), most))


def crawl(ctx: Context, url: str, *, budget: int, wanted: Callable[[str], bool] = lambda _: True) -> Outcome:
    """Read the website that begins at `url`, at most `budget` pages; beside the first only those that are `wanted`.

    Raises Permanent, TryAgain, and what `ctx.check()` raises.
    """
    try:
        start_url = check_website_url(url, networks(settings().egress.allow))
    except BadUrl as error:
        raise Permanent("invalid_url", error.message, url=url[:200]) from error
    start_url = urls.normal(start_url, start_url) or start_url
    ctx.check()
    row = crawls.open_crawl(
        ctx.workspace_id,
        ctx.job_id,
        run=ctx.run,
        token=str(ctx.token),
        site=urls.site_of(start_url).host,
        root_url=start_url,
        budget=max(1, budget),
        most_attempts=MOST_ATTEMPTS,
    )
    try:
        return _Crawler(ctx, row, wanted).crawl()
    except LostCrawl as error:
        raise Superseded from error


class _Crawler:
    """One holder's work on one crawl."""

    site: Site
    gate: HostGate
    robots: Robots
    frontier: Frontier
    keeper: Keeper

    def __init__(self, ctx: Context, row: Crawl, wanted: Callable[[str], bool]) -> None:
        self.ctx = ctx
        self.row = row
        self.wanted = wanted
        self.settings = settings().crawl
        self.client = web.client()
        self.limits = Limits(
            connect_seconds=self.settings.connect_seconds,
            read_seconds=self.settings.read_seconds,
            total_seconds=self.settings.page_seconds,
            max_bytes=self.settings.page_bytes,
            types=HTML_TYPES,
        )
        self.notes: dict[str, Any] = {"needsJs": False, **row.notes}
        self.failures_in_a_row = 0
        self.pages_read = 0
        self.start_is_settled = False
        self.next_up: deque[tuple[Claimed, tuple[str, ...]]] = deque()  # claimed pages that wait for the host's turn
        self.turn_in_seconds = 0.0
        self.waiting = Waiting(0, 0.0)
        self.look_again_at = 0.0

    def crawl(self) -> Outcome:
        fetcher = Fetcher(self.client, self.limits, threads=self.settings.per_host, cancelled=self.ctx.cancelled)
        try:
            self._settle_at(self.row.root_url)
            self._take_up()
            reason = self._read_pages(fetcher)
            return self._told(reason)
        except Cancelled:
            fetcher.close()
            crawls.finish(self.row, reason="cancelled")
            raise
        finally:
            fetcher.close()
            if hasattr(self, "gate"):
                self.gate.close()

    def _settle_at(self, url: str) -> None:
        """Read the site that `url` belongs to from now on, by its own robots.txt."""
        self.site = urls.site_of(url)
        self.gate = HostGate(self.site.host, self.settings, None, job_id=self.row.job_id)
        self.gate.forget_predecessors()
        self.robots = self._load_robots(url)
        self.gate = HostGate(self.site.host, self.settings, self.robots.delay_seconds, job_id=self.row.job_id)
        self.frontier = Frontier(
            self.site, allows=self.robots.allows, wanted=self.wanted, max_urls=self.settings.max_urls
        )
        self.keeper = Keeper(self.row, self.frontier, timedelta(seconds=self.settings.retry_seconds))

    def _take_up(self) -> None:
        """Begin, or go on where an earlier holder stopped."""
        known = crawls.known(self.row)
        if not known:
            crawls.add_pages(self.row, self.frontier.start(self.row.root_url))
            return
        self.frontier.restore(known)
        self.frontier.language = self.notes.get("language")
        self.failures_in_a_row = self.notes.get("failuresInARow", 0)
        for page in known:
            if page.state != "queued":
                self.keeper.take(page.url_key)
            if page.text_hash is not None:
                self.keeper.hashes[page.text_hash] = page.url
        read = [page.url_key for page in known if page.state in ("fetched", "unchanged")]
        self.pages_read = len(read)
        self.start_is_settled = bool(read)
        if self.start_is_settled and not self.row.sitemaps_read:
            self._read_sitemaps()

    def _read_pages(self, fetcher: Fetcher) -> str:
        """Fetch until nothing is left to fetch; why the rest of the queue stays unread."""
        while True:
            self.ctx.check()
            has_had_enough = self.failures_in_a_row >= ENOUGH
            if not has_had_enough:
                self._send_what_may_go(fetcher)
            if len(fetcher):
                for fetched in fetcher.finished(TICK_SECONDS):
                    self._take_in(fetched)
            elif has_had_enough:
                return "given_up"
            elif not self.next_up and not self.waiting.later:
                return "over_budget"
            else:
                self._wait()

    def _send_what_may_go(self, fetcher: Fetcher) -> None:
        """Send for redirects' targets and the best pages, as many at once as the host's gate lets through."""
        # Where the start page lives decides about everything else, so it goes alone.
        while len(fetcher) < (self.settings.per_host if self.start_is_settled else 1):
            if not self.next_up:
                page = self._claim()
                if page is None:
                    return
                self.next_up.append((page, (page.url,)))
            holder, turn = self.gate.ask()
            if not turn.granted:
                self.turn_in_seconds = turn.wait_seconds
                return
            page, hops = self.next_up.popleft()
            copy = store.find_copy(self.row.workspace_id, page.url_key)
            starts_at = time.monotonic() + turn.wait_seconds
            fetcher.send(Errand(page=page, hops=hops, holder=holder, starts_at=starts_at, copy=copy))

    def _claim(self) -> Claimed | None:
        """The next page whose name no redirect has used up; None while there is none."""
        while time.monotonic() >= self.look_again_at:
            found = crawls.claim(self.row)
            if isinstance(found, Waiting):
                self.waiting = found
                self.look_again_at = time.monotonic() + (found.seconds if found.later else float("inf"))
                return None
            if found.attempt > 1 or self.keeper.take(found.url_key):
                return found
            store.end(self.row, found.url_key, "duplicate", "read under another name", give_slot_back=True)
        return None

    def _take_in(self, fetched: Fetched) -> None:
        """Store what an errand brought home and draw the consequences."""
        page = fetched.errand.page
        pause = self.gate.done(fetched.errand.holder, fetched.answer)
        kept = self.keeper.keep(fetched, pause)
        self.look_again_at = 0.0
        if kept.kind == "follow":
            self.next_up.append((page, (*fetched.errand.hops, kept.target)))
            return
        if kept.kind == "moved":
            self._move(page, kept.target)
            return
        self._count(kept)
        if page.depth == 0 and kept.kind != "later":
            self.start_is_settled = True
        if page.depth == 0 and kept.kind == "read":
            self._note(needsJs=kept.needs_js, language=self.frontier.language)
            self._read_sitemaps()
        self.ctx.progress(
            self.pages_read / self.row.budget,
            f"Read {self.pages_read} page{'s' * (self.pages_read != 1)} of {self.site.host}",
        )

    def _count(self, kept: Kept) -> None:
        if kept.kind == "failed":
            self.failures_in_a_row += 1
            self._note(failuresInARow=self.failures_in_a_row)
        elif kept.kind in ("read", "ended") and self.failures_in_a_row:
            self.failures_in_a_row = 0
            self._note(failuresInARow=0)
        if kept.kind == "read":
            self.pages_read += 1

    def _move(self, page: Claimed, target: str) -> None:
        """The start page lives at `target`, on another origin: go there, by that origin's rules."""
        moves = self.notes.get("moves", 0) + 1
        target = urls.normal(target, target) or target
        if moves > MAX_MOVES:
            store.end(self.row, page.url_key, "skipped", "redirects_away", final_url=target)
            self.start_is_settled = True
            return
        self._note(moves=moves)
        if urls.key(target) == page.url_key:
            store.put_back(self.row, page.url_key, after=timedelta(0), reason=None, costs_attempt=False, url=target)
        else:
            store.end(self.row, page.url_key, "skipped", "moved", final_url=target)
        self.row = crawls.move(self.row, site=urls.site_of(target).host, root_url=target)
        self.gate.close()
        self._settle_at(target)
        crawls.add_pages(self.row, self.frontier.start(target))

    def _read_sitemaps(self) -> None:
        """Queue what the site's maps list, within bounds; twice at most, should pauses or crashes come in between."""
        tries = self.notes.get("sitemapTries", 0) + 1
        if tries > MAX_SITEMAP_TRIES:
            crawls.mark_sitemaps_read(self.row)
            return
        self._note(sitemapTries=tries)
        starts = list(self.robots.sitemaps) or [f"{self.site.origin}/sitemap.xml"]
        listed = sitemap.read(
            starts,
            self._get,
            max_urls=self.settings.max_urls,
            in_scope=lambda url: urls.in_scope(url, self.site),
        )
        crawls.add_pages(self.row, self.frontier.listed(listed))
        crawls.mark_sitemaps_read(self.row)

    def _load_robots(self, url: str) -> Robots:
        """robots.txt, tried a few times. Ends the crawl when it cannot be had, for then nothing may be read."""
        while True:
            try:
                return robots.load(self.site.origin, self._get)
            except RobotsUnavailable as error:
                tries = self.notes.get("robotsTries", 0) + 1
                self._note(robotsTries=tries)
                helps = error.error is None or error.error.retry_helps
                if not helps or tries >= TRIES:
                    reason = error.reason
                    page = NewPage(url_key=urls.key(url), url=url, depth=0, priority=START_PRIORITY, reason=reason)
                    crawls.add_pages(self.row, [page])
                    crawls.finish(self.row, reason="given_up")
                    raise failure(reason, url=url, detail=error.why) from error
            self.ctx.sleep(self.settings.retry_seconds * 2 ** (tries - 1))

    def _get(self, url: str, limits: Limits) -> Response:
        """A file of the site's own (robots.txt, a sitemap), in the host's turn. Raises FetchError."""
        return fetch_in_turn(self.ctx, self.client, self.gate, url, limits)

    def _wait(self) -> None:
        """Nothing is under way: the host wants a pause, or a page its time."""
        seconds = self.turn_in_seconds if self.next_up else self.look_again_at - time.monotonic()
        try:
            pause(self.ctx, seconds, self.site.host)
        except TryAgain:
            for page, _ in self.next_up:
                store.put_back(self.row, page.url_key, after=timedelta(0), reason=None, costs_attempt=False)
            raise

    def _note(self, **facts: Any) -> None:
        self.notes.update(facts)
        crawls.note(self.row, facts)

    def _told(self, reason: str) -> Outcome:
        """Close the crawl and say how it ended. Raises Permanent when nothing could be read."""
        counts = crawls.finish(self.row, reason=reason)
        # Every crawl clears away a little of what has outlived its time, more than it adds.
        queries.prune(days=self.settings.retention_days, limit=PRUNED)
        hosts.prune(days=self.settings.retention_days)
        job = (self.row.workspace_id, self.row.job_id)
        return verdict(
            counts,
            reasons=queries.reasons(*job),
            problems=queries.problems(*job, limit=MAX_PROBLEMS),
            start=queries.find_start(*job),
            facts={
                "url": self.row.root_url,
                "needsJs": self.notes["needsJs"],
                "language": self.notes.get("language"),
                "urlsNotRemembered": self.frontier.dropped,
            },
        )
