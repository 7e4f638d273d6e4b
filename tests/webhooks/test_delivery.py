"""Deliveries on their way: contents, order, retries, rotation, receivers that misbehave."""

from __future__ import annotations

import hashlib
import hmac
import socket
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from pipelines.webhooks import management
from store.kit import db
from store.kit.clock import utc_now
from store.webhooks import ledger
from tests.kit.eventually import eventually
from tests.kit.fake_web import drips, sends_for_ever, stays_silent
from tests.kit.receivers import Receiver, deliveries, delivering, emit, endpoint, key_bytes, signatures

QUICK = "[0, 0, 0, 0, 0]"


def hangs_up(request):
    request.connection.shutdown(socket.SHUT_RDWR)


def test_a_line_of_the_log_arrives_as_the_contract_says(empty_store, owner, receiver):
    made = endpoint(owner.workspace.id, receiver.url, "credits.low", secret="your_webhook_secret")

    with delivering():
        emit(owner.workspace.id, current_balance=50, threshold=100, internal="not for them")
        eventually(lambda: deliveries() == [("delivered", 1, None)])

    (hit,) = receiver.hits
    (body,) = receiver.bodies()
    assert list(body) == ["event", "timestamp", "data"]
    assert body["event"] == "credits.low"
    assert body["data"] == {"current_balance": 50, "threshold": 100}
    assert hit.headers["content-type"] == "application/json"
    signature = hmac.new(b"your_webhook_secret", hit.body, hashlib.sha256).hexdigest()
    assert hit.headers["x-craudioviz-signature"] == signature
    assert Webhook(made.secret.encode()).verify(hit.body, dict(hit.headers)) == body


def test_each_line_is_fed_once_however_many_read_the_log(empty_store, owner, receiver):
    endpoint(owner.workspace.id, receiver.url)

    with delivering(), delivering(), delivering():
        for number in range(200):
            emit(owner.workspace.id, current_balance=number, threshold=100)
        eventually(lambda: len(receiver.hits) >= 200, within_s=15)
        eventually(lambda: [row[0] for row in deliveries()] == ["delivered"] * 200)

    assert sorted(body["data"]["current_balance"] for body in receiver.bodies()) == list(range(200))
    assert len(set(receiver.ids())) == 200


def test_deliveries_of_one_at_a_time_keep_the_order_of_the_log(empty_store, owner, receiver, configured):
    configured(max_in_flight=1)
    endpoint(owner.workspace.id, receiver.url)
    for number in range(50):
        emit(owner.workspace.id, current_balance=number, threshold=100)

    with delivering():
        eventually(lambda: len(receiver.hits) == 50, within_s=10)

    assert [body["data"]["current_balance"] for body in receiver.bodies()] == list(range(50))


def test_only_those_who_asked_are_told_and_only_of_their_own(empty_store, owner, stranger, receiver):
    with Receiver() as other:
        endpoint(owner.workspace.id, receiver.url, "credits.low")
        endpoint(owner.workspace.id, other.url, "job.failed")
        endpoint(stranger.workspace.id, other.url, "credits.low")

        with delivering():
            emit(owner.workspace.id, current_balance=1, threshold=2)
            eventually(lambda: deliveries() == [("delivered", 1, None)])

        assert len(receiver.hits) == 1
        assert not other.hits


def test_a_failed_delivery_is_tried_again_under_its_id_until_it_arrives(empty_store, owner, receiver, configured):
    configured(schedule_seconds=QUICK)
    endpoint(owner.workspace.id, receiver.url)
    receiver.answers = [500, (302, {"Location": "https://example.com/", "Connection": "close"}), hangs_up]

    with delivering():
        emit(owner.workspace.id)
        eventually(lambda: deliveries() == [("delivered", 4, None)], within_s=10)

    assert len(set(receiver.ids())) == 1
    assert [hit.headers["x-millrace-attempt"] for hit in receiver.hits] == ["1", "2", "3", "4"]
    attempts = db.rows("SELECT number, status, error FROM webhook_attempt ORDER BY id")
    assert attempts == [(1, 500, None), (2, 302, None), (3, None, "connection_lost"), (4, 200, None)]


def test_the_schedule_s_pauses_are_kept(empty_store, owner, receiver, move_clock):
    endpoint(owner.workspace.id, receiver.url)
    receiver.status = 500

    with delivering():
        emit(owner.workspace.id)
        for attempts, pause in ((1, 5), (2, 300), (3, 1800)):
            eventually(lambda wanted=attempts: deliveries() == [("pending", wanted, None)])
            (after,) = db.row("SELECT extract(epoch FROM next_at - (SELECT max(at) FROM webhook_attempt))"
                              " FROM webhook_delivery")  # fmt: skip
            assert pause <= after <= pause * 1.2 + 1
            move_clock(timedelta(seconds=pause * 1.2 + 1))
        eventually(lambda: len(receiver.hits) == 4)


