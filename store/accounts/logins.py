"""How often a password was guessed: a counter per account and address, so that guessing gets slower.

A try is counted before its password is checked, so that many at once count too, and forgotten when it was
right. It never locks: the wait grows to five minutes at most, and another address is not held up by it.
"""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta

from store.kit import clock
from store.kit.db import row, rows
from store.kit.errors import QuotaExceeded
from store.kit.settings import settings

WINDOW = timedelta(minutes=15)
LONGEST_WAIT = timedelta(minutes=5)


def wait_after(tries: int, *, free: int) -> timedelta:
    """The pause after `tries` wrong passwords of which `free` cost none: 1, 2, 4 … seconds, capped."""
    if tries < free:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(tries - free, 16)), LONGEST_WAIT)


def count_try(email: str, address: str) -> None:
    """Count a try on this account from this address. Raises QuotaExceeded while its pause lasts."""
    now = clock.utc_now()
    free = settings().accounts.login_tries
    source = network(address)
    _remove_some(now)
    counted = row(
        """
        INSERT INTO login_counter AS kept (email, address, tries, last_try_at) VALUES (%s, %s, 1, %s)
        ON CONFLICT (email, address) DO UPDATE
        SET tries = CASE WHEN kept.last_try_at < excluded.last_try_at - %s THEN 1 ELSE kept.tries + 1 END,
            last_try_at = excluded.last_try_at
        WHERE kept.tries < %s
           OR kept.last_try_at + least(make_interval(secs => 2.0 ^ least(kept.tries - %s, 16)), %s)
              <= excluded.last_try_at
        RETURNING tries
        """,
        (email, source, now, WINDOW, free, free, LONGEST_WAIT),
    )
    if counted is None:
        raise QuotaExceeded(
            "Too many wrong passwords for this account from here; wait before the next try.",
            retry_after=_remaining(email, source, now=now, free=free),
        )


def forget(email: str, address: str) -> None:
    """The password was right: earlier wrong ones no longer count."""
    rows("DELETE FROM login_counter WHERE email = %s AND address = %s", (email, network(address)))


def forget_account(email: str) -> int:
    """An operator lets everyone try this account again; how many addresses had counters."""
    return len(rows("DELETE FROM login_counter WHERE email = %s RETURNING address", (email,)))


def network(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that one IPv6 line has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _remaining(email: str, source: str, *, now: datetime, free: int) -> timedelta:
    found = row("SELECT tries, last_try_at FROM login_counter WHERE email = %s AND address = %s", (email, source))
    if found is None:
        return timedelta(seconds=1)
    tries, last_try_at = found
    return max(last_try_at + wait_after(tries, free=free) - now, timedelta(seconds=1))


def _remove_some(now: datetime) -> None:
    """Drop a few counters whose window has passed (index login_counter_age); keeps the table small without upkeep."""
    rows(
        """
        DELETE FROM login_counter WHERE (email, address) IN (
            SELECT email, address FROM login_counter WHERE last_try_at < %s
            ORDER BY last_try_at LIMIT 20 FOR UPDATE SKIP LOCKED)
        """,
        (now - WINDOW,),
    )
