"""Workers die while they deliver: nothing is lost, and what comes twice comes under the same id."""

from __future__ import annotations

import pytest

from store.kit import db
from tests.kit.eventually import eventually
from tests.kit.fleet import fleet_on
from tests.kit.receivers import emit, endpoint

MANY = 300


def test_a_worker_killed_in_the_middle_of_deliveries_loses_none(empty_store, owner, receiver):
    receiver.latency = 0.01
    endpoint(owner.workspace.id, receiver.url)
    with fleet_on(empty_store, {}) as fleet:
        keeper = fleet.worker(lanes=("hooks",), threads=1, module="workers.main")
        for number in range(MANY):
            emit(owner.workspace.id, current_balance=number, threshold=100)
        for killed in (40, 120):
            eventually(lambda wanted=killed: len(receiver.hits) >= wanted, within_s=20)
            (child,) = fleet.children(keeper)
            child.kill()
            fleet.wait_working(keeper, 2 if killed == 40 else 3)
        eventually(
            lambda: db.row("SELECT count(*) FROM webhook_delivery WHERE state = 'delivered'") == (MANY,), within_s=30
        )

    told = {hit["data"]["current_balance"] for hit in receiver.bodies()}
    assert told == set(range(MANY))
    assert len(set(receiver.ids())) == MANY
    assert len(receiver.hits) <= MANY + 2 * 8, "twice is only what was open when the worker died"


@pytest.mark.long
def test_a_worker_that_is_asked_to_stop_ends_what_is_open_and_loses_none(empty_store, owner, receiver):
    receiver.latency = 0.05
    endpoint(owner.workspace.id, receiver.url)
    with fleet_on(empty_store, {}) as fleet:
        first = fleet.worker(lanes=("hooks",), threads=1, module="workers.main")
        for number in range(60):
            emit(owner.workspace.id, current_balance=number, threshold=100)
        eventually(lambda: len(receiver.hits) >= 10, within_s=20)
        first.stop()
        fleet.worker(lanes=("hooks",), threads=1, module="workers.main")
        eventually(
            lambda: db.row("SELECT count(*) FROM webhook_delivery WHERE state = 'delivered'") == (60,), within_s=20
        )

    assert len(receiver.hits) == len(set(receiver.ids())) == 60


def test_an_outage_of_postgres_in_the_middle_loses_no_delivery(own_stack, receiver):
    receiver.latency = 0.02
    client = own_stack.client()
    client.register("ada@example.com")
    client.login("ada@example.com")
    made = client.post("/v1/webhooks", {"url": receiver.url, "events": ["job.completed"]})
    assert made.status_code == 201, made.text
    jobs = {client.post("/v1/jobs", {"pipeline": "diagnostics.echo"}).json()["job_id"] for _ in range(60)}

    eventually(lambda: len(receiver.hits) > 5, within_s=20)
    own_stack.postgres.kill()
    own_stack.postgres.start()

    eventually(lambda: {body["data"]["job_id"] for body in receiver.bodies()} == jobs, within_s=30)
    assert len(set(receiver.ids())) == len(jobs)
