"""What all callers of a platform wait for, over all workers and workspaces, since they share the account at it.

Turns of its rate (starts spread over a minute, a few at once), a wait that it asked for, and a pause while asking is no
use. The server's clock decides, so that workers on many machines agree. One statement each.
"""

from __future__ import annotations

from msgspec import Struct

from store.kit import db

BURST = 2  # calls that may begin together after a quiet while


class Gate(Struct, frozen=True):
    """`wait_seconds` until the turn, 0 for now; `granted` False: no turn was taken, ask again then.

    `paused_seconds` above 0: nothing may be asked for so long, for `reason`.
    """

    wait_seconds: float
    granted: bool
    paused_seconds: float = 0.0
    reason: str | None = None


def enter(platform: str, *, per_minute: int, patience_seconds: float) -> Gate:
    """Take the platform's next turn (per_minute 0: turns are not counted). One that lies further ahead than
    `patience_seconds` is not taken. (GCRA: `next_at` is when the next turn is due if calls come as fast as they may.)"""
    if not per_minute:
        return look(platform)
    spacing = 60 / per_minute
    turn = db.database.execute_sql(
        "INSERT INTO platform_gate AS gate (platform, next_at) VALUES (%(name)s, now() + make_interval(secs => %(each)s))"
        " ON CONFLICT (platform) DO UPDATE SET next_at ="
        "   greatest(gate.next_at, gate.blocked_until, now() - make_interval(secs => %(burst)s))"
        "   + make_interval(secs => %(each)s)"
        " WHERE gate.paused_until <= now()"
        "   AND greatest(gate.next_at, gate.blocked_until) <= now() + make_interval(secs => %(patience)s)"
        " RETURNING extract(epoch FROM next_at - now())::float8 - %(each)s",
        {"name": platform, "each": spacing, "burst": spacing * (BURST - 1), "patience": patience_seconds},
    ).fetchone()
    if turn is not None:
        return Gate(max(turn[0], 0.0), granted=True)
    found = look(platform)
    return found if found.paused_seconds else Gate(patience_seconds / 2, granted=False)


def look(platform: str) -> Gate:
    """Whether the platform is blocked or paused, without taking a turn."""
    found = db.row(
        "SELECT extract(epoch FROM blocked_until - now())::float8, extract(epoch FROM paused_until - now())::float8, reason"
        " FROM platform_gate WHERE platform = %s",
        (platform,),
    )
    if found is None:
        return Gate(0.0, granted=True)
    blocked, paused, reason = found
    if paused > 0:
        return Gate(paused, granted=False, paused_seconds=paused, reason=reason)
    return Gate(max(blocked, 0.0), granted=blocked <= 0)


def block(platform: str, seconds: float) -> None:
    """The platform asked to wait: nobody begins before that."""
    db.rows(
        "INSERT INTO platform_gate AS gate (platform, blocked_until) VALUES (%s, now() + make_interval(secs => %s))"
        " ON CONFLICT (platform) DO UPDATE SET blocked_until = greatest(gate.blocked_until, excluded.blocked_until)",
        (platform, seconds),
    )


def pause(platform: str, seconds: float, reason: str) -> None:
    """Asking is no use for a while; `reason` is the code that cells fail with meanwhile."""
    db.rows(
        "INSERT INTO platform_gate AS gate (platform, paused_until, reason)"
        " VALUES (%s, now() + make_interval(secs => %s), %s) ON CONFLICT (platform) DO UPDATE"
        " SET paused_until = greatest(gate.paused_until, excluded.paused_until), reason = excluded.reason",
        (platform, seconds, reason),
    )
