"""Politeness that all jobs and workers share: slots and pauses per host, and robots.txt for a day.

The server's clock decides, so that workers on many machines agree. One statement each.
"""

from __future__ import annotations

from typing import NamedTuple

from store.kit import db


class Turn(NamedTuple):
    """`granted`: a slot is held, and the request may start in `wait_seconds`. Else: worth asking again then."""

    granted: bool
    wait_seconds: float


def enter(
    host: str,
    holder: str,
    *,
    slots: int,
    delay_seconds: float,
    hold_seconds: float,
    patience_seconds: float,
) -> Turn:
    """Ask for one of the host's `slots`. Starts are `delay_seconds` apart over all holders; a host that has said 429
    gets one slot and its own pause. A turn that lies more than `patience_seconds` ahead is not granted. A slot not
    given back is free again `hold_seconds` after its start."""
    found = db.database.execute_sql(
        """
        INSERT INTO host_gate AS gate (host, next_at, slots)
        VALUES (%(host)s, now() + make_interval(secs => %(delay)s),
                jsonb_build_object(%(holder)s::text, extract(epoch FROM now()) + %(hold)s))
        ON CONFLICT (host) DO UPDATE SET
            next_at = greatest(gate.next_at, now()) + make_interval(secs => greatest(%(delay)s, gate.slowdown)),
            slots = (SELECT coalesce(jsonb_object_agg(one.key, one.value), '{}') FROM jsonb_each(gate.slots) one
                     WHERE one.value::float8 > extract(epoch FROM now()))
                 || jsonb_build_object(%(holder)s::text,
                        extract(epoch FROM greatest(gate.next_at, now())) + %(hold)s)
        WHERE gate.next_at <= now() + make_interval(secs => %(patience)s)
          AND (SELECT count(*) FROM jsonb_each(gate.slots) one WHERE one.value::float8 > extract(epoch FROM now()))
              < CASE WHEN gate.slowdown > 0 THEN 1 ELSE %(slots)s END
        RETURNING extract(epoch FROM next_at - now())::float8 - greatest(%(delay)s, slowdown)
        """,
        {
            "host": host,
            "holder": holder,
            "delay": delay_seconds,
            "hold": hold_seconds,
            "patience": patience_seconds,
            "slots": slots,
        },
    ).fetchone()
    if found is not None:
        return Turn(True, max(0.0, found[0]))
    ahead = db.row("SELECT extract(epoch FROM next_at - now())::float8 FROM host_gate WHERE host = %s", (host,))
    return Turn(False, max(0.0, ahead[0] if ahead else 0.0))


def leave(host: str, holder: str) -> None:
    """Give the slot back after an answer that was no complaint; the host's own pause fades."""
    db.rows(
        """
        UPDATE host_gate SET slots = slots - %s, slowdown = CASE WHEN slowdown < 0.1 THEN 0 ELSE slowdown * 0.8 END
        WHERE host = %s
        """,
        (holder, host),
    )


def leave_all(host: str, owner: str) -> None:
    """Give back every slot whose holder starts with `owner`: those of a process that died."""
    db.rows(
        """
        UPDATE host_gate SET slots = (SELECT coalesce(jsonb_object_agg(one.key, one.value), '{}')
                                      FROM jsonb_each(slots) one WHERE NOT starts_with(one.key, %s))
        WHERE host = %s
        """,
        (owner, host),
    )


def leave_scolded(host: str, holder: str, *, pause_seconds: float, most_seconds: float) -> None:
    """Give the slot back after a 429 or 503: the pace is halved for everyone, and nobody asks for `pause_seconds`."""
    db.rows(
        """
        UPDATE host_gate SET slots = slots - %s, slowdown = least(%s, greatest(0.5, slowdown * 2)),
            next_at = greatest(next_at, now() + make_interval(secs => %s))
        WHERE host = %s
        """,
        (holder, most_seconds, pause_seconds, host),
    )


def find_robots(origin: str, *, hours: float) -> tuple[int, str] | None:
    """(status, body) of a robots.txt answered within the last `hours`."""
    return db.row(
        "SELECT status, body FROM robots_copy WHERE origin = %s AND fetched_at > now() - make_interval(secs => %s)",
        (origin, hours * 3600),
    )


def keep_robots(origin: str, status: int, body: str) -> None:
    """Remember what robots.txt answered."""
    db.rows(
        """
        INSERT INTO robots_copy (origin, status, body) VALUES (%s, %s, %s)
        ON CONFLICT (origin) DO UPDATE SET status = excluded.status, body = excluded.body, fetched_at = now()
        """,
        (origin, status, body),
    )


def prune(*, days: float) -> int:
    """Forget robots files and gates that nobody has asked for; the number of rows."""
    robots = db.rows(
        "DELETE FROM robots_copy WHERE fetched_at < now() - make_interval(secs => %s) RETURNING 1", (days * 86400,)
    )
    gates = db.rows(
        "DELETE FROM host_gate WHERE next_at < now() - make_interval(secs => %s) RETURNING 1", (days * 86400,)
    )
    return len(robots) + len(gates)
