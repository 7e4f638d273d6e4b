"""Pages as the crawl keeps them: each in a short transaction of its own, in one told state with its reason.

A body is kept twice: with the job, whose pages must not change afterwards, and as the workspace's last copy of the
URL, so that the next crawl asks conditionally and findings of an unchanged body are used again.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec
import psycopg2
from msgspec import Struct

from store.kit import db
from store.kit.db import transaction
from store.sites.crawls import Crawl, NewPage, hold, insert_pages

LEVEL = 6  # zlib: a page of 60 KB takes about a millisecond and shrinks to a fifth


class Copy(Struct, frozen=True, kw_only=True):
    """The last copy of a URL. `html` is decoded text."""

    url: str
    etag: str | None
    last_modified: str | None
    content_type: str | None
    content_hash: str
    html: str


class Body(Struct, frozen=True, kw_only=True):
    """What a fetched page is kept with. `content_hash` is of the bytes, `text_hash` of the visible text."""

    final_url: str
    status: int
    content_type: str | None
    etag: str | None
    last_modified: str | None
    content_hash: str
    text_hash: str
    html: str
    canonical: str | None
    language: str | None
    needs_js: bool


def find_copy(workspace_id: str, url_key: str) -> Copy | None:
    """The workspace's last copy of a URL."""
    found = db.row(
        """
        SELECT url, etag, last_modified, content_type, content_hash, html FROM page_copy
        WHERE workspace_id = %s AND url_key = %s
        """,
        (workspace_id, url_key),
    )
    if found is None:
        return None
    url, etag, last_modified, content_type, content_hash, html = found
    return Copy(
        url=url,
        etag=etag,
        last_modified=last_modified,
        content_type=content_type,
        content_hash=content_hash,
        html=unpacked(html),
    )


def keep(
    crawl: Crawl,
    url_key: str,
    body: Body,
    *,
    unchanged: bool,
    found: Sequence[NewPage] = (),
    anchors: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Store a page that was read, with the pages it links to (`found`) and new link texts for known ones (`anchors`).

    The last copy of the URL follows; its findings are dropped when the body differs. Raises LostCrawl.
    """
    packed = psycopg2.Binary(zlib.compress(body.html.encode("utf-8", "replace"), LEVEL))
    with transaction():
        hold(crawl)
        db.rows(
            """
            UPDATE site_page SET state = %s, reason = NULL, final_url = %s, status = %s, content_type = %s, etag = %s,
                last_modified = %s, content_hash = %s, text_hash = %s, html = %s, canonical = %s, language = %s,
                needs_js = %s, fetched_at = now()
            WHERE workspace_id = %s AND job_id = %s AND url_key = %s AND state = 'fetching'
            """,
            (
                "unchanged" if unchanged else "fetched",
                body.final_url,
                body.status,
                body.content_type,
                body.etag,
                body.last_modified,
                body.content_hash,
                body.text_hash,
                packed,
                body.canonical,
                body.language,
                body.needs_js,
                crawl.workspace_id,
                crawl.job_id,
                url_key,
            ),
        )
        db.rows(
            """
            INSERT INTO page_copy AS copy (workspace_id, url_key, site, url, etag, last_modified, content_type,
                                           content_hash, html)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
            ON CONFLICT (workspace_id, url_key) DO UPDATE SET
                site = excluded.site, url = excluded.url, etag = excluded.etag, last_modified = excluded.last_modified,
                content_type = excluded.content_type, content_hash = excluded.content_hash, html = excluded.html,
                findings = CASE WHEN copy.content_hash = excluded.content_hash THEN copy.findings END,
                rules_version = CASE WHEN copy.content_hash = excluded.content_hash THEN copy.rules_version END,
                seen_at = now()
            """,
            (
                crawl.workspace_id,
                url_key,
                crawl.site,
                body.final_url,
                body.etag,
                body.last_modified,
                body.content_type,
                body.content_hash,
                packed,
            ),
        )
        if found:
            insert_pages(crawl, found)
        if anchors:
            _add_anchors(crawl, anchors)


def end(
    crawl: Crawl,
    url_key: str,
    state: str,
    reason: str,
    *,
    final_url: str | None = None,
    status: int | None = None,
    found: Sequence[NewPage] = (),
    give_slot_back: bool = False,
    only_queued: bool = False,
) -> None:
    """A page ends as duplicate, skipped or failed, and why. `give_slot_back` when nothing was asked for it;
    `only_queued` leaves a page alone that is being fetched."""
    with transaction():
        hold(crawl)
        db.rows(
            """
            UPDATE site_page SET state = %s, reason = %s, final_url = %s, status = %s, has_slot = has_slot AND NOT %s,
                fetched_at = now()
            WHERE workspace_id = %s AND job_id = %s AND url_key = %s AND (state = 'queued' OR (state = 'fetching' AND NOT %s))
            """,
            (
                state,
                reason,
                final_url,
                status,
                give_slot_back,
                crawl.workspace_id,
                crawl.job_id,
                url_key,
                only_queued,
            ),
        )
        if found:
            insert_pages(crawl, found)


def put_back(
    crawl: Crawl,
    url_key: str,
    *,
    after: timedelta,
    reason: str | None,
    costs_attempt: bool = True,
    url: str | None = None,
) -> None:
    """Queue a page again; it keeps its slot and is due after a while. `reason` tells what the last attempt met, `url`
    where the page lives in truth (another scheme or www)."""
    with transaction():
        hold(crawl)
        db.rows(
            """
            UPDATE site_page SET state = 'queued', reason = %s, attempts = attempts - %s, url = coalesce(%s, url),
                not_before = now() + make_interval(secs => %s)
            WHERE workspace_id = %s AND job_id = %s AND url_key = %s AND state = 'fetching'
            """,
            (
                reason,
                0 if costs_attempt else 1,
                url,
                after.total_seconds(),
                crawl.workspace_id,
                crawl.job_id,
                url_key,
            ),
        )


def _add_anchors(crawl: Crawl, anchors: Mapping[str, Sequence[str]]) -> None:
    pairs = [{"url_key": url_key, "anchors": texts} for url_key, texts in anchors.items()]
    db.rows(
        """
        UPDATE site_page page SET anchors = ARRAY(SELECT jsonb_array_elements_text(one.anchors))
        FROM jsonb_to_recordset(%s::jsonb) AS one(url_key text, anchors jsonb)
        WHERE page.workspace_id = %s AND page.job_id = %s AND page.url_key = one.url_key
        """,
        (msgspec.json.encode(pairs).decode(), crawl.workspace_id, crawl.job_id),
    )


def unpacked(html: bytes | memoryview) -> str:
    """The text of a stored body."""
    return zlib.decompress(bytes(html)).decode("utf-8")
