"""Streams a job's frames while its stage works, and ends with what is made of the job itself.

The frames are a view (pipelines/engine/relay.py); the end comes from the ended job, so it comes whole when its worker
died, a second attempt did the work or Redis is away. A stream is taken up again by its frames' places; when its last
reader leaves, the job is cancelled.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import hiredis

from api.kit import ask, stream
from api.kit.answer import Answer
from api.kit.request import Request
from store.jobs import frames
from store.jobs.queries import Job
from store.kit import db, log, redis
from store.kit.errors import InvalidInput, Unavailable
from store.kit.redis_pipe import Pipe

logger = log.get("api.kit.relay")
OUTAGES = (OSError, hiredis.HiredisError)
LOOK_SECONDS = 1.0  # how often frames are looked for without a hint
START = ""
_OPENED = "0"
_PLACE = re.compile(r"(job_[0-9a-z]{26}):(0|\d{1,20}-\d{1,20}|[~!]\d{1,9}\.\d{1,9})")

Frame = dict[str, Any]
Rest = Callable[[Job, Sequence[Frame] | None], Sequence[Frame]]
"""From the ended job, and the stage's frames that the reader has, to the frames that end the stream.

None: the reader may have others, so the rest begins with a frame that says to start over."""


class Events:
    """What an operation `returns` whose answer is a stream of frames."""


def resumed(text: str | None) -> tuple[str, str] | None:
    """The job and place of a Last-Event-ID; None without one. Raises InvalidInput for one that we did not give out."""
    if not text:
        return None
    found = _PLACE.fullmatch(text)
    if found is None:
        raise InvalidInput("`Last-Event-ID` is not one that this stream gave out.", field="Last-Event-ID")
    return found[1], found[2]


def answer(
    request: Request,
    workspace_id: str,
    job_id: str,
    *,
    within: timedelta,
    rest: Rest,
    first: Sequence[Frame] = (),
    after: str = START,
) -> Answer:
    """The answer that streams `first`, the stage's frames and the rest, as JSON without an event type.

    A job that is not over in time is cancelled, and told as such by `rest`. Raises Unavailable when this process has
    enough streams open.
    """
    return stream.answer(request, _told(workspace_id, job_id, within=within, rest=rest, first=first, after=after))


def unseen(whole: str, told: Sequence[Frame] | None) -> str | None:
    """What of the answer's text the reader's tokens lack; None: they are other words, so it must start over."""
    if told is None:
        return None
    text = "".join(frame["content"] for frame in told if frame["type"] == "token")
    return whole[len(text) :] if whole.startswith(text) else None


async def _told(
    workspace_id: str, job_id: str, *, within: timedelta, rest: Rest, first: Sequence[Frame], after: str
) -> AsyncIterator[stream.Frame | None]:
    reading = _Reading(job_id, after)
    is_over = False
    with _heard(job_id) as hint:
        waiting = asyncio.ensure_future(ask.ended(workspace_id, job_id, within=within))
        over_by = time.monotonic() + within.total_seconds()
        try:
            await reading.take_up()
            if after == START:
                for one in first:
                    yield _frame(job_id, _OPENED, one)
            while True:
                has_ended = waiting.done()  # before the look, so that the last look sees every frame
                hint.clear()
                new = await reading.look()
                for place, one in new:
                    yield _frame(job_id, place, one)
                if has_ended:
                    break
                if not new:
                    await _either(hint, waiting)
                    yield None
            try:
                job = waiting.result()
            except (Unavailable, *db.OUTAGES) as error:
                logger.warning("relay.cut", job_id=job_id, error=type(error).__name__)
                return  # the client takes up again, and is told then
            if job is None and time.monotonic() < over_by:
                return  # this process stops: the client takes up again elsewhere
            job = job or await ask.give_up(workspace_id, job_id)
            is_over = True
            for place, one, is_last in reading.rest(rest, job):
                yield _frame(job_id, place, one, last=is_last)
        finally:
            waiting.cancel()
            if not is_over and not waiting.done():
                reading.leave(workspace_id)


class _Reading:
    """What one reader has: the frames of the first attempt that it saw, without a gap."""

    def __init__(self, job_id: str, after: str) -> None:
        self._job_id = job_id
        self._after = after
        self._told: list[Frame] = []
        self._token: int | None = None
        self._place = frames.FIRST
        self._has_gap = False
        self._is_behind = "-" in after
        self._id = uuid4().hex
        self._pipe = _pipe(asyncio.get_running_loop())

    async def take_up(self) -> None:
        """From now on this is the job's reader."""
        try:
            await frames.take_up(self._pipe, self._job_id, self._id)
        except OUTAGES as error:
            logger.warning("relay.without_redis", error=type(error).__name__)

    async def look(self) -> list[tuple[str, Frame]]:
        """The frames that came since the last look; those up to where a client takes up are only noted."""
        new: list[tuple[str, Frame]] = []
        is_live = self._after[:1] not in ("~", "!")
        while not self._has_gap:
            try:
                found = await frames.read(self._pipe, self._job_id, self._place)
            except OUTAGES:
                break  # no view meanwhile; the end tells what is missing
            for place, entry in found:
                self._place = place
                if self._token is None:
                    self._token = entry.token
                if entry.token != self._token:
                    continue
                if entry.number != len(self._told):
                    self._has_gap = True
                    break
                self._told.append(entry.frame)
                if is_live and not self._is_behind:
                    new.append((place, entry.frame))
                elif place == self._after:
                    self._is_behind = False
            if len(found) < frames.READ_AT_ONCE:
                break
        return new

    def rest(self, rest: Rest, job: Job) -> Iterator[tuple[str, Frame, bool]]:
        """The frames that end the stream, each with its place and whether it is the last."""
        mark, _, number = self._after.partition(".")
        known = f"~{len(self._told)}"
        starts_over = self._is_behind or (mark[:1] in ("~", "!") and mark != known)
        ending = list(rest(job, None if starts_over else self._told))
        skipped = int(number) + 1 if mark == known else 0
        for place, one in enumerate(ending[skipped:], skipped):
            yield f"{'!0' if starts_over else known}.{place}", one, place == len(ending) - 1

    def leave(self, workspace_id: str) -> None:
        """The client has left: the job is cancelled unless another reader has taken up."""
        task = asyncio.get_running_loop().create_task(self._leave(workspace_id))
        _leaving.add(task)
        task.add_done_callback(_leaving.discard)

    async def _leave(self, workspace_id: str) -> None:
        try:
            is_last = await frames.is_last(self._pipe, self._job_id, self._id)
        except OUTAGES:
            return  # nobody knows who reads now; the job runs to its end
        if is_last:
            ask.leave(workspace_id, self._job_id)


