"""Identifiers: a prefix that says what it names, and a lower-case ULID that sorts by creation time.

`new_id("job")` -> `job_01jd…` (26 characters of Crockford base 32: 48 bits of milliseconds, 80 random
bits; the ULID specification of alizain/ulid). A prefix is never used twice.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from store.kit.clock import utc_now

PREFIXES = {
    "job": "job",
    "user": "user",
    "workspace": "ws",
    "session": "sess",
    "api_key": "key",
    "token": "tok",
    "worker": "wrk",
    "brand": "brand",
    "identity": "identity",
    "competitor": "competitor",
    "product": "product",
    "audience": "audience",
    "market_position": "market",
    "persona": "persona",
    "positioning": "positioning",
    "review": "review",
    "mail": "mail",
    "schedule": "sched",
    "request": "req",
    "webhook": "wh",
    "message": "msg",
    "agent": "agent",
    "conversation": "conv",
    "escalation": "esc",
    "question": "uq",
    "alert": "alert",
    "episode": "episode",
    "invitation": "inv",
    "export": "export",
    "blob": "blob",
    "chat": "chat",
    "scan": "scan",
    "prompt": "prompt",
    "answer": "answer",
    "insight": "insight",
    "correction": "workflow",
    "report": "report",
    "transaction": "txn",
    "project": "proj",
    "item": "item",
    "file": "file",
    "collection": "col",
    "document": "doc",
}
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [a + b for a in _ALPHABET for b in _ALPHABET]
_LENGTH = 26
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_id(kind: str) -> str:
    """A fresh id of one of PREFIXES' kinds."""
    return f"{PREFIXES[kind]}_{_ulid(utc_now(), int.from_bytes(os.urandom(10)))}"


def same_id(kind: str, text: str) -> str:
    """The id of the one thing of this kind that belongs to the thing named `text`: it needs no row to be known."""
    return f"{PREFIXES[kind]}_{text.rpartition('_')[2]}"


def first_id(kind: str, moment: datetime) -> str:
    """The smallest id that can have been made at `moment`: bounds a range of ids by time."""
    return f"{PREFIXES[kind]}_{_ulid(moment, 0)}"


def is_id(kind: str, text: str) -> bool:
    """Whether `text` can name a thing of this kind; a wrong prefix is answered without a query."""
    prefix, _, rest = text.rpartition("_")
    return prefix == PREFIXES[kind] and len(rest) == _LENGTH and all(c in _ALPHABET for c in rest)


def _ulid(moment: datetime, noise: int) -> str:
    value = ((moment - _EPOCH) // timedelta(milliseconds=1) << 80) | noise
    return "".join(_PAIRS[(value >> shift) & 1023] for shift in range(120, -1, -10))
