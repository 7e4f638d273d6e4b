"""What the judge's model was asked about answers: reserved before a call, settled after it, kept for as long as the answer.

A call's place and its money and tokens are reserved in one transaction; `keep` and `fail` settle them with how it ended.
The first end stays: a reply that was paid for is never asked for again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from store.kit import db
from store.perception.tables import Consultation

Refused = Literal["spend_limit", "token_budget"]


class Held(Struct, frozen=True):
    """How a question stands. `is_young`: its call may still be under way, if another job makes it. `is_paid`: what came of
    it was, or may have been, paid for."""

    state: str
    job_id: str | None
    calls: int
    is_young: bool
    is_paid: bool


class Used(Struct, frozen=True):
    """What the questions about a scan's answers came to so far; no cost when nobody knows a price."""

    tokens: int
    cost_nano: int | None


def lock(workspace_id: str, answer_id: str, key: str, *, scan_id: str, model: str, seconds: float) -> Held | None:
    """The question, made if it is new, and locked until the caller's transaction ends; None: the answer is gone.

    A call that began longer than `seconds` ago is not under way any more.
    """
    db.rows(
        "INSERT INTO consultation (answer_id, key, workspace_id, scan_id, model, state)"
        " SELECT a.id, %s, a.workspace_id, a.scan_id, %s, 'planned' FROM answer a"
        "  WHERE a.id = %s AND a.workspace_id = %s AND a.scan_id = %s ON CONFLICT DO NOTHING",
        (key, model, answer_id, workspace_id, scan_id),
    )
    found = db.row(
        "SELECT state, job_id, calls, coalesce(asked_at > now() - make_interval(secs => %s), false),"
        "       state = 'kept' OR (state = 'failed' AND coalesce(tokens, 1) > 0)"
        "  FROM consultation WHERE answer_id = %s AND key = %s AND workspace_id = %s FOR UPDATE",
        (seconds, answer_id, key, workspace_id),
    )
    return Held(*found) if found else None


def begin(
    workspace_id: str,
    answer_id: str,
    key: str,
    *,
    job_id: str,
    scan_id: str,
    estimate_nano: int,
    estimate_tokens: int,
    cap_nano: int | None,
    token_budget: int | None,
) -> Refused | None:
    """Reserve one call, in the transaction that has the question locked; else what of the scan does not reach for it.

    What an earlier call reserved that never came back stays spent. The bounds are None where there are none.
    """
    reserved = db.database.execute_sql(
        "UPDATE scan SET spent_nano = spent_nano + %(nano)s, judge_tokens = judge_tokens + %(tokens)s"
        " WHERE id = %(scan)s AND workspace_id = %(workspace)s"
        "   AND (%(cap)s::bigint IS NULL OR %(nano)s = 0 OR spent_nano + %(nano)s <= %(cap)s)"
        "   AND (%(budget)s::bigint IS NULL OR judge_tokens + %(tokens)s <= %(budget)s) RETURNING 1",
        {
            "scan": scan_id,
            "workspace": workspace_id,
            "nano": estimate_nano,
            "tokens": estimate_tokens,
            "cap": cap_nano,
            "budget": token_budget,
        },
    ).fetchone()
    if reserved is None:
        row = db.row(
            "SELECT judge_tokens + %s > coalesce(%s::bigint, judge_tokens + %s) FROM scan WHERE id = %s",
            (estimate_tokens, token_budget, estimate_tokens, scan_id),
        )
        return "token_budget" if row and row[0] else "spend_limit"
    db.rows(
        "UPDATE consultation SET state = 'asking', calls = CASE WHEN job_id = %s THEN calls ELSE 0 END + 1, job_id = %s,"
        "       asked_at = now(), ended_at = NULL, error = NULL, reserved_nano = %s, reserved_tokens = %s"
        " WHERE answer_id = %s AND key = %s AND workspace_id = %s",
        (job_id, job_id, estimate_nano, estimate_tokens, answer_id, key, workspace_id),
    )
    return None


def keep(workspace_id: str, answer_id: str, key: str, *, reply: Any, tokens: int, cost_nano: int | None) -> None:
    """Store the reply of a call and settle it. A cost of None (nobody knows the price) leaves its reserve spent."""
    _end(workspace_id, answer_id, key, state="kept", reply=reply, error=None, tokens=tokens, cost_nano=cost_nano)


