"""Deliveries on their way: contents, signatures, order, retries, and what a receiver can do to itself."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from standardwebhooks.webhooks import Webhook

from store.kit import db
from tests.kit.eventually import eventually
from tests.kit.receivers import Receiver, delivering, emit, endpoint


@pytest.fixture
def receiver():
    with Receiver() as running:
        yield running


def test_a_line_of_the_log_arrives_as_the_contract_says(empty_store, owner, receiver):
    made = endpoint(owner.workspace.id, receiver.url, "credits.low", secret="your_webhook_secret")

    with delivering():
        emit(owner.workspace.id, current_balance=50, threshold=100, internal="not for them")
        eventually(lambda: receiver.hits)
        eventually(lambda: db.row("SELECT state FROM webhook_delivery") == ("delivered",))

    (hit,) = receiver.hits
    (body,) = receiver.bodies()
    assert list(body) == ["event", "timestamp", "data"]
    assert body["event"] == "credits.low"
    assert body["data"] == {"current_balance": 50, "threshold": 100}
    assert hit.headers["content-type"] == "application/json"
    signature = hmac.new(b"your_webhook_secret", hit.body, hashlib.sha256).hexdigest()
    assert hit.headers["x-craudioviz-signature"] == signature
    assert Webhook(made.secret.encode()).verify(hit.body, dict(hit.headers)) == body
