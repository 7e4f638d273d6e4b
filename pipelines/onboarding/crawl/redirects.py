"""Where a page may redirect to: another page of the same site, allowed by its robots.txt, not read already.

Each hop is a request of its own that waits for the host's turn, so the pace holds for sites that redirect a lot.
"""

from __future__ import annotations

from typing import Literal

from pipelines.onboarding.crawl import urls
from pipelines.onboarding.crawl.frontier import Frontier

MAX_HOPS = 5
Word = Literal[
    "follow", "moved", "redirects_away", "too_many_redirects", "robots_disallow", "not_wanted", "file_type", "trap"
]


def judge(target: str, *, frontier: Frontier, is_start: bool, came_from: tuple[str, ...]) -> Word:
    """What to do about a redirect to `target` after the requests to `came_from`, the last of which redirects."""
    if target in came_from or len(came_from) > MAX_HOPS:
        return "too_many_redirects"
    if urls.origin_of(target) != frontier.site.origin:
        # Only the start page may take the crawl elsewhere: it is what the customer asked for.
        return "moved" if is_start else "redirects_away"
    if not frontier.allows(target):
        return "robots_disallow"
    if not (is_start or frontier.wanted(target)):
        return "not_wanted"
    reason = urls.skip_reason(target)
    return reason if reason is not None and not is_start else "follow"
