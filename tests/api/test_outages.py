"""Postgres away: 503 with Retry-After in the surface's shape, and back without a restart. Redis away: still 202."""

from __future__ import annotations

import time

import pytest

from store.accounts import keys, users, workspaces
from store.kit.db import database, transaction
from store.kit.settings import settings
from tests.kit.eventually import eventually

ECHO = {"pipeline": "diagnostics.echo", "input": {"value": 1}}


@pytest.fixture
def key(own_stack, monkeypatch):
    """A secret key in the private stack's database."""
    for name, value in own_stack.env.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    database.close()
    with transaction():
        user = users.create(email="a@example.com", name="A", password_hash=None)
        workspace = workspaces.create(name="A", owner_id=user.id)
    text = keys.create(workspace.id, name="k").text
    database.close()
    yield text
    monkeypatch.undo()
    settings.cache_clear()
    database.close()


def test_an_outage_of_postgres_is_told_and_survived(own_stack, key):
    api, mine = own_stack.client(), own_stack.client().with_key(key)
    job_id = mine.post("/v1/jobs", ECHO).json()["job_id"]
    assert mine.get(f"/v1/jobs/{job_id}?wait=20").json()["status"] == "completed"

    own_stack.postgres.kill()
    answers = [mine.post("/v1/jobs", ECHO), mine.get("/v1/jobs"), mine.get(f"/v1/jobs/{job_id}"), api.get("/health")]

    assert [answer.status_code for answer in answers] == [503] * 4
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in answers)
    assert {answer.json()["error"]["code"] for answer in answers[:3]} == {"service_unavailable"}
    assert answers[3].json()["postgres"] == "unreachable"

    own_stack.postgres.start()
    again = eventually(lambda: submitted(mine), within_s=20)
    assert mine.get(f"/v1/jobs/{again}?wait=20").json()["status"] == "completed"


def test_without_redis_a_submit_is_accepted_and_runs_when_it_is_back(own_stack, key):
    mine = own_stack.client().with_key(key)
    assert mine.post("/v1/jobs", ECHO).status_code == 202

    own_stack.valkey.kill()
    accepted = mine.post("/v1/jobs", ECHO)

    assert accepted.status_code == 202
    killed_at = time.monotonic()
    # Long enough that every consumer has tried in vain: none may keep the places that it took for the try.
    eventually(lambda: time.monotonic() - killed_at > 1.5)
    own_stack.valkey.start()
    job_id = accepted.json()["job_id"]

    def is_completed():
        why = mine.get(f"/v1/jobs/{job_id}/why").json()
        assert why["state"] == "completed", f"{why}\n{own_stack.output()}"
        return True

    eventually(is_completed, within_s=30)


def submitted(client):
    answer = client.post("/v1/jobs", ECHO)
    assert answer.status_code == 202, answer.text
    return answer.json()["job_id"]
