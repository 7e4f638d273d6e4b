"""An endpoint's record: what its answers make of its pace, its breaker, and of whether it is kept at all."""

from __future__ import annotations

from datetime import timedelta

from store.kit import db
from tests.kit.eventually import eventually
from tests.kit.receivers import Receiver, deliveries, delivering, emit, endpoint, state_of

QUICK = "[0, 0, 0, 0, 0]"


def test_a_receiver_that_asks_for_rest_gets_it(empty_store, owner, receiver, move_clock):
    made = endpoint(owner.workspace.id, receiver.url)
    receiver.answers = [(429, {"Retry-After": "1200"})]

    with delivering():
        emit(owner.workspace.id)
        eventually(lambda: [row[:2] for row in deliveries()] == [("pending", 1)])
        for _ in range(20):
            emit(owner.workspace.id)
        eventually(lambda: len(deliveries()) == 21)
        assert state_of(made.endpoint.id)["in_flight"] == 1
        move_clock(timedelta(seconds=1100))
        emit(owner.workspace.id)
        eventually(lambda: len(deliveries()) == 22)
        assert len(receiver.hits) == 1, "others wait as well, without burning attempts"
        move_clock(timedelta(seconds=400))
        eventually(lambda: [row[0] for row in deliveries()] == ["delivered"] * 22, within_s=10)


def test_a_breaker_opens_probes_and_closes_without_burning_attempts(
    empty_store, owner, receiver, configured, move_clock
):
    configured(breaker_failures=3, breaker_seconds=30, max_in_flight=1)
    made = endpoint(owner.workspace.id, receiver.url)
    receiver.status = 500
    for _ in range(20):
        emit(owner.workspace.id)

    with delivering():
        eventually(lambda: state_of(made.endpoint.id)["breaker"] == "open")
        assert sum(attempts for _, attempts, _ in deliveries()) == len(receiver.hits) == 3
        move_clock(timedelta(seconds=31))
        eventually(lambda: len(receiver.hits) == 4)
        eventually(lambda: state_of(made.endpoint.id)["breaker"] == "open")
        move_clock(timedelta(seconds=31))
        eventually(lambda: state_of(made.endpoint.id)["turn_by"] is None)
        assert len(receiver.hits) == 4, "the second pause is twice the first"
        receiver.status = 200
        move_clock(timedelta(seconds=40))
        eventually(lambda: state_of(made.endpoint.id)["breaker"] == "closed")
        move_clock(timedelta(seconds=400))
        eventually(lambda: [row[0] for row in deliveries()] == ["delivered"] * 20, within_s=10)

    assert len(receiver.hits) == 3 + 1 + 20


def test_410_ends_it_at_once_and_the_owner_is_told(empty_store, owner, receiver):
    made = endpoint(owner.workspace.id, receiver.url)
    with Receiver() as other:
        endpoint(owner.workspace.id, other.url, "webhook.disabled")
        receiver.status = 410

        with delivering():
            emit(owner.workspace.id)
            eventually(lambda: other.hits)

        (told,) = other.bodies()
        assert told["event"] == "webhook.disabled"
        assert told["data"] == {"webhook_id": made.endpoint.id, "reason": "gone"}
    state = state_of(made.endpoint.id)
    assert (state["is_active"], state["reason"]) == (False, "gone")
    (mail,) = db.rows("SELECT input->>'to', input->'words'->>'webhook_id' FROM job WHERE pipeline = 'mail'")
    assert mail == (owner.user.email, made.endpoint.id)
    assert len(receiver.hits) == 1


def test_an_endpoint_that_only_failed_for_days_is_given_up_but_not_after_few_attempts(
    empty_store, owner, receiver, configured, move_clock
):
    configured(disable_attempts=3, disable_days=5, breaker_failures=100, schedule_seconds="[0]")
    made = endpoint(owner.workspace.id, receiver.url)
    receiver.status = 500

    with delivering():
        emit(owner.workspace.id)
        eventually(lambda: deliveries() == [("failed", 1, "status 500")])
        move_clock(timedelta(days=6))
        emit(owner.workspace.id)
        eventually(lambda: [row[0] for row in deliveries()] == ["failed"] * 2)
        eventually(lambda: state_of(made.endpoint.id)["turn_by"] is None)
        assert state_of(made.endpoint.id)["is_active"]
        emit(owner.workspace.id)
        eventually(lambda: not state_of(made.endpoint.id)["is_active"])

    assert state_of(made.endpoint.id)["reason"] == "failing"
    assert len(receiver.hits) == 3


def test_one_success_forgives_all_failures(empty_store, owner, receiver, configured, move_clock):
    configured(disable_attempts=2, disable_days=1, breaker_failures=100, schedule_seconds=QUICK)
    made = endpoint(owner.workspace.id, receiver.url)
    receiver.answers = [500, 200]

    with delivering():
        emit(owner.workspace.id)
        eventually(lambda: deliveries() == [("delivered", 2, None)])
        move_clock(timedelta(days=3))
        receiver.answers = [500, 500, 200]
        emit(owner.workspace.id)
        eventually(lambda: deliveries()[1:] == [("delivered", 3, None)])

    assert state_of(made.endpoint.id)["is_active"]
