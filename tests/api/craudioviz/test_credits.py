"""Credits as the published document has them: balance, purchase, history; the sandbox of test keys; Stripe's wire."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest

from pipelines.clients import payments
from store.kit.settings import load, settings
from tests.kit.fake_web import FakeWeb

PURCHASE = {"amount": 500, "payment_method": "stripe_token_xyz"}


@pytest.fixture
def pro(api, make):
    return api.with_key(make.key(make.workspace(plan="pro")))


def test_balance_purchase_and_history_are_as_documented(pro):
    before = pro.get("/v1/credits/balance")
    bought = pro.post("/v1/credits/purchase", PURCHASE)
    history = pro.get("/v1/credits/transactions?limit=50&offset=0").json()

    assert before.json() == {"balance": 2000, "plan": "pro", "monthly_allowance": 2000, "expires_at": None}
    assert bought.status_code == 200, bought.text
    assert bought.json() == {
        "transaction_id": bought.json()["transaction_id"], "credits_added": 500, "new_balance": 2500, "cost": "$40.00",
    }  # fmt: skip
    assert bought.json()["transaction_id"].startswith("txn_")
    newest = history["transactions"][0]
    assert set(newest) == {"id", "type", "amount", "balance_after", "created_at"}
    assert (newest["id"], newest["type"], newest["amount"], newest["balance_after"]) == (
        bought.json()["transaction_id"], "purchase", 500, 2500,
    )  # fmt: skip
    assert (history["total"], history["has_more"]) == (2, False)
    assert pro.get("/v1/credits/transactions?limit=1").json()["has_more"] is True
    assert pro.get("/v1/user/profile").json()["credits"] == 2500


def test_the_same_idempotency_key_pays_once(pro):
    first, again = (pro.post("/v1/credits/purchase", PURCHASE, headers={"Idempotency-Key": "p-1"}) for _ in range(2))

    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert pro.get("/v1/credits/balance").json()["balance"] == 2500


def test_a_declined_card_is_402_and_changes_nothing(pro):
    answer = pro.post("/v1/credits/purchase", {"amount": 10, "payment_method": "tok_chargeDeclined"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (402, "payment_declined")
    assert pro.get("/v1/credits/balance").json()["balance"] == 2000


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"amount": 0, "payment_method": "t"}, "amount"),
        ({"amount": 100_001, "payment_method": "t"}, "amount"),
        ({"amount": "5", "payment_method": "t"}, "amount"),
        ({"amount": 5}, "payment_method"),
    ],
)
def test_a_purchase_that_cannot_be_names_its_field(pro, body, field):
    answer = pro.post("/v1/credits/purchase", body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_input")
    assert answer.json()["error"]["details"]["field"] == field


def test_the_profile_is_the_key_makers_or_the_owners(api, make, owner, colleague):
    by_key = api.with_key(make.key(owner.workspace)).get("/v1/user/profile").json()
    by_session = api.with_key(colleague.token).get("/v1/user/profile").json()

    assert by_key == {"id": owner.user.id, "email": owner.user.email, "plan": "free", "credits": 50}
    assert (by_session["id"], by_session["email"]) == (colleague.user.id, colleague.user.email)


def test_what_a_test_key_buys_is_marked_and_stays_in_the_sandbox(api, make, owner):
    live, test = (api.with_key(make.key(owner.workspace, mode=mode)) for mode in ("live", "test"))

    bought = test.post("/v1/credits/purchase", PURCHASE).json()

    assert (bought["new_balance"], bought["sandbox"]) == (550, True)
    assert test.get("/v1/credits/balance").json() | {"sandbox": True} == test.get("/v1/credits/balance").json()
    assert live.get("/v1/credits/balance").json()["balance"] == 50


def test_a_test_key_is_not_limited_and_its_jobs_are_marked(api, make, owner):
    test = api.with_key(make.key(owner.workspace, mode="test"))

    answer = test.post("/v1/jobs", {"pipeline": "diagnostics.echo"})

    assert answer.json()["sandbox"] is True
    assert "X-RateLimit-Limit" not in answer.headers
    assert test.get(f"/v1/jobs/{answer.json()['job_id']}").json()["sandbox"] is True


@pytest.fixture
def stripe(monkeypatch):
    """A server that speaks Stripe's wire format, and the settings that name it."""
    with FakeWeb() as web:
        wanted = load({"MILLRACE_PAYMENTS__STRIPE_KEY": "sk_test_x", "MILLRACE_PAYMENTS__STRIPE_URL": web.url})
        monkeypatch.setattr(payments, "settings", lambda: wanted)
        payments._client.cache_clear()
        yield web
    payments._client.cache_clear()


def said(request, body, status=200):
    request.answer(status, json.dumps(body).encode(), Content_Type="application/json")


def pay(token="tok_visa"):
    return payments.charge(4000, token=token, key="job_1", workspace_id="ws_1", sandbox=False)


def test_stripe_is_asked_once_with_an_idempotency_key(stripe):
    seen = []

    def answer(request):
        seen.append((request.headers, parse_qs(request.body.decode())))
        said(request, {"id": "pi_1", "object": "payment_intent", "status": "succeeded"})

    stripe.on("/v1/payment_intents", answer)

    assert pay() == "pi_1"
    ((headers, form),) = seen
    told = {name.lower(): value for name, value in headers.items()}
    assert told["idempotency-key"] == "job_1"
    assert told["authorization"] == "Bearer sk_test_x"
    assert (form["amount"], form["currency"], form["confirm"]) == (["4000"], ["usd"], ["true"])
    assert form["payment_method_data[card][token]"] == ["tok_visa"]


def test_what_stripe_refuses_is_declined_and_what_it_leaves_open_is_an_error(stripe):
    def refuse(request):
        error = {"type": "card_error", "code": "card_declined", "message": "Your card was declined."}
        said(request, {"error": error}, 402)

    stripe.on("/v1/payment_intents", refuse)
    with pytest.raises(payments.Declined, match="declined"):
        pay()
    stripe.on("/v1/payment_intents", lambda request: said(request, {"error": {"type": "api_error"}}, 500))
    with pytest.raises(Exception) as failed:
        pay("pm_card")
    assert not isinstance(failed.value, payments.Declined | payments.NotConfigured)


def test_the_price_list_is_the_documents():
    assert settings().credits.cents_each * 500 == 4000
