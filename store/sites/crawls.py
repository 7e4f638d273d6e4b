"""The life of one crawl: opened under a lease token, a page claimed before it is fetched, every end told.

Each write names the token; once a newer holder has opened the crawl, the older one gets LostCrawl and stops.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from store.kit import db
from store.kit.db import transaction

_HOLD = "SELECT 1 FROM site_crawl WHERE workspace_id = %s AND job_id = %s AND token = %s FOR SHARE"
_HOLD_ALONE = "SELECT 1 FROM site_crawl WHERE workspace_id = %s AND job_id = %s AND token = %s FOR UPDATE"


class LostCrawl(Exception):
    """Somebody else has this crawl now; nothing written from here on counts."""


class Crawl(Struct, frozen=True, kw_only=True):
    """One job's crawl as its holder sees it. `resumed`: an earlier holder had begun."""

    workspace_id: str
    job_id: str
    token: str
    site: str
    root_url: str
    budget: int
    sitemaps_read: bool
    notes: dict[str, Any]
    resumed: bool


class NewPage(Struct, frozen=True, kw_only=True):
    """A URL that was found. `reason`: it is skipped at once, and why."""

    url_key: str
    url: str
    depth: int
    priority: float
    anchors: tuple[str, ...] = ()
    reason: str | None = None


class Claimed(Struct, frozen=True, kw_only=True):
    """A page to fetch now. `attempt` counts from 1; `anchors` are the texts of the links to it."""

    url_key: str
    url: str
    depth: int
    attempt: int
    anchors: tuple[str, ...]


class Known(Struct, frozen=True, kw_only=True):
    """A URL that the crawl has met, for a holder that takes over."""

    url_key: str
    url: str
    state: str
    anchors: tuple[str, ...]
    text_hash: str | None


class Waiting(Struct, frozen=True):
    """What is left when nothing could be claimed: pages that wait for their time, and seconds until the first."""

    later: int
    seconds: float


def open_crawl(
    workspace_id: str, job_id: str, *, run: int, token: str, site: str, root_url: str, budget: int, most_attempts: int
) -> Crawl:
    """Take the crawl over under `token`, or begin it. Pages that a dead holder was fetching are queued again; those
    it died of `most_attempts` times are failed. A new run of the job gives failed and skipped pages a new chance."""
    with transaction():
        before = db.row(
            "SELECT run, finished_at IS NOT NULL FROM site_crawl WHERE workspace_id = %s AND job_id = %s FOR UPDATE",
            (workspace_id, job_id),
        )
        found = db.row(
            """
            INSERT INTO site_crawl (workspace_id, job_id, run, token, site, root_url, budget)
            VALUES (%s, %s, %s, %s, %s, %s, %s)
            ON CONFLICT (workspace_id, job_id) DO UPDATE
            SET token = excluded.token, run = excluded.run, budget = excluded.budget,
                finished_at = CASE WHEN site_crawl.run = excluded.run THEN site_crawl.finished_at END,
                sitemaps_read = site_crawl.sitemaps_read AND site_crawl.run = excluded.run,
                notes = CASE WHEN site_crawl.run = excluded.run THEN site_crawl.notes ELSE '{}' END
            RETURNING site, root_url, budget, sitemaps_read, notes
            """,
            (workspace_id, job_id, run, token, site, root_url, budget),
        )
        assert found is not None
        db.rows(
            """
            UPDATE site_page SET state = CASE WHEN attempts >= %s THEN 'failed' ELSE 'queued' END,
                reason = CASE WHEN attempts >= %s THEN 'interrupted' END
            WHERE workspace_id = %s AND job_id = %s AND state = 'fetching'
            """,
            (most_attempts, most_attempts, workspace_id, job_id),
        )
        if before is not None and before[0] != run:
            db.rows(
                """
                UPDATE site_page SET state = 'queued', reason = NULL, attempts = 0, not_before = NULL, has_slot = false
                WHERE workspace_id = %s AND job_id = %s
                  AND (state = 'failed' OR (state = 'skipped' AND reason IN ('over_budget', 'given_up')))
                """,
                (workspace_id, job_id),
            )
    site, root_url, budget, sitemaps_read, notes = found
    return Crawl(
        workspace_id=workspace_id,
        job_id=job_id,
        token=token,
        site=site,
        root_url=root_url,
        budget=budget,
        sitemaps_read=sitemaps_read,
        notes=notes,
        resumed=before is not None,
    )


def move(crawl: Crawl, *, site: str, root_url: str) -> Crawl:
    """The start page lives elsewhere: the crawl reads that site from now on, and what was queued is forgotten."""
    with transaction():
        _must(
            """
            UPDATE site_crawl SET site = %s, root_url = %s WHERE workspace_id = %s AND job_id = %s AND token = %s
            RETURNING 1
            """,
            (site, root_url, *_id(crawl)),
        )
        db.rows(
            "DELETE FROM site_page WHERE workspace_id = %s AND job_id = %s AND state = 'queued' AND NOT has_slot",
            _job(crawl),
        )
    return msgspec.structs.replace(crawl, site=site, root_url=root_url)


