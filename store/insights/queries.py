"""Insights: kept by what they are about, so that a scan continues what an earlier one saw. Every verb takes the workspace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import peewee
from msgspec import Struct

from store.insights.tables import Insight, ScanChange
from store.kit import db
from store.kit.clock import utc_now
from store.kit.errors import NotFound
from store.kit.ids import is_id, new_id

SEVERITIES = ("critical", "high", "medium", "low")
BEHIND_ALL = "insight_~"  # sorts after every id


class Sighting(Struct, frozen=True, kw_only=True):
    """An insight as a scan saw it, as plain JSON values. `key` names what it is about."""

    key: str
    type: str
    severity: str
    platform: str
    platforms: Sequence[str]
    description: str
    evidence: str
    quotes: Sequence[Any]
    prevalence: Any
    prompt_ids: Sequence[str]
    fact_id: str | None
    claimed: str | None
    actual: str | None
    subject: str | None


_FIELDS = Sighting.__struct_fields__
_JSON = {"platforms", "quotes", "prevalence", "prompt_ids"}
_TYPED = ", ".join(f"{name} {'jsonb' if name in _JSON else 'text'}" for name in _FIELDS)
_SEEN = f"""
INSERT INTO insight AS i (id, workspace_id, brand_id, sandbox, first_scan_id, scan_id, created_at, updated_at,
                          {", ".join(_FIELDS)})
SELECT id, %(workspace)s, %(brand)s, %(sandbox)s, %(scan)s, %(scan)s, now(), now(), {", ".join(_FIELDS)}
  FROM jsonb_to_recordset(%(seen)s) AS seen (id text, {_TYPED})
    ON CONFLICT (brand_id, key) DO UPDATE
   SET {", ".join(f"{name} = excluded.{name}" for name in _FIELDS)},
       sandbox = excluded.sandbox, scan_id = excluded.scan_id, resolved_at = NULL, updated_at = now()
 WHERE i.scan_id <= excluded.scan_id AND i.workspace_id = excluded.workspace_id
"""
_GONE = """
UPDATE insight SET resolved_at = now(), updated_at = now()
 WHERE workspace_id = %(workspace)s AND brand_id = %(brand)s AND resolved_at IS NULL AND scan_id <= %(scan)s
   AND key <> ALL (%(keys)s) AND platforms <@ %(platforms)s
   AND 2 * (SELECT count(*) FROM jsonb_array_elements_text(prompt_ids) AS one WHERE one = ANY (%(prompts)s))
       >= jsonb_array_length(prompt_ids)
"""


def keep(
    workspace_id: str,
    brand_id: str,
    *,
    scan_id: str,
    sandbox: bool,
    sightings: Sequence[Sighting],
    platforms: Sequence[str],
    prompt_ids: Sequence[str],
) -> None:
    """What this scan saw is open with its new figures; a dismissal stays. Idempotent, also when scans come out of order.

    What it did not see is resolved, if it looked: all the insight's platforms answered (`platforms`), and at least
    half of the questions that showed it were asked (`prompt_ids`).
    """
    # They come the most severe first, and lists show the largest id first; new ids of one millisecond have no order.
    ids = sorted((new_id("insight") for _ in sightings), reverse=True)
    seen = [msgspec.to_builtins(one) | {"id": its_id} for one, its_id in zip(sightings, ids, strict=True)]
    given = {
        "workspace": workspace_id,
        "brand": brand_id,
        "scan": scan_id,
        "sandbox": sandbox,
        "seen": msgspec.json.encode(seen).decode(),
        "keys": [one.key for one in sightings],
        "platforms": msgspec.json.encode(platforms).decode(),
        "prompts": list(prompt_ids),
    }
    with db.transaction():
        if sightings:
            db.database.execute_sql(_SEEN, given)
        db.database.execute_sql(_GONE, given)


def get(workspace_id: str, insight_id: str) -> Insight:
    """One insight. Raises NotFound, also for another workspace's."""
    found = None
    if is_id("insight", insight_id):
        found = Insight.get_or_none(Insight.workspace_id == workspace_id, Insight.id == insight_id)
    if found is None:
        raise NotFound("There is no such insight.", field="insightId", value=insight_id)
    return found


