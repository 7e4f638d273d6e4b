"""Events: a job's stream and its pages, the workspace's feed."""

from __future__ import annotations

import json
import threading

import requests

from tests.kit.eventually import eventually
from tests.kit.settled import settled

FAN_OUT = {"pipeline": "diagnostics.fan_out", "input": {"value": 1}}
LATER = {"pipeline": "diagnostics.echo", "run_at": "2027-01-01T00:00:00Z"}
STREAM = {"Accept": "text/event-stream"}


def frames(answer):
    """The events of a stream until it ends: (id, event, data)."""
    found, frame = [], {}
    for line in answer.iter_lines(decode_unicode=True):
        if line:
            name, _, value = line.partition(": ")
            frame[name] = value
        elif "data" in frame:
            found.append((frame["id"], frame["event"], json.loads(frame["data"])))
            frame = {}
    return found


def stream(client, job_id, **headers):
    return client.get(f"/v1/jobs/{job_id}/events", headers={**STREAM, **headers}, stream=True)


def test_a_stream_tells_the_whole_life_of_a_job_and_ends_with_it(mine):
    job_id = mine.post("/v1/jobs", FAN_OUT).json()["job_id"]

    with stream(mine, job_id) as answer:
        found = frames(answer)

    assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    kinds = [kind for _, kind, _ in found]
    assert kinds[0] == "job.created"
    assert kinds[-1] == "job.completed"
    assert kinds.count("stage.completed") == 3
    assert all(data["id"] == place and data["job_id"] == job_id for place, _, data in found)


def test_a_stream_is_taken_up_again_after_the_last_event_that_came(mine):
    job_id = mine.post("/v1/jobs", FAN_OUT).json()["job_id"]
    with stream(mine, job_id) as answer:
        whole = frames(answer)

    with stream(mine, job_id, **{"Last-Event-ID": whole[1][0]}) as answer:
        rest = frames(answer)
    over = stream(mine, job_id, **{"Last-Event-ID": whole[-1][0]})

    assert rest == whole[2:]
    assert over.status_code == 204


def test_a_stream_hears_of_what_happens_while_it_is_open(mine):
    job_id = mine.post("/v1/jobs", LATER).json()["job_id"]

    with stream(mine, job_id) as answer:
        lines = answer.iter_lines(decode_unicode=True)
        assert "event: job.created" in (next(lines), next(lines), next(lines), next(lines))
        mine.post(f"/v1/jobs/{job_id}/cancel")
        assert any(line == "event: job.cancelled" for line in lines)


def test_a_page_of_a_job_s_events_is_json(mine):
    job_id = mine.post("/v1/jobs", FAN_OUT).json()["job_id"]
    mine.get(f"/v1/jobs/{job_id}?wait=20")

    def whole():
        page = mine.get(f"/v1/jobs/{job_id}/events").json()
        assert page["events"][-1]["type"] == "job.completed"
        return page

    page = eventually(whole)
    first = mine.get(f"/v1/jobs/{job_id}/events?limit=2").json()
    rest = mine.get(f"/v1/jobs/{job_id}/events?after={first['next_cursor']}").json()

    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert first["events"] + rest["events"] == page["events"]


def test_the_feed_gives_each_event_once_and_in_order(mine, theirs):
    settled()
    before = mine.get("/v1/events").json()["next_cursor"]
    made = [mine.post("/v1/jobs", FAN_OUT).json()["job_id"] for _ in range(5)]
    theirs.post("/v1/jobs", FAN_OUT)
    for job_id in made:
        mine.get(f"/v1/jobs/{job_id}?wait=20")

    def read():
        found, cursor = [], before
        while True:
            page = mine.get(f"/v1/events?limit=3&after={cursor}").json()
            found += page["events"]
            cursor = page["next_cursor"]
            if not page["has_more"]:
                assert [one["type"] for one in found].count("job.completed") == 5
                return found

    found = eventually(read)
    assert len({one["id"] for one in found}) == len(found)
    assert {one["job_id"] for one in found} == set(made)


def test_a_feed_that_has_been_read_gives_a_cursor_to_go_on_with(mine):
    (joined,) = eventually(lambda: mine.get("/v1/events").json()["events"])

    page = mine.get(f"/v1/events?after={joined['id']}").json()

    assert joined["type"] == "user.created"
    assert page == {"events": [], "next_cursor": joined["id"], "has_more": False}
    assert mine.get(f"/v1/events?after={page['next_cursor']}").status_code == 200


def test_a_wait_is_answered_when_the_job_ends(mine):
    job_id = mine.post("/v1/jobs", LATER).json()["job_id"]
    told: list[requests.Response] = []
    waiter = threading.Thread(target=lambda: told.append(mine.get(f"/v1/jobs/{job_id}?wait=30")))
    waiter.start()

    mine.post(f"/v1/jobs/{job_id}/cancel")
    waiter.join(10)

    assert told[0].json()["status"] == "cancelled"
