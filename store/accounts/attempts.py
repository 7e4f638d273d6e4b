"""How often somebody may do what costs others: mails to a mailbox, guesses of a code, sign-ups from one address.

Counted in Postgres, per account and per address of the network, so that a lost Redis opens nothing. A window
begins with its first attempt. Call these outside of the transaction whose failure must not forget the attempt.
"""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from store.accounts.logins import network
from store.kit import clock
from store.kit.db import row, rows
from store.kit.errors import QuotaExceeded


class Act(Struct, frozen=True):
    """At most `limit` of something within `window`."""

    name: str
    limit: int
    window: timedelta


# Five codes an hour also bound the guesses of them, wherever they come from: each code has five tries.
CODES_OF_ACCOUNT = Act("code_of", 5, timedelta(hours=1))
RESETS_OF_ACCOUNT = Act("reset_of", 5, timedelta(hours=1))
SIGN_UPS_FROM_ADDRESS = Act("sign_up_from", 2000, timedelta(hours=1))
# An alert whose value swings about its threshold has many episodes.
ALERT_LETTERS_OF_WORKSPACE = Act("alert_letters_of", 20, timedelta(hours=1))
INVITATIONS_OF_WORKSPACE = Act("invitations_of", 100, timedelta(hours=1))
INVITATIONS_TO_ADDRESS = Act("invitations_to", 5, timedelta(hours=1))
WRONG_CODES_FROM_ADDRESS = Act("code_from", 60, timedelta(hours=1))
RESETS_FROM_ADDRESS = Act("reset_from", 100, timedelta(hours=1))


def take(act: Act, who: str) -> bool:
    """Count an attempt; False when the window has had its fill."""
    now = clock.utc_now()
    _remove_some()
    counted = row(
        """
        INSERT INTO attempt_counter AS kept (act, who, tries, ends_at) VALUES (%s, %s, 1, %s)
        ON CONFLICT (act, who) DO UPDATE
        SET tries = CASE WHEN kept.ends_at <= %s THEN 1 ELSE kept.tries + 1 END,
            ends_at = CASE WHEN kept.ends_at <= %s THEN excluded.ends_at ELSE kept.ends_at END
        WHERE kept.ends_at <= %s OR kept.tries < %s
        RETURNING tries
        """,
        (act.name, who, now + act.window, now, now, now, act.limit),
    )
    return counted is not None


def take_from(act: Act, address: str) -> None:
    """Count an attempt from an address of the network. Raises QuotaExceeded."""
    source = network(address)
    if take(act, source):
        return
    found = row("SELECT ends_at FROM attempt_counter WHERE act = %s AND who = %s", (act.name, source))
    wait = found[0] - clock.utc_now() if found else timedelta(seconds=1)
    raise QuotaExceeded(
        "Too many attempts from here; wait before the next one.", retry_after=max(wait, timedelta(seconds=1))
    )


def give_back_from(act: Act, address: str) -> None:
    """The attempt from this address was none of those that count."""
    rows(
        "UPDATE attempt_counter SET tries = tries - 1 WHERE act = %s AND who = %s AND tries > 1",
        (act.name, network(address)),
    )


def _remove_some() -> None:
    """Drop a few counters whose window has passed (index attempt_counter_age); keeps the table small without upkeep."""
    rows(
        """
        DELETE FROM attempt_counter WHERE (act, who) IN (
            SELECT act, who FROM attempt_counter WHERE ends_at < %s
            ORDER BY ends_at LIMIT 20 FOR UPDATE SKIP LOCKED)
        """,
        (clock.utc_now() - timedelta(minutes=1),),
    )
