"""robots.txt as RFC 9309 wants it: fetched first, by our own client, kept for a day.

4xx means no rules, 5xx and silence mean hands off (tried again a little later), 500 KB are read at most. Rules are
matched by protego (wildcards, longest match). 429 is treated as the servers mean it, like a 5xx.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from protego import Protego

from pipelines.clients.fetch_errors import FetchError
from pipelines.clients.web import Limits, Response
from store.sites import hosts

AGENT = "MillraceBot"
MAX_BYTES = 500 * 1024  # RFC 9309 §2.5
CACHE_HOURS = 24.0  # RFC 9309 §2.4
LIMITS = Limits(total_seconds=15, max_bytes=4 * 1024 * 1024)

Get = Callable[[str, Limits], Response]


class RobotsUnavailable(Exception):
    """The file may be there but cannot be had, so nothing of the site may be read now."""

    def __init__(self, why: str, *, status: int | None = None, error: FetchError | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.status = status
        self.error = error

    @property
    def reason(self) -> str:
        """What the crawl's start page is told to have ended with: the outage, or that this file is the trouble."""
        if self.error is None:
            return f"http_{self.status}"
        code = self.error.code
        return f"robots_{code}" if code in ("too_large", "bad_encoding") else code


@dataclass(frozen=True)
class Robots:
    """The rules of one origin. `delay_seconds` is what they ask for between two requests, None when they don't."""

    rules: Protego
    delay_seconds: float | None
    sitemaps: tuple[str, ...]

    def allows(self, url: str) -> bool:
        """Whether our crawler may read `url`."""
        return bool(self.rules.can_fetch(url, AGENT))


def load(origin: str, get: Get) -> Robots:
    """The rules of `origin` (scheme://host), from the cache or through `get`. Raises RobotsUnavailable."""
    kept = hosts.find_robots(origin, hours=CACHE_HOURS)
    if kept is not None:
        return parse(*kept)
    try:
        answer = get(f"{origin}/robots.txt", LIMITS)
    except FetchError as error:
        if error.code in ("too_many_redirects", "redirect_out_of_scope"):  # RFC 9309 §2.3.1.2: as if it were not there
            return parse(404, "")
        raise RobotsUnavailable(error.message, error=error) from error
    if answer.status == 429 or answer.status >= 500:
        raise RobotsUnavailable(f"robots.txt answered {answer.status}.", status=answer.status)
    body = answer.body[:MAX_BYTES].decode("utf-8", "replace") if answer.status == 200 else ""
    body = body.removeprefix("\ufeff").replace("\0", "")
    hosts.keep_robots(origin, answer.status, body)
    return parse(answer.status, body)


def parse(status: int, body: str) -> Robots:
    """Rules from an answer; any status but 200 has none. A web page served as robots.txt has none either."""
    text = "" if status != 200 or body.lstrip()[:1] == "<" else body
    rules = Protego.parse(text)
    delay = rules.crawl_delay(AGENT)
    rate = rules.request_rate(AGENT)
    if delay is None and rate is not None and rate.requests:
        delay = rate.seconds / rate.requests
    return Robots(rules, max(0.0, float(delay)) if delay is not None else None, tuple(rules.sitemaps))