def page(
    workspace_id: str,
    brand_id: str,
    *,
    limit: int,
    before_id: str | None = None,
    type: str | None = None,  # noqa: A002  the contract's word
    severity: str | None = None,
    platform: str | None = None,
    scan_id: str | None = None,
    dismissed: bool | None = None,
    resolved: bool | None = None,
) -> list[Insight]:
    """The brand's insights, newest first (index insight_by_brand)."""
    wanted = (Insight.workspace_id == workspace_id) & (Insight.brand_id == brand_id)
    wanted &= Insight.id < (before_id or BEHIND_ALL)
    for column, value in ((Insight.type, type), (Insight.severity, severity), (Insight.scan_id, scan_id)):
        if value is not None:
            wanted &= column == value
    if platform is not None:
        wanted &= Insight.platforms.contains([platform])
    for moment, is_set in ((Insight.dismissed_at, dismissed), (Insight.resolved_at, resolved)):
        if is_set is not None:
            wanted &= moment.is_null(not is_set)
    return list(Insight.select().where(wanted).order_by(Insight.id.desc()).limit(limit))


def in_period(
    workspace_id: str, brand_id: str, *, since: datetime | None, until: datetime | None, limit: int
) -> list[Insight]:
    """Those that were known between the two moments, the most severe first (index insight_by_brand)."""
    wanted = (Insight.workspace_id == workspace_id) & (Insight.brand_id == brand_id)
    if since is not None:
        wanted &= Insight.updated_at >= since
    if until is not None:
        wanted &= Insight.created_at < until
    rank = peewee.Case(Insight.severity, [(name, place) for place, name in enumerate(SEVERITIES)])
    return list(Insight.select().where(wanted).order_by(rank, Insight.id.desc()).limit(limit))


def prune(*, older_than: timedelta, limit: int) -> int:
    """Forget insights that were resolved long ago (index insight_by_end); how many."""
    gone = db.rows(
        "DELETE FROM insight WHERE id = ANY (ARRAY(SELECT id FROM insight WHERE resolved_at < %s LIMIT %s)) RETURNING 1",
        (utc_now() - older_than, limit),
    )
    return len(gone)


def dismiss(workspace_id: str, insight_id: str) -> Insight:
    """Put it out of sight; the first time counts. Raises NotFound."""
    now = utc_now()
    mine = (Insight.workspace_id == workspace_id) & (Insight.id == insight_id)
    Insight.update(dismissed_at=now, updated_at=now).where(mine, Insight.dismissed_at.is_null()).execute()
    return get(workspace_id, insight_id)


def resolve(workspace_id: str, insight_id: str) -> None:
    """It was looked for and is gone."""
    now = utc_now()
    Insight.update(resolved_at=now, updated_at=now).where(
        Insight.workspace_id == workspace_id, Insight.id == insight_id, Insight.resolved_at.is_null()
    ).execute()


def count_open(workspace_id: str, brand_id: str) -> int:
    """Insights that somebody should look at (index insight_open)."""
    mine = (Insight.workspace_id == workspace_id) & (Insight.brand_id == brand_id)
    return int(Insight.select().where(mine, Insight.dismissed_at.is_null(), Insight.resolved_at.is_null()).count())


def conclude(workspace_id: str, scan_id: str, *, previous_scan_id: str | None, comparison: Any) -> bool:
    """Keep how the scan differs from the one before; True the first time, when it is to be told."""
    made = db.row(
        "INSERT INTO scan_change (scan_id, workspace_id, previous_scan_id, comparison, created_at)"
        " VALUES (%s, %s, %s, %s, now()) ON CONFLICT (scan_id) DO UPDATE"
        " SET previous_scan_id = excluded.previous_scan_id, comparison = excluded.comparison RETURNING xmax = 0",
        (scan_id, workspace_id, previous_scan_id, msgspec.json.encode(comparison).decode()),
    )
    assert made
    return bool(made[0])


def overall_change(workspace_id: str, scan_id: str) -> tuple[str | None, Any]:
    """(the scan that this one was compared with, the metrics' changes over all platforms); None, None when not known."""
    found = db.row(
        "SELECT previous_scan_id, comparison->'overall' FROM scan_change WHERE workspace_id = %s AND scan_id = %s",
        (workspace_id, scan_id),
    )
    return (found[0], found[1]) if found else (None, None)


def change(workspace_id: str, scan_id: str) -> ScanChange | None:
    """How a scan differs from the one before; None when that is not known."""
    return ScanChange.get_or_none(ScanChange.workspace_id == workspace_id, ScanChange.scan_id == scan_id)
