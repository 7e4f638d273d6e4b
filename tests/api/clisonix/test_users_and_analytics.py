"""/v1/users/me and /v1/analytics/summary as Clisonix documents them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from store.kit.clock import utc_now
from store.usage import queries
from store.usage.queries import Counted
from tests.kit.eventually import eventually

STACK_SETTINGS = {
    "MILLRACE_LIMITS__ENABLED": "true",
    "MILLRACE_LIMITS__SURFACES": '{"clisonix": {"plans": {"free": {"day": 3}, "pro": {}}}}',
}


@pytest.fixture
def person(api, make):
    return make.person(plan="pro")


@pytest.fixture
def mine(api, person):
    return api.with_key(person.token)


def hour(moment, workspace_id, *, caller="user_1", requests=1, failed=0, milliseconds=0.0):
    return Counted(
        workspace_id=workspace_id, hour=moment, caller=caller, requests=requests, failed=failed, timed=requests,
        milliseconds=milliseconds,
    )  # fmt: skip


def february(day, at=0):
    return datetime(2026, 2, day, at, tzinfo=UTC)


def test_a_person_reads_and_changes_their_profile_and_the_log_tells(mine, person):
    before = mine.get("/v1/users/me").json()

    after = mine.patch("/v1/users/me", {"name": " New Name ", "avatar_url": "https://example.com/me.png"}).json()
    later = mine.patch("/v1/users/me", {"avatar_url": None, "role": "owner"}).json()

    assert before["success"] is True
    assert before["data"] == {
        "id": person.user.id, "email": person.user.email, "name": "Ada Test", "avatar_url": None, "role": "admin",
        "plan": "pro", "created_at": before["data"]["created_at"],
    }  # fmt: skip
    assert after["data"] == {**before["data"], "name": "New Name", "avatar_url": "https://example.com/me.png"}
    assert later["data"] == {**after["data"], "avatar_url": None}
    told = eventually(
        lambda: [e["data"] for e in mine.get("/v1/events").json()["events"] if e["type"] == "user.updated"]
    )
    assert told[0] == {"user_id": person.user.id, "email": person.user.email}


def test_a_key_reads_the_profile_of_whoever_stands_behind_it(api, make, person):
    with_key = api.with_key(make.key(person.workspace))

    assert with_key.get("/v1/users/me").json()["data"]["id"] == person.user.id


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"avatar_url": "javascript:alert(1)"}, "avatar_url"),
        ({"avatar_url": "https://x/\r\nX: y"}, "avatar_url"),
        ({"avatar_url": "https://example.com/a.png\n"}, "avatar_url"),
    ],
)
def test_a_bad_profile_names_its_field_and_changes_nothing(mine, body, field):
    answer = mine.patch("/v1/users/me", body)

    assert answer.status_code == 400
    assert (answer.json()["error"]["code"], answer.json()["error"]["details"]["field"]) == ("VALIDATION_ERROR", field)
    assert mine.get("/v1/users/me").json()["data"]["name"] == "Ada Test"


def test_a_summary_adds_up_the_workspaces_own_requests(mine, person, stranger):
    place = person.workspace.id
    queries.add(
        [
            hour(february(1, 23), place, requests=10, failed=1, milliseconds=1000),
            hour(february(2, 0), place, caller="key_1", requests=20, failed=1, milliseconds=5000),
            hour(february(3, 23), place, requests=30, milliseconds=3000),
            hour(february(4, 0), place, requests=999),
            hour(february(2, 5), stranger.workspace.id, requests=999),
        ]
    )
    queries.add([hour(february(3, 23), place, requests=1, milliseconds=1000)])

    answer = mine.get("/v1/analytics/summary?from=2026-02-01&to=2026-02-03").json()

    assert answer == {
        "success": True,
        "data": {
            "total_requests": 61,
            "unique_users": 2,
            "avg_latency_ms": 164,
            "success_rate": 96.7,
            "timeline": [
                {"date": "2026-02-01", "requests": 10},
                {"date": "2026-02-02", "requests": 20},
                {"date": "2026-02-03", "requests": 31},
            ],
        },
    }


@pytest.mark.parametrize(
    ("granularity", "dates"),
    [
        ("week", ["2026-01-26", "2026-02-02"]),
        ("month", ["2026-02-01"]),
        ("hour", [f"2026-02-0{day}T{at:02}:00:00Z" for day in (1, 2, 3) for at in range(24)]),
    ],
)
def test_a_summary_comes_in_periods_of_any_length_with_the_empty_ones(mine, person, granularity, dates):
    queries.add([hour(february(2, 5), person.workspace.id, requests=7)])

    data = mine.get(f"/v1/analytics/summary?from=2026-02-01&to=2026-02-03&granularity={granularity}").json()["data"]

    assert [one["date"] for one in data["timeline"]] == dates
    assert sum(one["requests"] for one in data["timeline"]) == data["total_requests"] == 7


def test_a_moment_ends_the_range_and_nothing_asked_is_nothing_invented(mine, person):
    queries.add([hour(february(2, 5), person.workspace.id, requests=7)])

    before = mine.get("/v1/analytics/summary?from=2026-02-02T00:00:00Z&to=2026-02-02T05:00:00Z").json()["data"]
    upto = mine.get("/v1/analytics/summary?from=2026-02-02T07:00:00%2B02:00&to=2026-02-02T06:00:00Z").json()["data"]

    assert before == {
        "total_requests": 0, "unique_users": 0, "avg_latency_ms": None, "success_rate": None,
        "timeline": [{"date": "2026-02-02", "requests": 0}],
    }  # fmt: skip
    assert upto["total_requests"] == 7


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("to=2026-02-03", "from"),
        ("from=2026-02-01", "to"),
        ("from=yesterday&to=2026-02-03", "from"),
        ("from=2026-02-01&to=2026-02-30", "to"),
        ("from=2026-02-03&to=2026-02-01", "from"),
        ("from=0001-01-01&to=2026-02-01", "from"),
        ("from=2026-02-01&to=2026-02-03&granularity=minute", "granularity"),
        ("from=2020-01-01&to=2026-02-01&granularity=hour", "granularity"),
    ],
)
def test_a_range_that_is_none_names_its_field(mine, query, field):
    answer = mine.get(f"/v1/analytics/summary?{query}")

    assert answer.status_code == 400
    assert answer.json()["error"]["details"]["field"] == field


def test_requests_are_counted_as_they_are_answered(mine, person):
    today = utc_now().date()
    for _ in range(3):
        mine.get("/v1/projects")
    mine.get("/v1/projects/proj_none")

    def counted():
        span = f"from={today}&to={today + timedelta(days=1)}"
        found = mine.get(f"/v1/analytics/summary?{span}").json()["data"]
        assert found["total_requests"] >= 4
        return found

    found = eventually(counted, within_s=10)
    assert (found["unique_users"], found["success_rate"] < 100, found["avg_latency_ms"] < 2000) == (1, True, True)


def test_a_day_that_is_used_up_is_told_once(api, make):
    person = make.person(plan="free")
    mine = api.with_key(person.token)
    statuses = [mine.get("/v1/users/me").status_code for _ in range(5)]

    def told():
        return [e["data"] for e in mine.get("/v1/events").json()["events"] if e["type"] == "quota.exceeded"]

    assert statuses == [200, 200, 200, 429, 429]
    assert eventually(told, within_s=10) == [{"quota": "requests", "limit": 3, "used": 3}]
