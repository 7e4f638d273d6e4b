"""Frames of running jobs: what a stage tells while it works, in a bounded Redis stream for each job that expires.

Readers are woken through one channel and read from the stream, as with the event log. Losing any of it costs the live
view; the answer itself is the job's result.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import msgspec
from msgspec import Struct

from store.kit import log, redis, structs
from store.kit.redis_pipe import Pipe

logger = log.get("store.jobs.frames")
MOST_FRAMES = 5000  # of one job; beyond it the oldest go
KEPT = timedelta(minutes=10)  # after the last one
MAX_BYTES = 65_536  # of one frame
READ_AT_ONCE = 500
FIRST = "-"

# KEYS: the job's stream. ARGV: how many are kept, for how long (ms), the channel, the job's id, the entries.
_SEND = """
for i = 5, #ARGV do redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'e', ARGV[i]) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[4])
"""
# Who reads last, so that a reader who leaves knows whether another one has taken up.
_IS_LAST = "return redis.call('GET', KEYS[1]) == ARGV[1] and 1 or 0"


class Entry(Struct, frozen=True, array_like=True):
    """One frame as it is kept: which attempt told it (its token), as its how-manieth, and what."""

    token: int
    number: int
    frame: dict[str, Any]


def channel() -> str:
    """Where senders say whose frames to look at: a job's id."""
    return redis.key("frames")


def send(job_id: str, entries: Iterable[Entry]) -> None:
    """Add frames and wake their readers; one that is too large is left out, as if lost. Raises redis.OUTAGES."""
    encoded = [msgspec.json.encode(entry) for entry in entries]
    if any(len(entry) > MAX_BYTES for entry in encoded):
        logger.warning("frames.too_large", job_id=job_id, limit=MAX_BYTES)
        encoded = [entry for entry in encoded if len(entry) <= MAX_BYTES]
    redis.client().eval(
        _SEND, 1, _stream(job_id), MOST_FRAMES, int(KEPT.total_seconds() * 1000), channel(), job_id, *encoded
    )


async def read(pipe: Pipe, job_id: str, after: str) -> list[tuple[str, Entry]]:
    """(place, entry) of the frames after a place, in order, at most READ_AT_ONCE. Raises OSError."""
    start = FIRST if after == FIRST else f"({after}"
    found = await pipe.call("XRANGE", _stream(job_id), start, "+", "COUNT", READ_AT_ONCE)
    return [(place.decode(), structs.decode(fields[1], Entry)) for place, fields in found]


async def take_up(pipe: Pipe, job_id: str, reader: str) -> None:
    """Note who reads now. Raises OSError."""
    await pipe.call("SET", _reader(job_id), reader, "PX", int(KEPT.total_seconds() * 1000))


async def is_last(pipe: Pipe, job_id: str, reader: str) -> bool:
    """Whether nobody has taken up after this reader. Raises OSError."""
    return bool(await pipe.call("EVAL", _IS_LAST, 1, _reader(job_id), reader))


def _stream(job_id: str) -> str:
    return redis.key("frames", job_id)


def _reader(job_id: str) -> str:
    return redis.key("reader", job_id)
