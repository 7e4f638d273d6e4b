"""Stage 3 of onboarding: weigh what all pages say together and build the documented result."""

from __future__ import annotations

from typing import Any

import msgspec

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome
from pipelines.onboarding import reading, result
from pipelines.onboarding.extraction import Candidate, PageFindings, decide
from pipelines.onboarding.reading import Reading
from pipelines.onboarding.result import Readable
from store.kit import structs
from store.sites import queries as sites

MAX_URLS_TOLD = 200  # named of each kind; the counts are always whole


def run(ctx: Context) -> Outcome:
    """What `weigh` decides."""
    return Outcome(output=weigh(ctx, ctx.output_of("crawl"), ctx.output_of("extract")))


def weigh(ctx: Context, crawl: dict[str, Any], extracted: dict[str, Any]) -> dict[str, Any]:
    """Decide over all readings of the crawl, with what a language model pointed at: the documented result."""
    site_url = crawl["url"]  # where the given address led to in the end
    pointed_at = structs.convert(extracted["candidates"], dict[str, list[Candidate]])
    findings: list[PageFindings] = []
    pages: list[Readable] = []
    room = result.MAX_MARKDOWN  # what the result will cut off is not kept in memory either
    for url_key in sites.page_keys(ctx.workspace_id, ctx.job_id):
        ctx.check()
        known = reading.find(ctx.workspace_id, ctx.job_id, url_key)
        read = known or reading.make(ctx.workspace_id, ctx.job_id, url_key)
        findings.append(_with(read.findings, pointed_at))
        pages.append(_readable(read, room))
        room -= len(pages[-1].markdown)
    ctx.progress(0.5, "Weighing the evidence")
    profile = decide(findings, site_url=site_url)
    return result.build(
        site_url=site_url,
        pages=pages,
        summary=_summary(ctx.workspace_id, ctx.job_id, crawl),
        profile=profile,
        proposed=result.proposals(profile),
        llm=extracted["llm"],
    )


def _readable(read: Reading, room: int) -> Readable:
    found = read.findings
    markdown = read.markdown[: max(room + 1, 0)]
    return Readable(url=found.url, title=found.title, description=found.description, markdown=markdown)


def _with(findings: PageFindings, pointed_at: dict[str, list[Candidate]]) -> PageFindings:
    """The findings of the rules and what a language model pointed at on the same page."""
    return msgspec.structs.replace(findings, candidates=findings.candidates + pointed_at.get(findings.url, []))


def _summary(workspace_id: str, job_id: str, crawl: dict[str, Any]) -> dict[str, Any]:
    """How the URLs of the crawl ended: counts, the pages that were read, and the others with their reasons."""
    told = sites.told(workspace_id, job_id)
    read = [one for one in told if one.state in ("fetched", "unchanged")]
    others = [one for one in told if one.state not in ("fetched", "unchanged")]
    return {
        "read": crawl["pages"],
        "unchanged": crawl["unchanged"],
        "duplicate": crawl["duplicates"],
        "skipped": crawl["skipped"],
        "failed": crawl["failed"],
        "reasons": crawl["reasons"],
        "needsJs": crawl["needsJs"],
        "urls": [{"url": one.url, "state": one.state} for one in read[:MAX_URLS_TOLD]],
        "notRead": [
            {"url": one.url, "state": one.state, "reason": one.reason, "status": one.status}
            for one in others[:MAX_URLS_TOLD]
        ],
    }
