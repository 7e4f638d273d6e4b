"""Stage 2 of onboarding: what each page says about the company.

Runs page by page and keeps each reading as it comes, so that a second attempt, or a second crawl of an unchanged
page, reads nothing twice.
"""

from __future__ import annotations

from collections import Counter

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome, Permanent
from pipelines.onboarding import reading
from store.sites import queries as sites


def run(ctx: Context) -> Outcome:
    """Read every page of the crawl. Fails when there is none to read, and says why."""
    keys = sites.page_keys(ctx.workspace_id, ctx.job_id)
    if not keys:
        raise _nothing_to_read(ctx.workspace_id, ctx.job_id)
    known = 0
    for number, url_key in enumerate(keys):
        ctx.progress(number / len(keys), f"Reading page {number + 1} of {len(keys)}")
        if reading.find(ctx.workspace_id, ctx.job_id, url_key) is not None:
            known += 1
        else:
            reading.make(ctx.workspace_id, ctx.job_id, url_key)
    return Outcome(output={"pages": len(keys), "known": known, "llm": {"used": False, "reason": "not_configured"}})


def _nothing_to_read(workspace_id: str, job_id: str) -> Permanent:
    told = sites.told(workspace_id, job_id)
    reasons = Counter(f"{one.state}: {one.reason}" for one in told)
    return Permanent(
        "no_readable_pages",
        "The website has no page that could be read.",
        retryable=True,
        urls=[{"url": one.url, "state": one.state, "reason": one.reason} for one in told[:20]],
        reasons=dict(reasons.most_common(10)),
    )