def test_a_delivery_fails_for_good_at_the_end_of_the_schedule(empty_store, owner, receiver, configured):
    configured(schedule_seconds="[0, 0, 0]")
    made = endpoint(owner.workspace.id, receiver.url)
    receiver.status = 503

    with delivering():
        emit(owner.workspace.id)
        eventually(lambda: deliveries() == [("failed", 3, "status 503")])
        receiver.status = 200
        (delivery_id,) = db.row("SELECT id FROM webhook_delivery")
        management.resend(owner.workspace.id, "craudioviz", made.endpoint.id, delivery_id)
        eventually(lambda: deliveries() == [("delivered", 4, None)])

    assert len(set(receiver.ids())) == 1


def test_during_a_rotation_both_secrets_sign_and_then_only_the_new_one(empty_store, owner, receiver, move_clock):
    made = endpoint(owner.workspace.id, receiver.url)
    again = management.rotate(
        owner.workspace.id, "craudioviz", made.endpoint.id, secret=None, overlap=timedelta(hours=1)
    )

    with delivering():
        emit(owner.workspace.id)
        eventually(lambda: len(receiver.hits) == 1)
        move_clock(timedelta(hours=1, seconds=1))
        emit(owner.workspace.id)
        eventually(lambda: len(receiver.hits) == 2)

    during, after = receiver.hits
    assert [len(signatures(hit)) for hit in (during, after)] == [2, 1]
    for secret in (made.secret, again.secret):
        Webhook(secret).verify(during.body, dict(during.headers))
        assert len(key_bytes(secret)) == 32
    old = hmac.new(made.secret.encode(), during.body, hashlib.sha256).hexdigest()
    assert during.headers["x-craudioviz-signature-previous"] == old
    assert (
        after.headers["x-craudioviz-signature"]
        == hmac.new(again.secret.encode(), after.body, hashlib.sha256).hexdigest()
    )
    when = datetime.fromtimestamp(int(after.headers["webhook-timestamp"]), UTC)
    foreign = [
        Webhook(one).sign(after.headers["webhook-id"], when, after.body.decode()) for one in (again.secret, made.secret)
    ]
    assert signatures(after) == foreign[:1]


@pytest.mark.parametrize("misbehaves", [drips, stays_silent], ids=["drips", "stays_silent"])
def test_a_receiver_that_never_ends_its_answer_costs_its_deadline_and_nothing_more(
    empty_store, owner, receiver, configured, misbehaves
):
    configured(timeout_seconds=0.5, slow_seconds=60)
    endpoint(owner.workspace.id, receiver.url)
    receiver.answers = [misbehaves]

    with delivering():
        emit(owner.workspace.id)
        eventually(lambda: [row[:2] for row in deliveries()] == [("pending", 1)])

    error, took = db.row("SELECT error, duration_ms FROM webhook_attempt")
    assert error == "timeout"
    assert 450 <= took < 2000


def test_of_a_huge_answer_only_the_beginning_is_read(empty_store, owner, receiver):
    endpoint(owner.workspace.id, receiver.url)
    receiver.answers = [sends_for_ever]

    with delivering():
        emit(owner.workspace.id)
        eventually(lambda: deliveries() == [("delivered", 1, None)])

    (kept,) = db.row("SELECT length(response) FROM webhook_attempt")
    assert kept == 1024


def test_a_slow_receiver_holds_up_nobody(empty_store, make, receiver, configured):
    configured(timeout_seconds=10)
    with Receiver() as hanging:
        hanging.fallback = stays_silent
        for number in range(40):
            owner = make.person()
            endpoint(owner.workspace.id, (hanging if number < 20 else receiver).url)
            for _ in range(5):
                emit(owner.workspace.id)

        with delivering() as running:
            eventually(lambda: len(receiver.hits) == 100, within_s=8)
            eventually(lambda: sum(row[0] == "delivered" for row in deliveries()) == 100)
            hanging.stopping.set()
            del running


def test_a_line_that_makes_no_sense_holds_up_none_that_follow(empty_store, owner, receiver):
    endpoint(owner.workspace.id, receiver.url, "job.failed", "credits.low")

    with delivering():
        emit(owner.workspace.id, "job.failed", error="not what an error looks like")
        emit(owner.workspace.id, current_balance=1, threshold=2)
        eventually(lambda: receiver.hits)

    (body,) = receiver.bodies()
    assert body["event"] == "credits.low"


def test_what_is_older_than_the_log_is_cleared_away(empty_store, owner, receiver):
    endpoint(owner.workspace.id, receiver.url)
    with delivering():
        emit(owner.workspace.id)
        eventually(lambda: deliveries() == [("delivered", 1, None)])

    keep = timedelta(days=30)
    with db.plain_cursor() as cursor:
        early = ledger.prune(cursor, now=utc_now() + timedelta(days=29), keep=keep)
        late = ledger.prune(cursor, now=utc_now() + timedelta(days=31), keep=keep)

    assert (early, late) == (0, 1)
    assert db.row("SELECT (SELECT count(*) FROM webhook_delivery), (SELECT count(*) FROM webhook_attempt)") == (0, 0)