async def _either(hint: asyncio.Event, waiting: asyncio.Future[Any]) -> None:
    """Until there may be new frames, the job is over, or a moment has passed."""
    hinted = asyncio.ensure_future(hint.wait())
    try:
        await asyncio.wait((hinted, waiting), timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hinted.cancel()


def _frame(job_id: str, place: str, one: Frame, *, last: bool = False) -> stream.Frame:
    return stream.frame(f"{job_id}:{place}", None, one, last=last)


_leaving: set[asyncio.Task[None]] = set()
_hints: dict[str, set[asyncio.Event]] = {}
_hearing: tuple[asyncio.AbstractEventLoop, asyncio.Task[None], Pipe] | None = None


def _pipe(loop: asyncio.AbstractEventLoop) -> Pipe:
    """This event loop's connection for reading; the first use begins to hear hints."""
    global _hearing
    if _hearing is None or _hearing[0] is not loop:
        _hearing = (loop, loop.create_task(redis.hear(frames.channel(), _hint)), Pipe())
    return _hearing[2]


def stop() -> None:
    """Hear no more; the process stops."""
    if _hearing is not None:
        _hearing[1].cancel()
        _hearing[2].close()


def _hint(job_id: str) -> None:
    for hint in _hints.get(job_id, ()):
        hint.set()


@contextmanager
def _heard(job_id: str) -> Iterator[asyncio.Event]:
    hint = asyncio.Event()
    _hints.setdefault(job_id, set()).add(hint)
    try:
        yield hint
    finally:
        _hints[job_id].discard(hint)
        if not _hints[job_id]:
            del _hints[job_id]
