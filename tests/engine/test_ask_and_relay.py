"""Answers that somebody waits for: submitted, waited for, streamed, taken up again, left."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Coroutine
from contextlib import aclosing, closing
from datetime import timedelta
from typing import Any

import falcon.testing
import msgspec
import pytest

from api.kit import ask, relay, tail
from api.kit.request import Request
from pipelines.engine.submit import Submission, submit_async
from store.jobs import frames, queries
from store.kit import db, redis
from store.kit.errors import InvalidInput, Unavailable, Unprocessable
from store.kit.settings import settings
from tests.engine.seen import WORKSPACE
from tests.kit.eventually import eventually

WITHIN = timedelta(seconds=20)
WORDS = [{"word": word} for word in ("We", " offer", " three")]


def wish(*do: Any) -> Submission:
    return Submission(workspace_id=WORKSPACE, pipeline="test.act", input={"name": "asked", "do": list(do)})


def play(scene: Coroutine[Any, Any, Any]) -> Any:
    """Run a scene in an event loop of its own, as an API process does."""

    async def whole() -> Any:
        try:
            async with asyncio.timeout(40):
                return await scene
        finally:
            relay.stop()
            await tail.stop()

    return asyncio.run(whole())


def rest(job: queries.Job, told: Any) -> list[dict[str, Any]]:
    """How a contract ends its stream: what is missing of the result, then a last frame."""
    has = None if told is None else [frame["word"] for frame in told]
    if has == (job.result or [])[: len(has or [])]:
        missing = [{"word": word} for word in (job.result or [])[len(has or []) :]]
    else:
        missing = [{"over": True}, *({"word": word} for word in job.result or [])]
    return [*missing, {"done": job.state}]


async def told_of(job_id: str, *, after: str = "", first: Any = ({"start": 1},), most: int = 1000) -> list[Any]:
    """(Last-Event-ID, frame) of a stream, until its end or so many."""
    request = Request(falcon.testing.create_scope(), None)
    answer = relay.answer(request, WORKSPACE, job_id, within=WITHIN, rest=rest, first=first, after=after)
    found: list[Any] = []
    async with aclosing(answer.stream) as chunks:
        async for chunk in chunks:
            if chunk.startswith(b"id: "):
                place, data = chunk.decode().strip().split("\n")
                found.append((place.removeprefix("id: "), msgspec.json.decode(data.removeprefix("data: "))))
            if len(found) >= most:
                break
    return found


def shown(told: list[Any]) -> list[Any]:
    return [frame.get("word", next(iter(frame.items()))) for _, frame in told]


def state_of(job_id: str) -> str:
    return queries.get(WORKSPACE, job_id).state


def test_an_answer_is_the_job_s_result(fleet):
    assert play(ask.answer(wish(("return", {"a": 1})), within=WITHIN)) == {"a": 1}


def test_a_failed_job_s_error_is_told_with_the_job(fleet):
    with pytest.raises(Unprocessable) as refused:
        play(ask.answer(wish(("refuse", "It is not to be had.")), within=WITHIN))

    assert (refused.value.code, refused.value.message) == ("refused", "It is not to be had.")
    assert state_of(refused.value.fields["job_id"]) == "failed"


def test_an_answer_does_not_wait_for_what_others_are_writing(fleet):
    """A document that is being indexed is one transaction of many seconds, which holds the event log back."""
    with closing(db.connect()) as other, other.cursor() as cursor:
        cursor.execute("BEGIN; SELECT pg_current_xact_id()")
        assert play(ask.answer(wish(("return", 1)), within=timedelta(seconds=5))) == 1
        cursor.execute("ROLLBACK")


def test_an_answer_that_takes_too_long_is_cancelled_and_named(fleet):
    with pytest.raises(Unavailable) as late:
        play(ask.answer(wish(("sleep", 30)), within=timedelta(seconds=0.3)))

    assert late.value.code == "answer_timed_out"
    assert state_of(late.value.fields["job_id"]) == "cancelled"


def test_an_answer_that_nobody_waits_for_any_more_is_cancelled(fleet):
    async def scene() -> None:
        asking = asyncio.create_task(ask.answer(wish(("sleep", 30)), within=WITHIN))
        await asyncio.to_thread(eventually, lambda: queries.page(WORKSPACE, limit=1, state="running"))
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await asyncio.to_thread(eventually, lambda: not queries.page(WORKSPACE, limit=1, state="running"))

    play(scene())


def test_frames_come_while_the_stage_works_and_the_end_comes_from_the_job(fleet):
    said = [frame["word"] for frame in WORDS]

    async def scene() -> list[Any]:
        steps = [step for frame in WORDS for step in (("send", [frame]), ("sleep", 0.1))]
        job = await submit_async(wish(*steps, ("return", said)))
        return await told_of(job.id)

    told = play(scene())

    assert shown(told) == [("start", 1), *said, ("done", "completed")]
    assert all(place.startswith("job_") for place, _ in told)


def test_a_frame_reaches_its_reader_within_milliseconds(fleet):
    async def scene() -> list[float]:
        job = await submit_async(
            wish(*[step for _ in range(20) for step in (("send", [{"word": ""}]), ("sleep", 0.02))])
        )
        request = Request(falcon.testing.create_scope(), None)
        answer = relay.answer(request, WORKSPACE, job.id, within=WITHIN, rest=rest)
        late = []
        async with aclosing(answer.stream) as chunks:
            async for chunk in chunks:
                if b'"at"' in chunk:
                    sent_at = msgspec.json.decode(chunk.split(b"data: ")[1])["at"]
                    late.append(time.monotonic() - sent_at)
        return late

    late = play(scene())

    print(f"relay: median {statistics.median(late) * 1000:.1f} ms, worst {max(late) * 1000:.1f} ms")
    assert len(late) == 20
    assert statistics.median(late) < 0.1


def test_a_stream_is_taken_up_again_at_any_place(fleet):
    async def scene() -> None:
        job = await submit_async(wish(("send", WORDS), ("return", ["We", " offer", " three", " plans"])))
        whole = await told_of(job.id)
        assert shown(whole) == [("start", 1), "We", " offer", " three", " plans", ("done", "completed")]
        for index, (last_seen, _) in enumerate(whole):
            known = relay.resumed(last_seen)
            assert known is not None
            assert known[0] == job.id
            assert await told_of(job.id, after=known[1]) == whole[index + 1 :]

    play(scene())


def test_a_reader_whose_place_is_gone_starts_over(fleet):
    async def scene() -> None:
        job = await submit_async(wish(("send", WORDS), ("return", ["We", " offer", " three"])))
        whole = await told_of(job.id)
        await asyncio.to_thread(redis.client().delete, frames._stream(job.id))
        for last_seen, _ in whole[1:]:
            _, place = relay.resumed(last_seen) or ("", "")
            again = await told_of(job.id, after=place)
            assert shown(again) == [("over", True), "We", " offer", " three", ("done", "completed")]

    play(scene())


def test_when_the_worker_dies_the_answer_of_the_next_attempt_comes_whole(fleet):
    async def scene() -> list[Any]:
        job = await submit_async(wish(("send", WORDS[:2]), ("die", 1), ("send", WORDS), ("return", ["No", "ne"])))
        return await told_of(job.id)

    assert shown(play(scene())) == [("start", 1), "We", " offer", ("over", True), "No", "ne", ("done", "completed")]


def test_without_redis_the_answer_comes_whole_at_the_end(fleet, monkeypatch):
    async def scene() -> list[Any]:
        job = await submit_async(wish(("send", WORDS), ("sleep", 0.3), ("return", ["We", " offer"])))
        monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
        settings.cache_clear()
        return await told_of(job.id)

    try:
        told = play(scene())
    finally:
        monkeypatch.undo()
        settings.cache_clear()

    assert shown(told) == [("start", 1), "We", " offer", ("done", "completed")]


def test_when_the_last_reader_leaves_the_job_is_cancelled(fleet):
    async def scene() -> None:
        job = await submit_async(wish(("send", WORDS), ("sleep", 30)))
        await told_of(job.id, most=2)
        await asyncio.to_thread(eventually, lambda: state_of(job.id) == "cancelled")

    play(scene())


def test_when_another_reader_has_taken_up_the_job_goes_on(fleet):
    async def scene() -> list[Any]:
        job = await submit_async(wish(("send", WORDS[:1]), ("sleep", 1), ("return", ["We"])))
        request = Request(falcon.testing.create_scope(), None)
        lost = relay.answer(request, WORKSPACE, job.id, within=WITHIN, rest=rest, first=[{"start": 1}])
        async with aclosing(lost.stream) as chunks:
            seen = [await anext(chunks), await anext(chunks), await anext(chunks)]
            _, place = relay.resumed(seen[-1].decode().split("\n")[0].removeprefix("id: ")) or ("", "")
            taken_up = asyncio.create_task(told_of(job.id, after=place))
            await asyncio.to_thread(eventually, lambda: len(relay._hints.get(job.id, ())) == 2)
        return await taken_up

    assert shown(play(scene())) == [("done", "completed")]


@pytest.mark.parametrize("text", ["1-0", "job_x:1-0", "job_00000000000000000000000001:1;0"])
def test_a_place_that_was_not_given_out_is_refused(text):
    with pytest.raises(InvalidInput):
        relay.resumed(text)
