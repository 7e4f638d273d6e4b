"""Open streams: how many, for how long, and for whom."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack

import psutil
import requests

from tests.kit.eventually import eventually

STACK_SETTINGS = {
    "MILLRACE_SERVER__MAX_STREAMS": "3",
    "MILLRACE_ACCOUNTS__KEY_CACHE_SECONDS": "0.1",
}
LATER = {"pipeline": "diagnostics.echo", "run_at": "2027-01-01T00:00:00Z"}
STREAM = {"Accept": "text/event-stream"}


def test_beyond_the_cap_a_stream_is_refused_and_a_closed_one_makes_room(mine):
    path = f"/v1/jobs/{mine.post('/v1/jobs', LATER).json()['job_id']}/events"
    with ExitStack() as held:
        for _ in range(3):
            open_one = held.enter_context(mine.get(path, headers=STREAM, stream=True))
            assert next(open_one.iter_lines()) == b"retry: 2000"

        refused = mine.get(path, headers=STREAM)

        assert refused.status_code == 503
        assert refused.json()["error"]["code"] == "too_many_streams"
        assert int(refused.headers["Retry-After"]) >= 1

    def has_room():
        with mine.get(path, headers=STREAM, stream=True) as answer:
            return answer.status_code == 200

    eventually(has_room, within_s=20)


def test_a_sign_out_ends_an_idle_stream_within_seconds(api, owner):
    person = api.with_key(owner.token)
    path = f"/v1/jobs/{person.post('/v1/jobs', LATER).json()['job_id']}/events"

    def opened():  # streams of the test before may still be ending
        answer = person.get(path, headers=STREAM, stream=True)
        return answer if answer.status_code == 200 else answer.close()

    with eventually(opened, within_s=20) as answer:
        lines = answer.iter_lines()
        assert next(lines) == b"retry: 2000"
        assert api.with_key(owner.token).post("/api/auth/logout").status_code == 200
        began = time.monotonic()
        told = list(lines)  # until the server ends it; the job itself begins next year

    assert b"event: job.completed" not in told
    assert time.monotonic() - began < 5


def test_a_stop_waits_neither_for_streams_nor_for_long_polls(mine, stack):
    path = f"/v1/jobs/{mine.post('/v1/jobs', LATER).json()['job_id']}"
    polled: list[requests.Response] = []
    poll = threading.Thread(target=lambda: polled.append(mine.get(f"{path}?wait=30")))

    with mine.get(f"{path}/events", headers=STREAM, stream=True) as answer:
        lines = answer.iter_lines()
        assert next(lines) == b"retry: 2000"
        poll.start()
        eventually(lambda: len(psutil.Process(stack.api.family()[0].pid).net_connections()) >= 3)
        started = time.monotonic()
        stack.api.stop()
        took = time.monotonic() - started
        assert b"event: job.completed" not in list(lines)
    poll.join(10)

    assert took < 4
    assert polled[0].json()["status"] == "processing"
    stack.api.start()
    stack.wait_healthy()