def mark_sitemaps_read(crawl: Crawl) -> None:
    """Sitemaps need not be read again when the crawl is resumed."""
    _must(
        "UPDATE site_crawl SET sitemaps_read = true WHERE workspace_id = %s AND job_id = %s AND token = %s RETURNING 1",
        _id(crawl),
    )


def note(crawl: Crawl, facts: Mapping[str, Any]) -> None:
    """Keep facts about the site (needs JavaScript, robots delay, …) with the crawl."""
    _must(
        """
        UPDATE site_crawl SET notes = notes || %s::jsonb WHERE workspace_id = %s AND job_id = %s AND token = %s
        RETURNING 1
        """,
        (msgspec.json.encode(facts).decode(), *_id(crawl)),
    )


def add_pages(crawl: Crawl, pages: Sequence[NewPage]) -> None:
    """Queue pages; a URL that the crawl knows already is left as it is."""
    if pages:
        with transaction():
            hold(crawl)
            insert_pages(crawl, pages)


def insert_pages(crawl: Crawl, pages: Sequence[NewPage]) -> None:
    """The same inside a transaction that holds the crawl."""
    db.rows(
        """
        INSERT INTO site_page (workspace_id, job_id, url_key, url, depth, priority, anchors, state, reason)
        SELECT %s, %s, url_key, url, depth, priority, ARRAY(SELECT jsonb_array_elements_text(anchors)),
               CASE WHEN reason IS NULL THEN 'queued' ELSE 'skipped' END, reason
        FROM jsonb_to_recordset(%s::jsonb) AS one(url_key text, url text, depth integer, priority real,
                                                  anchors jsonb, reason text)
        ON CONFLICT DO NOTHING
        """,
        (crawl.workspace_id, crawl.job_id, msgspec.json.encode(pages).decode()),
    )


def known(crawl: Crawl) -> list[Known]:
    """Every URL that the crawl has met so far."""
    found = db.rows(
        "SELECT url_key, url, state, anchors, text_hash FROM site_page WHERE workspace_id = %s AND job_id = %s",
        _job(crawl),
    )
    return [
        Known(url_key=url_key, url=url, state=state, anchors=tuple(anchors), text_hash=text_hash)
        for url_key, url, state, anchors, text_hash in found
    ]


def claim(crawl: Crawl) -> Claimed | Waiting:
    """The best page that is due, its budget slot taken before anything is fetched. Pages that had a slot go first."""
    with transaction():
        hold(crawl, exclusive=True)
        found = db.row(
            """
            UPDATE site_page SET state = 'fetching', has_slot = true, attempts = attempts + 1
            WHERE workspace_id = %s AND job_id = %s AND url_key = (
                SELECT url_key FROM site_page
                WHERE workspace_id = %s AND job_id = %s AND state = 'queued' AND (not_before IS NULL OR not_before <= now())
                  AND (has_slot OR %s > (SELECT count(*) FROM site_page
                                         WHERE workspace_id = %s AND job_id = %s AND has_slot))
                ORDER BY has_slot DESC, priority DESC, id LIMIT 1)
            RETURNING url_key, url, depth, attempts, anchors
            """,
            (*_job(crawl), *_job(crawl), crawl.budget, *_job(crawl)),
        )
        if found is not None:
            url_key, url, depth, attempt, anchors = found
            return Claimed(url_key=url_key, url=url, depth=depth, attempt=attempt, anchors=tuple(anchors))
        later = db.row(
            """
            SELECT count(*), coalesce(extract(epoch FROM min(not_before) - now()), 0)::float8 FROM site_page
            WHERE workspace_id = %s AND job_id = %s AND state = 'queued' AND has_slot
            """,
            _job(crawl),
        )
    assert later is not None
    return Waiting(later[0], max(0.0, later[1]))


def finish(crawl: Crawl, *, reason: str) -> dict[str, int]:
    """Close the crawl: what is still queued is skipped for `reason`. The number of pages by state."""
    with transaction():
        hold(crawl, exclusive=True)
        db.rows(
            """
            UPDATE site_page SET state = 'skipped', reason = %s
            WHERE workspace_id = %s AND job_id = %s AND state IN ('queued', 'fetching')
            """,
            (reason, *_job(crawl)),
        )
        db.rows("UPDATE site_crawl SET finished_at = now() WHERE workspace_id = %s AND job_id = %s", _job(crawl))
        return counts(crawl.workspace_id, crawl.job_id)


def counts(workspace_id: str, job_id: str) -> dict[str, int]:
    """The number of pages by state; states without a page are left out."""
    return dict(
        db.rows(
            "SELECT state, count(*) FROM site_page WHERE workspace_id = %s AND job_id = %s GROUP BY state",
            (workspace_id, job_id),
        )
    )


def hold(crawl: Crawl, *, exclusive: bool = False) -> None:
    """Inside a transaction: see to it that this crawl is still ours until the commit. Raises LostCrawl."""
    _must(_HOLD_ALONE if exclusive else _HOLD, _id(crawl))


def _must(sql: str, params: Sequence[Any]) -> None:
    if not db.rows(sql, params):
        raise LostCrawl


def _job(crawl: Crawl) -> tuple[str, str]:
    return crawl.workspace_id, crawl.job_id


def _id(crawl: Crawl) -> tuple[str, str, str]:
    return crawl.workspace_id, crawl.job_id, crawl.token
