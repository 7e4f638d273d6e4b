"""Answers: one row a cell (scan x platform x prompt x repeat) from the plan to its judgement. Nothing is asked here.

A cell goes `planned` -> `asking` -> how it ended. `begin` reserves the cell and the money for one call, `keep` stores
the answer and settles the money in the same statement, so a cell that is stored is never asked again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from store.kit import db
from store.kit.clock import utc_now
from store.kit.errors import NotFound
from store.kit.ids import is_id, new_id
from store.perception.tables import Answer, Prompt

OPEN = ("planned", "asking")
BATCH = 1000


class CellPlan(Struct, frozen=True):
    """Where a cell is in its scan."""

    platform: str
    prompt_id: str
    repeat: int
    sandbox: bool


class Told(Struct, frozen=True, kw_only=True):
    """What a call brought. `state` is one of the ends, `usage` and `citations` plain JSON values."""

    state: str
    text: str = ""
    citations: Sequence[Any] = ()
    queries: Sequence[str] = ()
    usage: Mapping[str, Any] | None = None
    cost_nano: int | None = None
    cost_source: str | None = None
    model: str = ""
    request_id: str | None = None
    elapsed_ms: int | None = None
    error: Mapping[str, Any] | None = None


class Verdict(Struct, frozen=True, kw_only=True):
    """What the judge made of one answer, and which judge; `judgement` is plain JSON."""

    answer_id: str
    judge_version: str
    judgement: Any
    voice: float | None


def plan(workspace_id: str, scan_id: str, cells: Sequence[CellPlan]) -> None:
    """Make the scan's cells; those that are there stay as they are."""
    ids = iter(sorted(new_id("answer") for _ in cells))  # ids of one millisecond have no order of their own
    for at in range(0, len(cells), BATCH):
        Answer.insert_many(
            [
                {
                    "id": next(ids),
                    "workspace_id": workspace_id,
                    "scan_id": scan_id,
                    "prompt_id": cell.prompt_id,
                    "platform": cell.platform,
                    "repeat": cell.repeat,
                    "sandbox": cell.sandbox,
                    "state": "planned",
                }
                for cell in cells[at : at + BATCH]
            ]
        ).on_conflict_ignore().execute()


def get(workspace_id: str, answer_id: str) -> Answer:
    """One answer. Raises NotFound, also for another workspace's."""
    found = None
    if is_id("answer", answer_id):
        found = Answer.get_or_none(Answer.workspace_id == workspace_id, Answer.id == answer_id)
    if found is None:
        raise NotFound("There is no such answer.", field="answerId", value=answer_id)
    return found


def many(workspace_id: str, answer_ids: Sequence[str]) -> list[Answer]:
    """These answers, each with its `prompt`; another workspace's are left out."""
    return _with_prompts((Answer.workspace_id == workspace_id) & Answer.id.in_(list(answer_ids)))


def page(
    workspace_id: str,
    scan_id: str,
    *,
    limit: int,
    after_id: str | None = None,
    platform: str | None = None,
    state: str | None = None,
    prompt_id: str | None = None,
) -> list[Answer]:
    """Answers of a scan in the order of its plan, each with its `prompt` (index answer_by_scan)."""
    wanted = (Answer.workspace_id == workspace_id) & (Answer.scan_id == scan_id) & (Answer.id > (after_id or ""))
    for column, value in ((Answer.platform, platform), (Answer.state, state), (Answer.prompt_id, prompt_id)):
        if value is not None:
            wanted &= column == value
    return _with_prompts(wanted, limit=limit)


def of_scan(workspace_id: str, scan_id: str) -> list[Answer]:
    """All answers of a scan in the order of its plan, each with its `prompt`. Bounded by `perception.max_cells`."""
    return _with_prompts((Answer.workspace_id == workspace_id) & (Answer.scan_id == scan_id))


def cells(workspace_id: str, scan_id: str) -> list[tuple[str, str]]:
    """(id, platform) of a scan's cells that nobody has answered, in order."""
    return db.rows(
        "SELECT id, platform FROM answer WHERE workspace_id = %s AND scan_id = %s"
        " AND state IN ('planned', 'asking') ORDER BY id",
        (workspace_id, scan_id),
    )


class Tally(Struct, frozen=True):
    """So many cells of a platform are in this state; `reason` is the code of what failed."""

    platform: str
    state: str
    reason: str | None
    cells: int


def counts(workspace_id: str, scan_id: str) -> list[Tally]:
    """What became of a scan's cells."""
    found = db.rows(
        "SELECT platform, state, CASE WHEN state = 'failed' THEN error ->> 'code' END, count(*) FROM answer"
        " WHERE workspace_id = %s AND scan_id = %s GROUP BY 1, 2, 3 ORDER BY 1, 2, 4 DESC, 3",
        (workspace_id, scan_id),
    )
    return [Tally(*one) for one in found]


def ids_in(workspace_id: str, scan_id: str, *, states: Sequence[str], not_judged_by: str | None = None) -> list[str]:
    """Ids of a scan's cells in these states, in order; with `not_judged_by` those that this version has not judged."""
    wanted = (Answer.workspace_id == workspace_id) & (Answer.scan_id == scan_id) & Answer.state.in_(list(states))
    if not_judged_by is not None:
        wanted &= Answer.judge_version.is_null() | (Answer.judge_version != not_judged_by)
    return [row.id for row in Answer.select(Answer.id).where(wanted).order_by(Answer.id)]


