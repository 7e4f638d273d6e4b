"""How a crawl ended, decided from what became of its pages: an output, or a failure with a clear code.

A crawl that read at least one page succeeds and tells what it could not read and why. One that read none fails with
the reason of its start page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipelines.engine.outcomes import Outcome, Permanent
from store.sites.queries import Told

MAX_PROBLEMS = 50  # URLs named in the output; the rest is counted
_CODES = {
    "robots_disallow": "robots_disallow",
    "robots_too_large": "robots_unreadable",
    "robots_bad_encoding": "robots_unreadable",
    "wrong_type": "no_html",
    "empty": "no_html",
    "noindex": "no_html",
    "too_many_redirects": "redirect_loop",
    "moved": "redirect_loop",
    "redirects_away": "redirects_away",
    "too_large": "page_unreadable",
    "bad_encoding": "page_unreadable",
    "address_refused": "address_refused",
    "port_refused": "address_refused",
    "bad_url": "address_refused",
    "http_404": "start_page_missing",
    "http_410": "start_page_missing",
    "http_401": "site_refused",
    "http_403": "site_refused",
    "http_407": "site_refused",
    "http_429": "site_refused",
    "http_451": "site_refused",
}
_SENTENCES = {
    "robots_disallow": "The site's robots.txt does not allow crawlers to read it.",
    "robots_unreadable": "The site's robots.txt cannot be read, so nothing else of the site may be.",
    "no_html": "The site answered with something that is no web page.",
    "redirect_loop": "The site redirects in a circle.",
    "redirects_away": "The site redirects elsewhere again and again.",
    "page_unreadable": "The site's start page cannot be read: it is too large or broken.",
    "address_refused": "The website's address is private or special and is not called.",
    "start_page_missing": "There is no page at this address.",
    "site_refused": "The site refuses to be read by crawlers.",
    "site_unreachable": "The site cannot be reached.",
}
_LATER_HELPS = frozenset({"site_unreachable", "site_refused"})


def failure(reason: str, *, url: str, detail: str | None = None, **facts: Any) -> Permanent:
    """The failure of a crawl whose start page ended with `reason`."""
    code = _CODES.get(reason, "site_unreachable")
    sentence = _SENTENCES[code] + (f" {detail}" if detail else f" ({reason.replace('_', ' ')})")
    return Permanent(code, sentence, retryable=code in _LATER_HELPS, url=url, reason=reason, **facts)


def verdict(
    counts: dict[str, int],
    *,
    reasons: dict[str, int],
    problems: Sequence[Told],
    start: Told | None,
    facts: dict[str, Any],
) -> Outcome:
    """The stage's outcome; raises the Permanent of a crawl that read nothing.

    `counts` are pages by state, `reasons` by why they were skipped or failed, `facts` go into the output as they are.
    """
    read = counts.get("fetched", 0) + counts.get("unchanged", 0)
    if read == 0:
        reason = (start.reason if start else None) or "no_pages"
        raise failure(reason, url=start.url if start else "", reasons=reasons)
    return Outcome(
        output={
            "pages": read,
            "unchanged": counts.get("unchanged", 0),
            "duplicates": counts.get("duplicate", 0),
            "skipped": counts.get("skipped", 0),
            "failed": counts.get("failed", 0),
            "reasons": reasons,
            "problems": [{"url": page.url, "reason": page.reason, "status": page.status} for page in problems],
            **facts,
        },
        message=f"Read {read} page{'s' if read != 1 else ''}",
    )
