"""What later stages and people read of a crawl: its pages one at a time, every URL's end, findings to use again."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from store.kit import db
from store.kit.errors import NotFound
from store.sites.pages import unpacked


class Page(Struct, frozen=True, kw_only=True):
    """A page that was read. `html` is decoded text; `depth` counts links from the start page, which has 0."""

    url_key: str
    url: str
    status: int
    depth: int
    anchors: tuple[str, ...]
    html: str
    language: str | None
    canonical: str | None
    content_hash: str
    state: str
    needs_js: bool


class Told(Struct, frozen=True, kw_only=True):
    """How one URL of a crawl ended."""

    url: str
    state: str
    reason: str | None
    status: int | None


def page_keys(workspace_id: str, job_id: str) -> list[str]:
    """The pages that were read, the start page first, then in the order in which they were chosen."""
    found = db.rows(
        """
        SELECT url_key FROM site_page WHERE workspace_id = %s AND job_id = %s AND state IN ('fetched', 'unchanged')
        ORDER BY depth > 0, priority DESC, id
        """,
        (workspace_id, job_id),
    )
    return [url_key for (url_key,) in found]


def page(workspace_id: str, job_id: str, url_key: str) -> Page:
    """One page that was read, with its body. Raises NotFound."""
    found = db.row(
        """
        SELECT coalesce(final_url, url), status, depth, anchors, html, language, canonical, content_hash, state, needs_js
        FROM site_page WHERE workspace_id = %s AND job_id = %s AND url_key = %s AND state IN ('fetched', 'unchanged')
        """,
        (workspace_id, job_id, url_key),
    )
    if found is None:
        raise NotFound("The crawl has no such page.")
    url, status, depth, anchors, html, language, canonical, content_hash, state, needs_js = found
    return Page(
        url_key=url_key,
        url=url,
        status=status,
        depth=depth,
        anchors=tuple(anchors),
        html=unpacked(html),
        language=language,
        canonical=canonical,
        content_hash=content_hash,
        state=state,
        needs_js=needs_js,
    )


def told(workspace_id: str, job_id: str, *, limit: int = 1000) -> list[Told]:
    """Every URL of a crawl with its end: those that were read first, then in the order of finding."""
    found = db.rows(
        """
        SELECT coalesce(final_url, url), state, reason, status FROM site_page WHERE workspace_id = %s AND job_id = %s
        ORDER BY state NOT IN ('fetched', 'unchanged'), id LIMIT %s
        """,
        (workspace_id, job_id, limit),
    )
    return [Told(url=url, state=state, reason=reason, status=status) for url, state, reason, status in found]


def reasons(workspace_id: str, job_id: str) -> dict[str, int]:
    """How many pages were skipped or failed, by reason."""
    return dict(
        db.rows(
            """
            SELECT reason, count(*) FROM site_page
            WHERE workspace_id = %s AND job_id = %s AND state IN ('skipped', 'failed') GROUP BY reason ORDER BY reason
            """,
            (workspace_id, job_id),
        )
    )


def problems(workspace_id: str, job_id: str, *, limit: int) -> list[Told]:
    """Pages that could not be read, the most promising first."""
    found = db.rows(
        """
        SELECT coalesce(final_url, url), state, reason, status FROM site_page
        WHERE workspace_id = %s AND job_id = %s AND state = 'failed' ORDER BY priority DESC, id LIMIT %s
        """,
        (workspace_id, job_id, limit),
    )
    return [Told(url=url, state=state, reason=reason, status=status) for url, state, reason, status in found]


def find_start(workspace_id: str, job_id: str) -> Told | None:
    """How the start page ended; of several, after moves, the last."""
    found = db.row(
        """
        SELECT coalesce(final_url, url), state, reason, status FROM site_page
        WHERE workspace_id = %s AND job_id = %s AND depth = 0 ORDER BY id DESC LIMIT 1
        """,
        (workspace_id, job_id),
    )
    return Told(url=found[0], state=found[1], reason=found[2], status=found[3]) if found else None


def find_findings(workspace_id: str, job_id: str, url_key: str, rules_version: str) -> Any | None:
    """What these rules found earlier in exactly the body that this crawl has of a page, as plain JSON."""
    found = db.row(
        """
        SELECT copy.findings::text FROM site_page page JOIN page_copy copy USING (workspace_id, url_key, content_hash)
        WHERE page.workspace_id = %s AND page.job_id = %s AND page.url_key = %s AND copy.rules_version = %s
        """,
        (workspace_id, job_id, url_key, rules_version),
    )
    return msgspec.json.decode(found[0]) if found and found[0] is not None else None


def keep_findings(workspace_id: str, url_key: str, rules_version: str, *, content_hash: str, findings: Any) -> None:
    """Keep what was found in a body; nothing happens when the copy has moved on to another body meanwhile."""
    db.rows(
        """
        UPDATE page_copy SET findings = %s::jsonb, rules_version = %s
        WHERE workspace_id = %s AND url_key = %s AND content_hash = %s
        """,
        (msgspec.json.encode(findings).decode(), rules_version, workspace_id, url_key, content_hash),
    )


def prune(*, days: float, limit: int = 200) -> int:
    """Forget crawls (their pages go with them) and copies that are older; the number of rows, 0 when all are gone."""
    crawls = db.rows(
        """
        DELETE FROM site_crawl WHERE (workspace_id, job_id) IN (
            SELECT workspace_id, job_id FROM site_crawl WHERE created_at < now() - make_interval(secs => %s) LIMIT %s)
        RETURNING 1
        """,
        (days * 86400, limit),
    )
    copies = db.rows(
        """
        DELETE FROM page_copy WHERE (workspace_id, url_key) IN (
            SELECT workspace_id, url_key FROM page_copy WHERE seen_at < now() - make_interval(secs => %s) LIMIT %s)
        RETURNING 1
        """,
        (days * 86400, limit),
    )
    return len(crawls) + len(copies)
