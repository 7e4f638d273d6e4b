"""Counting: batches leave the feed and are added to the figures in one transaction, so none counts twice or is lost.

Any number of processes may count at once: each takes other batches, and all touch figures in the order of their keys.
Within the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec
from msgspec import Struct

from store.runs import latency
from store.runs.records import Sums

Kind = Literal["model", "prompt"]
OTHER = ""  # the name under which is counted what comes after `runs.max_names` others

_SUMS = """
    count(*), count(*) FILTER (WHERE NOT success), count(cost), coalesce(sum(tokens), 0)::bigint, coalesce(sum(cost), 0),
    count(latency_us), coalesce(sum(latency_us), 0)
"""

# One look at each run: totals by the minute, the two kinds of groups by the hour.
_TAKE = f"""
WITH free AS MATERIALIZED (
    SELECT batch, runs FROM run_feed WHERE broken_at IS NULL AND (%(batch)s::bigint IS NULL OR batch = %(batch)s)
     ORDER BY batch LIMIT %(limit)s FOR UPDATE SKIP LOCKED
),
taken AS MATERIALIZED (
    DELETE FROM run_feed WHERE batch = ANY (ARRAY(
        SELECT batch FROM (SELECT batch, sum(runs) OVER (ORDER BY batch) - runs AS before FROM free) AS queue
         WHERE before < %(runs)s))
    RETURNING batch
),
fresh AS (
    SELECT r.workspace_id, date_trunc('minute', r.at) AS minute, date_trunc('hour', r.at) AS hour, r.provider, r.model,
           r.prompt_id, r.success, r.tokens, r.cost, r.latency_us,
           (%(weights)s::numeric[])[width_bucket(r.latency_us, %(bounds)s) + 1] AS weight
      FROM taken JOIN run r ON r.batch = taken.batch
)
SELECT 'taken', NULL, NULL, NULL, NULL, count(*), 0, 0, 0, 0, 0, 0, 0, 0 FROM taken
UNION ALL
SELECT CASE WHEN grouping(minute) = 0 THEN 'total' WHEN grouping(model) = 0 THEN 'model' ELSE 'prompt' END,
       workspace_id, coalesce(minute, hour), provider, coalesce(model, prompt_id), {_SUMS}, coalesce(max(latency_us), 0),
       CASE WHEN grouping(minute) = 0 THEN coalesce(sum(weight), 0) END
  FROM fresh
 GROUP BY GROUPING SETS ((workspace_id, minute), (workspace_id, hour, provider, model), (workspace_id, hour, prompt_id))
"""

_FIGURES = "runs bigint, failed bigint, priced bigint, tokens bigint, cost numeric, timed bigint, latency_us numeric"
_ADD = ", ".join(f"{one} = t.{one} + excluded.{one}" for one in Sums.__struct_fields__)

_ADD_TOTALS = f"""
INSERT INTO run_total AS t
       (workspace_id, minutes, at, runs, failed, priced, tokens, cost, timed, latency_us, slowest_us, latencies)
SELECT workspace_id, minutes, at, runs, failed, priced, tokens, cost, timed, latency_us, slowest_us, latencies
  FROM jsonb_to_recordset(%s) AS n(workspace_id text, minutes smallint, at timestamptz, {_FIGURES}, slowest_us bigint,
                                   latencies numeric)
 ORDER BY workspace_id, minutes, at
ON CONFLICT (workspace_id, minutes, at) DO UPDATE
   SET {_ADD}, slowest_us = greatest(t.slowest_us, excluded.slowest_us), latencies = t.latencies + excluded.latencies
"""

_ADD_GROUPS = f"""
INSERT INTO run_group AS t
       (workspace_id, kind, minutes, at, provider, name, runs, failed, priced, tokens, cost, timed, latency_us)
SELECT workspace_id, kind, minutes, at, provider, name, runs, failed, priced, tokens, cost, timed, latency_us
  FROM jsonb_to_recordset(%s) AS n(workspace_id text, kind text, minutes smallint, at timestamptz, provider text,
                                   name text, {_FIGURES})
 ORDER BY workspace_id, kind, minutes, at, provider, name
