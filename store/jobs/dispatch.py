"""Dispatch: which waiting tasks go to Redis next.

The order is: due, lane not paused, the workspaces' turns, and within a workspace by `order_at` (due time
minus priority steps, so a low priority ages instead of starving). Any number of dispatchers may run; rows
another one has locked are skipped. A task whose key is full is `held` until a finish hands it a slot.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

from store.jobs.records import Message

MAX_TURNS = 200  # workspaces served in one round; the next round goes on after the last of them

DUE = """
UPDATE task SET state = 'ready' WHERE id IN (
    SELECT id FROM task WHERE state = 'delayed' AND run_at <= now() ORDER BY run_at LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING lane
"""

# A loose index scan (PostgreSQL wiki, "Loose indexscan"): one probe of task_ready per workspace, not per task.
TURNS = """
PREPARE next_turns (text, text, integer) AS
WITH RECURSIVE turn AS (
    (SELECT workspace_id FROM task
      WHERE state = 'ready' AND lane = $1 AND workspace_id > $2 ORDER BY workspace_id LIMIT 1)
    UNION ALL
    SELECT n.workspace_id FROM turn, LATERAL (
        SELECT workspace_id FROM task
         WHERE state = 'ready' AND lane = $1 AND workspace_id > turn.workspace_id
         ORDER BY workspace_id LIMIT 1) AS n
)
SELECT workspace_id FROM turn LIMIT $3
"""

PICK = """
PREPARE pick_tasks (text, text[], integer, integer) AS
SELECT t.id, t.key, t.key_limit, t.has_slot, w.place, t.nth
  FROM unnest($2) WITH ORDINALITY AS w (workspace_id, place),
       LATERAL (
           SELECT locked.*, row_number() OVER (ORDER BY locked.order_at, locked.id) AS nth FROM (
               SELECT id, key, key_limit, has_slot, order_at FROM task
                WHERE state = 'ready' AND lane = $1 AND workspace_id = w.workspace_id
                ORDER BY order_at, id LIMIT $3 FOR UPDATE SKIP LOCKED) AS locked) AS t
 ORDER BY t.nth, w.place LIMIT $4
"""

STATEMENTS = {"next_turns": TURNS, "pick_tasks": PICK}


def promote_due(cursor: Any, *, limit: int = 1000) -> set[str]:
    """Delayed tasks whose time has come are ready now; the lanes they wait on."""
    cursor.execute(DUE, (limit,))
    return {lane for (lane,) in cursor.fetchall()}


def seconds_to_next_due(cursor: Any) -> float | None:
    """When the next delayed task is due; None without one."""
    cursor.execute("SELECT extract(epoch FROM min(run_at) - now()) FROM task WHERE state = 'delayed'")
    (seconds,) = cursor.fetchone()
    return None if seconds is None else float(seconds)


def lane_state(cursor: Any, lane: str, *, limit: int) -> tuple[bool, int, int, str]:
    """(paused, threads' worth of buffer, messages sent and not claimed yet up to `limit`, last turn)."""
    cursor.execute(
        "SELECT paused, buffer, turn,"
        " (SELECT count(*) FROM (SELECT FROM task WHERE lane = %s AND state = 'sent' LIMIT %s) AS t)"
        " FROM lane WHERE name = %s",
        (lane, limit, lane),
    )
    paused, buffer, turn, sent = cursor.fetchone()
    return paused, buffer, sent, turn


def send_next(cursor: Any, lane: str, *, room: int, turn: str) -> tuple[list[Message], bool]:
    """Move up to `room` ready tasks of the lane to `sent`: their messages, and whether more may wait.

    One transaction. Tasks that meet a full key become `held` and use none of the room, so the round is
    told to go on when that happened.
    """
    cursor.execute("BEGIN")
    workspaces = _turns(cursor, lane, after=turn, limit=min(room, MAX_TURNS))
    if not workspaces:
        cursor.execute("COMMIT")
        return [], False
    each = max(ceil(room / len(workspaces)), 1)
    cursor.execute("EXECUTE pick_tasks (%s, %s, %s, %s)", (lane, workspaces, each, room))
    picked = cursor.fetchall()
    keyed = [(task_id, key, limit) for task_id, key, limit, has_slot, _, _ in picked if key and not has_slot]
    fits, full = _take_slots(cursor, keyed)
    go = [task_id for task_id, key, _, has_slot, _, _ in picked if not key or has_slot or task_id in fits]
    if full:
        cursor.execute("UPDATE task SET state = 'held' WHERE id = ANY (%s)", (full,))
    if go:
        cursor.execute(
            "UPDATE task SET state = 'sent', sent_at = now(), has_slot = key IS NOT NULL WHERE id = ANY (%s)", (go,)
        )
    cursor.execute("UPDATE lane SET turn = %s WHERE name = %s AND turn <> %s", (workspaces[-1], lane, workspaces[-1]))
    cursor.execute("COMMIT")
    return [Message(task_id, lane) for task_id in go], bool(full) or len(picked) >= min(room, each * len(workspaces))


def _turns(cursor: Any, lane: str, *, after: str, limit: int) -> list[str]:
    """The next workspaces with ready tasks, after the one served last, round and round."""
    cursor.execute("EXECUTE next_turns (%s, %s, %s)", (lane, after, limit))
    found = [workspace for (workspace,) in cursor.fetchall()]
    if len(found) < limit and after:
        cursor.execute("EXECUTE next_turns (%s, %s, %s)", (lane, "", limit - len(found)))
        found += [workspace for (workspace,) in cursor.fetchall() if workspace <= after]
    return found


def _take_slots(cursor: Any, keyed: Sequence[tuple[int, str, int]]) -> tuple[set[int], list[int]]:
    """Give free slots to keyed tasks in order: (tasks that got one, tasks that must be held)."""
    if not keyed:
        return set(), []
    limits = {key: limit for _, key, limit in keyed}
    cursor.execute(
        "INSERT INTO slot (key, capacity) SELECT * FROM unnest(%s::text[], %s::integer[]) AS t(key, capacity)"
        " ORDER BY key ON CONFLICT (key) DO UPDATE SET capacity = excluded.capacity RETURNING key, used, capacity",
        (list(limits), list(limits.values())),
    )
    free = {key: capacity - used for key, used, capacity in cursor.fetchall()}
    fits: set[int] = set()
    full: list[int] = []
    for task_id, key, _ in keyed:
        if free[key] > 0:
            free[key] -= 1
            fits.add(task_id)
        else:
            full.append(task_id)
    taken = {key: sum(1 for task_id, k, _ in keyed if k == key and task_id in fits) for key in limits}
    for key, number in taken.items():
        if number:
            cursor.execute("UPDATE slot SET used = used + %s WHERE key = %s", (number, key))
    return fits, full
