"""Stage 3 of onboarding: weigh what all pages say together and build the documented result."""

from __future__ import annotations

from typing import Any

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome
from pipelines.onboarding import reading, result
from pipelines.onboarding.extraction import decide
from pipelines.onboarding.result import Readable
from store.sites import queries as sites

MAX_URLS_TOLD = 200  # of the URLs that were not read; the counts are always whole


def run(ctx: Context) -> Outcome:
    """Decide over all readings of the crawl."""
    crawl = ctx.output_of("crawl")
    site_url = crawl["url"]  # where the given address led to in the end
    readings = []
    for url_key in sites.page_keys(ctx.workspace_id, ctx.job_id):
        ctx.check()
        known = reading.find(ctx.workspace_id, ctx.job_id, url_key)
        readings.append(known or reading.make(ctx.workspace_id, ctx.job_id, url_key))
    ctx.progress(0.5, "Weighing the evidence")
    profile = decide([one.findings for one in readings], site_url=site_url)
    return Outcome(
        output=result.build(
            site_url=site_url,
            pages=[
                Readable(
                    url=one.findings.url,
                    title=one.findings.title,
                    description=one.findings.description,
                    markdown=one.markdown,
                )
                for one in readings
            ],
            summary=_summary(ctx.workspace_id, ctx.job_id) | {"needsJs": crawl["needsJs"]},
            profile=profile,
            proposed=result.proposals(profile),
            llm=ctx.output_of("extract")["llm"],
        )
    )


def _summary(workspace_id: str, job_id: str) -> dict[str, Any]:
    """How every URL of the crawl ended: counts, the pages that were read, and the others with their reasons."""
    told = sites.told(workspace_id, job_id)
    states = [one.state for one in told]
    read = [one for one in told if one.state in ("fetched", "unchanged")]
    others = [one for one in told if one.state not in ("fetched", "unchanged")]
    return {
        "read": len(read),
        **{state: states.count(state) for state in ("unchanged", "duplicate", "skipped", "failed")},
        "urls": [{"url": one.url, "state": one.state} for one in read],
        "notRead": [
            {"url": one.url, "state": one.state, "reason": one.reason, "status": one.status}
            for one in others[:MAX_URLS_TOLD]
        ],
    }
