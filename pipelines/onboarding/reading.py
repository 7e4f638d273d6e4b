"""One page as onboarding reads it: what the rules found, and its text as markdown. Made once per body and rule set.

Used by extract, which makes the readings, and by analyze, which needs all of them.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from pipelines.clients import readable
from pipelines.onboarding.extraction import RULES_VERSION, PageFindings, SourcePage, read_page
from store.kit import structs
from store.sites import queries as sites

VERSION = f"{RULES_VERSION}+md1"  # raise the last part when the markdown is made in another way


class Reading(Struct, frozen=True):
    """What is kept of a page: `findings` for the decision, `markdown` for people."""

    findings: PageFindings
    markdown: str


def find(workspace_id: str, job_id: str, url_key: str) -> Reading | None:
    """The reading made earlier of exactly this body by these rules, or None."""
    kept = sites.find_findings(workspace_id, job_id, url_key, VERSION)
    return None if kept is None else structs.convert(kept, Reading)


def make(workspace_id: str, job_id: str, url_key: str) -> Reading:
    """Read the page and keep the reading for this crawl and the next. Raises NotFound for a page that is gone."""
    page = sites.page(workspace_id, job_id, url_key)
    reading = Reading(findings=read_page(_source(page)), markdown=readable.markdown(page.html, page.url))
    sites.keep_findings(
        workspace_id, url_key, VERSION, content_hash=page.content_hash, findings=storable(msgspec.to_builtins(reading))
    )
    return reading


def source_of(workspace_id: str, job_id: str, url_key: str) -> SourcePage:
    """A page of the crawl with its body. Raises NotFound."""
    return _source(sites.page(workspace_id, job_id, url_key))


def storable(value: Any) -> Any:
    """JSON that Postgres can keep: no NUL characters, no lone surrogates."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: storable(inner) for key, inner in value.items()}
    return [storable(inner) for inner in value] if isinstance(value, list | tuple) else value


def _source(page: sites.Page) -> SourcePage:
    return SourcePage(
        url=page.url,
        html=page.html,
        status=page.status,
        depth=page.depth,
        anchors=page.anchors,
        language=page.language,
    )