def begin(workspace_id: str, answer_id: str, *, estimate_nano: int, cap_nano: int | None) -> bool:
    """Reserve the cell and `estimate_nano` for one call; False when the scan's money does not reach.

    Call it in the transaction that holds the lease. A call that was under way before and never came back stays
    paid for: its reserve is not given back. `cap_nano` is the scan's bound, None without one.
    """
    found = db.database.execute_sql(
        "WITH cell AS (SELECT id, scan_id FROM answer WHERE id = %(id)s AND workspace_id = %(workspace)s"
        "               AND state IN ('planned', 'asking', 'failed') FOR UPDATE),"
        " paid AS (UPDATE scan s SET spent_nano = spent_nano + %(estimate)s FROM cell WHERE s.id = cell.scan_id"
        "           AND (%(cap)s::bigint IS NULL OR %(estimate)s = 0 OR s.spent_nano + %(estimate)s <= %(cap)s)"
        "          RETURNING s.id)"
        " UPDATE answer SET state = 'asking', calls = calls + 1, asked_at = now(), error = NULL,"
        "        reserved_nano = %(estimate)s FROM cell, paid WHERE answer.id = cell.id RETURNING 1",
        {"id": answer_id, "workspace": workspace_id, "estimate": estimate_nano, "cap": cap_nano},
    ).fetchone()
    return found is not None


def may_reach(workspace_id: str, answer: Answer, *, estimate_nano: int, cap_nano: int, call_seconds: float) -> bool:
    """Whether the scan's money would reach for another call if the calls under way cost nothing: a reserve is a little
    too much rather than too little. One that began longer ago than a call takes stays spent."""
    found = db.row(
        "SELECT s.spent_nano - coalesce((SELECT sum(a.reserved_nano) FROM answer a"
        "         WHERE a.workspace_id = s.workspace_id AND a.scan_id = s.id AND a.state = 'asking' AND a.id <> %s"
        "           AND a.asked_at > now() - make_interval(secs => %s)), 0) + %s <= %s"
        " FROM scan s WHERE s.id = %s AND s.workspace_id = %s",
        (answer.id, call_seconds, estimate_nano, cap_nano, answer.scan_id, workspace_id),
    )
    return bool(found and found[0])


def keep(workspace_id: str, answer_id: str, told: Told) -> bool:
    """Store what a call brought and settle its money; False when the cell holds an answer already.

    A call that failed before it cost anything says `cost_nano` 0; None (nobody knows) leaves the reserve spent.
    """
    found = db.database.execute_sql(
        "WITH kept AS ("
        "  UPDATE answer SET state = %(state)s, text = %(text)s, citations = %(citations)s, queries = %(queries)s,"
        "         usage = %(usage)s, cost_nano = %(cost)s, cost_source = %(source)s, model = %(model)s,"
        "         request_id = %(request)s, elapsed_ms = %(elapsed)s, error = %(error)s, answered_at = now(),"
        "         judgement = NULL, voice = NULL, judge_version = NULL, judged_at = NULL"
        "   WHERE id = %(id)s AND workspace_id = %(workspace)s AND state IN ('planned', 'asking')"
        "  RETURNING scan_id, CASE WHEN %(cost)s::bigint IS NULL THEN 0 ELSE %(cost)s - reserved_nano END AS change)"
        " UPDATE scan SET spent_nano = greatest(spent_nano + kept.change, 0) FROM kept WHERE scan.id = kept.scan_id"
        " RETURNING 1",
        {
            "id": answer_id,
            "workspace": workspace_id,
            "state": told.state,
            "text": told.text,
            "citations": _json(told.citations),
            "queries": _json(told.queries),
            "usage": None if told.usage is None else _json(told.usage),
            "cost": told.cost_nano,
            "source": told.cost_source,
            "model": told.model,
            "request": told.request_id,
            "elapsed": told.elapsed_ms,
            "error": None if told.error is None else _json(told.error),
        },
    ).fetchone()
    return found is not None


def give_back(workspace_id: str, answer_id: str) -> None:
    """The call was refused before it cost anything: the cell waits again, and the scan has its reserve back."""
    db.database.execute_sql(
        "WITH old AS (SELECT id, scan_id, reserved_nano FROM answer WHERE id = %(id)s AND workspace_id = %(workspace)s"
        "              AND state = 'asking' FOR UPDATE),"
        " waits AS (UPDATE answer SET state = 'planned', reserved_nano = 0 FROM old WHERE answer.id = old.id)"
        " UPDATE scan SET spent_nano = greatest(spent_nano - old.reserved_nano, 0) FROM old WHERE scan.id = old.scan_id",
        {"id": answer_id, "workspace": workspace_id},
    )


def close_open(workspace_id: str, scan_id: str, *, code: str, message: str) -> int:
    """Cells that nobody will ask any more have failed; how many."""
    return (
        Answer.update(state="failed", error={"code": code, "message": message}, answered_at=utc_now())
        .where(Answer.workspace_id == workspace_id, Answer.scan_id == scan_id, Answer.state.in_(OPEN))
        .execute()
    )


def judged(workspace_id: str, verdicts: Sequence[Verdict]) -> None:
    """Put what a judge made of these answers beside them, in place of what an earlier one did."""
    db.rows(
        "UPDATE answer a SET judgement = v.judgement, voice = v.voice, judge_version = v.judge_version, judged_at = now()"
        "  FROM jsonb_to_recordset(%s) AS v (answer_id text, judge_version text, judgement jsonb, voice float8)"
        " WHERE a.id = v.answer_id AND a.workspace_id = %s AND a.state = 'valid'",
        (_json(verdicts), workspace_id),
    )


def _with_prompts(wanted: Any, *, limit: int | None = None) -> list[Answer]:
    chosen = Answer.select().where(wanted).order_by(Answer.id)
    found = list(chosen.limit(limit) if limit is not None else chosen)
    prompts = {
        row.id: row for row in Prompt.select().where(Prompt.id.in_(list({answer.prompt_id for answer in found})))
    }
    for answer in found:
        answer.prompt = prompts[answer.prompt_id]
    return found


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