def fail(
    workspace_id: str,
    answer_id: str,
    key: str,
    *,
    job_id: str,
    error: Mapping[str, str],
    tokens: int | None = 0,
    cost_nano: int | None = 0,
) -> None:
    """There will be no reply in this job. Of a call that may have been paid for all the same, `tokens` and cost are None."""
    _end(
        workspace_id, answer_id, key, state="failed", reply=None, error=error, tokens=tokens, cost_nano=cost_nano,
        job_id=job_id,
    )  # fmt: skip


def give_back(workspace_id: str, answer_id: str, key: str) -> None:
    """The call was refused before it cost anything: the question waits again, and the scan has its reserve back."""
    _settle(
        "UPDATE consultation SET state = 'planned', reserved_nano = 0, reserved_tokens = 0 FROM old"
        " WHERE consultation.answer_id = old.answer_id AND consultation.key = old.key",
        {"id": answer_id, "key": key, "workspace": workspace_id, "tokens": 0, "cost": 0, "states": ["asking"]},
    )


def replies(workspace_id: str, answer_ids: Sequence[str]) -> dict[tuple[str, str], tuple[Any, Any]]:
    """(answer id, key) -> (reply, error) of these answers' questions that have ended."""
    found = Consultation.select(Consultation.answer_id, Consultation.key, Consultation.reply, Consultation.error).where(
        Consultation.workspace_id == workspace_id,
        Consultation.answer_id.in_(list(answer_ids)),
        Consultation.state.in_(["kept", "failed"]),
    )
    return {(row.answer_id, row.key): (row.reply, row.error) for row in found}


def used(workspace_id: str, scan_id: str) -> Used:
    """What was used for a scan's answers, whenever they were judged (index consultation_by_scan)."""
    found = db.row(
        "SELECT coalesce(sum(tokens), 0)::bigint, sum(cost_nano)::bigint"
        "  FROM consultation WHERE workspace_id = %s AND scan_id = %s",
        (workspace_id, scan_id),
    )
    return Used(*found) if found else Used(0, None)


def begin_anew(workspace_id: str, scan_id: str) -> None:
    """The scan's answers are judged anew, with all the tokens that may be used for it."""
    db.rows("UPDATE scan SET judge_tokens = 0 WHERE id = %s AND workspace_id = %s", (scan_id, workspace_id))


def _end(
    workspace_id: str,
    answer_id: str,
    key: str,
    *,
    state: str,
    reply: Any,
    error: Mapping[str, str] | None,
    tokens: int | None,
    cost_nano: int | None,
    job_id: str | None = None,
) -> None:
    _settle(
        "UPDATE consultation SET state = %(state)s, reply = %(reply)s, error = %(error)s, tokens = %(tokens)s,"
        "       cost_nano = %(cost)s, job_id = coalesce(%(job)s, job_id), ended_at = now(), reserved_nano = 0,"
        "       reserved_tokens = 0 FROM old"
        " WHERE consultation.answer_id = old.answer_id AND consultation.key = old.key",
        {
            "id": answer_id,
            "key": key,
            "workspace": workspace_id,
            "state": state,
            "reply": None if reply is None else msgspec.json.encode(reply).decode(),
            "error": None if error is None else msgspec.json.encode(error).decode(),
            "tokens": tokens,
            "cost": cost_nano,
            "job": job_id,
            "states": ["planned", "asking", "failed"] if state == "failed" else ["planned", "asking"],
        },
    )


def _settle(change: str, values: dict[str, Any]) -> None:
    """Apply `change` to the question, and to its scan the difference between what was reserved and what it came to."""
    db.database.execute_sql(
        "WITH old AS (SELECT answer_id, key, scan_id, reserved_nano, reserved_tokens FROM consultation"
        "              WHERE answer_id = %(id)s AND key = %(key)s AND workspace_id = %(workspace)s"
        "                AND state = ANY(%(states)s) FOR UPDATE),"
        f" ended AS ({change} RETURNING old.scan_id, old.reserved_nano, old.reserved_tokens)"
        " UPDATE scan SET"
        "   spent_nano = greatest(spent_nano + coalesce(%(cost)s::bigint, ended.reserved_nano) - ended.reserved_nano, 0),"
        "   judge_tokens ="
        "     greatest(judge_tokens + coalesce(%(tokens)s::integer, ended.reserved_tokens) - ended.reserved_tokens, 0)"
        " FROM ended WHERE scan.id = ended.scan_id",
        values,
    )
