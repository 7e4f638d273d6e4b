"""Stage 2 of onboarding: what each page says about the company.

Runs page by page and keeps each reading as it comes, so that a second attempt, or a second crawl of an unchanged
page, reads nothing twice.
"""

from __future__ import annotations

from typing import Any

import msgspec

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome
from pipelines.onboarding import reading
from pipelines.onboarding.asking import ask_model
from store.sites import queries as sites

ASKING_SHARE = 0.2  # of the stage's progress


def run(ctx: Context) -> Outcome:
    """What `read_pages` finds."""
    return Outcome(output=read_pages(ctx))


def read_pages(ctx: Context) -> dict[str, Any]:
    """Read every page of the crawl, then ask a language model about the best of them if one is configured."""
    keys = sites.page_keys(ctx.workspace_id, ctx.job_id)
    page_types: dict[str, str] = {}  # all that is kept of a page here: a crawl may be long
    known = 0
    for number, url_key in enumerate(keys):
        ctx.progress((1 - ASKING_SHARE) * number / len(keys), f"Reading page {number + 1} of {len(keys)}")
        read = reading.find(ctx.workspace_id, ctx.job_id, url_key)
        known += read is not None
        page_types[url_key] = (read or reading.make(ctx.workspace_id, ctx.job_id, url_key)).findings.page_type
    told = ask_model(ctx, page_types)
    return {
        "pages": len(keys),
        "known": known,
        "llm": told.report,
        "candidates": reading.storable(msgspec.to_builtins(told.candidates)),
    }
