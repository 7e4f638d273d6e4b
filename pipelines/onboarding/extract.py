"""Stage 2 of onboarding: what each page says about the company.

Runs page by page and keeps each reading as it comes, so that a second attempt, or a second crawl of an unchanged
page, reads nothing twice.
"""

from __future__ import annotations

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome
from pipelines.onboarding import reading
from store.sites import queries as sites


def run(ctx: Context) -> Outcome:
    """Read every page of the crawl."""
    keys = sites.page_keys(ctx.workspace_id, ctx.job_id)
    known = 0
    for number, url_key in enumerate(keys):
        ctx.progress(number / len(keys), f"Reading page {number + 1} of {len(keys)}")
        if reading.find(ctx.workspace_id, ctx.job_id, url_key) is not None:
            known += 1
        else:
            reading.make(ctx.workspace_id, ctx.job_id, url_key)
    return Outcome(output={"pages": len(keys), "known": known, "llm": {"used": False, "reason": "not_configured"}})