ON CONFLICT (workspace_id, kind, minutes, at, provider, name) DO UPDATE SET {_ADD}
"""

# For each workspace, kind and day: the names among those given that are new, and how many are known already.
_NEW_NAMES = """
SELECT g.workspace_id, g.kind, g.at,
       (SELECT count(*) FROM run_group k WHERE k.workspace_id = g.workspace_id AND k.kind = g.kind
           AND k.minutes = 1440 AND k.at = g.at),
       array_agg(ARRAY[g.provider, g.name] ORDER BY g.provider, g.name)
  FROM jsonb_to_recordset(%s) AS g(workspace_id text, kind text, at timestamptz, provider text, name text)
 WHERE NOT EXISTS (SELECT FROM run_group k WHERE k.workspace_id = g.workspace_id AND k.kind = g.kind
                      AND k.minutes = 1440 AND k.at = g.at AND k.provider = g.provider AND k.name = g.name)
 GROUP BY 1, 2, 3
"""


class Total(Struct, kw_only=True):
    """A workspace's figures from `at` on; `latencies` as latency.py packs them."""

    workspace_id: str
    at: datetime
    sums: Sums
    slowest_us: int
    latencies: int


class Group(Struct, kw_only=True):
    """The figures of one model or prompt in the hour or day from `at` on."""

    workspace_id: str
    kind: Kind
    at: datetime
    provider: str
    name: str
    sums: Sums


class Taken(Struct):
    """What batches came to: totals by the minute, groups by the hour."""

    batches: int
    totals: list[Total]
    groups: list[Group]


def take(cursor: Any, *, limit: int, runs: int, batch: int | None = None) -> Taken:
    """Take up to `limit` batches with about `runs` runs, the oldest first, or a certain one."""
    weights = [Decimal(weight) for weight in latency.WEIGHTS]
    cursor.execute(
        _TAKE, {"limit": limit, "runs": runs, "batch": batch, "bounds": list(latency.BOUNDS), "weights": weights}
    )
    found = Taken(0, [], [])
    for kind, workspace_id, at, provider, name, *sums, slowest, packed in cursor.fetchall():
        if kind == "taken":
            found.batches = int(sums[0])
        elif kind == "total":
            found.totals.append(
                Total(
                    workspace_id=workspace_id, at=at, sums=Sums(*sums), slowest_us=int(slowest), latencies=int(packed)
                )
            )
        else:
            found.groups.append(
                Group(workspace_id=workspace_id, kind=kind, at=at, provider=provider or "", name=name, sums=Sums(*sums))
            )
    return found


def waiting(cursor: Any, *, limit: int) -> list[int]:
    """The oldest batches that wait, for those that have to be tried one by one."""
    cursor.execute("SELECT batch FROM run_feed WHERE broken_at IS NULL ORDER BY batch LIMIT %s", (limit,))
    return [batch for (batch,) in cursor.fetchall()]


def set_aside(cursor: Any, batch: int) -> None:
    """Leave out a batch that cannot be counted."""
    cursor.execute("UPDATE run_feed SET broken_at = now() WHERE batch = %s", (batch,))


def add_totals(cursor: Any, minutes: int, totals: Iterable[Total]) -> None:
    """Add to the figures of spans of `minutes`."""
    rows = [
        {"workspace_id": one.workspace_id, "minutes": minutes, "at": one.at, **_plain(one.sums),
         "slowest_us": one.slowest_us, "latencies": str(one.latencies)}
        for one in totals
    ]  # fmt: skip
    if rows:
        cursor.execute(_ADD_TOTALS, (msgspec.json.encode(rows).decode(),))


def add_groups(cursor: Any, minutes: int, groups: Iterable[Group]) -> None:
    """Add to the figures of models and prompts."""
    rows = [
        {"workspace_id": one.workspace_id, "kind": one.kind, "minutes": minutes, "at": one.at,
         "provider": one.provider, "name": one.name, **_plain(one.sums)}
        for one in groups
    ]  # fmt: skip
    if rows:
        cursor.execute(_ADD_GROUPS, (msgspec.json.encode(rows).decode(),))


def too_many(cursor: Any, days: Sequence[Group], *, most: int) -> set[tuple[str, str, datetime, str, str]]:
    """The groups of days that would be names beyond `most` of their kind: (workspace, kind, day, provider, name)."""
    keys = [
        {"workspace_id": one.workspace_id, "kind": one.kind, "at": one.at, "provider": one.provider, "name": one.name}
        for one in days
        if one.name != OTHER
    ]
    cursor.execute(_NEW_NAMES, (msgspec.json.encode(keys).decode(),))
    return {
        (workspace_id, kind, at, provider, name)
        for workspace_id, kind, at, known, new in cursor.fetchall()
        for provider, name in new[max(most - known, 0) :]
    }


def _plain(sums: Sums) -> dict[str, Any]:
    return {name: _number(getattr(sums, name)) for name in Sums.__struct_fields__}


def _number(value: Any) -> int:
    return int(value) if isinstance(value, Decimal) else value
