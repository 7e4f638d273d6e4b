"""Webhooks over HTTP, on each of the three surfaces that make them, with a real worker that delivers."""

from __future__ import annotations

import msgspec
import pytest
from standardwebhooks.webhooks import Webhook

from store.kit import cursor, db
from tests.kit.eventually import eventually
from tests.kit.receivers import Receiver, emit
from tests.kit.settled import settled

ECHO = {"pipeline": "diagnostics.echo", "input": {"value": 1}}


@pytest.fixture
def receiver():
    with Receiver() as running:
        yield running


class Dialect:
    """How a surface's client speaks."""

    def __init__(self, path, events_field, event, camel):
        self.path, self.events_field, self.event, self.camel = path, events_field, event, camel

    def body(self, url, **more):
        return {"name": "Notifications", "url": url, self.events_field: [self.event], **more}

    def name(self, snake):
        first, *rest = snake.split("_")
        return first + "".join(word.title() for word in rest) if self.camel else snake


@pytest.fixture(params=["craudioviz", "insydr", "runs"])
def dialect(request, owner):
    return {
        "craudioviz": Dialect("/v1/webhooks", "events", "job.completed", False),
        "insydr": Dialect(f"/api/v1/workspaces/{owner.workspace.id}/webhooks", "event_types", "job.failed", False),
        "runs": Dialect("/api/webhooks", "events", "alert.triggered", True),
    }[request.param]


def code_of(answer):
    body = answer.json()
    return body["error"]["code"] if isinstance(body.get("error"), dict) else body["code"]


def field_of(answer):
    body = answer.json()
    details = body["error"].get("details") if isinstance(body.get("error"), dict) else body.get("details", body)
    return details["field"]


def test_a_job_of_a_customer_is_told_with_the_documented_payload(mine, receiver):
    """CR AudioViz's own example of a configuration, and its example of a payload."""
    made = mine.post(
        "/v1/webhooks",
        {"url": receiver.url + "/webhook", "events": ["job.completed", "credits.low"], "secret": "your_webhook_secret"},
    )
    assert made.status_code == 201
    job_id = mine.post("/v1/jobs", ECHO).json()["job_id"]

    eventually(lambda: receiver.hits, within_s=10)

    (hit,) = receiver.hits
    body = msgspec.json.decode(hit.body)
    assert hit.path == "/webhook"
    assert body["event"] == "job.completed"
    assert set(body) == {"event", "timestamp", "data"}
    assert body["data"] == {"job_id": job_id, "project_id": None, "result_url": body["data"]["result_url"]}
    assert body["data"]["result_url"].endswith(f"/v1/jobs/{job_id}")
    assert hit.headers["x-millrace-previous-state"] in {"queued", "running"}
    assert int(hit.headers["x-millrace-sequence"]) >= 2
    assert Webhook(b"your_webhook_secret").verify(hit.body, dict(hit.headers)) == body


def test_insydr_s_documented_example_is_answered_in_its_shape(mine, owner):
    answer = mine.post(
        f"/api/v1/workspaces/{owner.workspace.id}/webhooks",
        {
            "name": "Slack Notifications",
            "url": "https://hooks.slack.com/services/1",
            "event_types": ["CONVERSATION_STARTED", "LEAD_CAPTURED"],
            "headers": {"X-Custom-Header": "value"},
        },
    )

    assert answer.status_code == 201
    told = answer.json()
    assert told["id"].startswith("wh_")
    assert told["secret"].startswith("whsec_")
    assert told["name"] == "Slack Notifications"
    assert told["event_types"] == ["CONVERSATION_STARTED", "LEAD_CAPTURED"]
    assert told["is_active"] is True
    assert told["header_names"] == ["X-Custom-Header"]
    assert "value" not in answer.text.replace("values", "")


def test_run_tracking_s_example_payload_is_what_arrives(mine, owner, receiver):
    made = mine.post("/api/webhooks", {"url": receiver.url, "events": ["alert.triggered"]})
    assert made.status_code == 201, made.text

    data = {"alertId": "alert_123", "type": "COST_SPIKE", "threshold": 100, "actual": 125.50}
    emit(owner.workspace.id, "alert.triggered", **data)
    eventually(lambda: receiver.hits, within_s=10)

    (body,) = receiver.bodies()
    assert list(body) == ["event", "data", "timestamp"]
    assert body["data"] == data


def test_an_endpoint_lives_through_all_of_its_operations(mine, owner, dialect, receiver):
    made = mine.post(dialect.path, dialect.body(receiver.url)).json()
    one = f"{dialect.path}/{made['id']}"

    read = mine.get(one).json()
    listed = mine.get(dialect.path).json()
    patched = mine.patch(one, {"name": "New name"}).json()
    pinged = mine.post(one + "/ping").json()
    rotated = mine.post(one + "/rotate-secret", {}).json()
    again = mine.post(f"{one}/deliveries/{pinged['delivery']['id']}/resend")

    assert "secret" not in read
    assert [each["id"] for each in listed["webhooks"]] == [made["id"]]
    assert listed["total"] == 1
    assert patched["name"] == "New name"
    assert pinged["delivered"] is True
    assert rotated["secret"] != made["secret"]
    assert dialect.name("old_secret_until") in rotated
    assert again.status_code == 202
    eventually(lambda: len(receiver.hits) == 2, within_s=10)
    first, second = receiver.hits
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == pinged["delivery"]["id"]
    for secret in (made["secret"], rotated["secret"]):
        Webhook(secret).verify(second.body, dict(second.headers))

    def whole():
        page = mine.get(one + "/deliveries").json()["deliveries"]
        assert [(each["status"], len(each["attempts"])) for each in page] == [("delivered", 2)]
        return page

    (delivery,) = eventually(whole)
    assert delivery["attempts"][0]["status"] == 200
    assert delivery["attempts"][0]["response"] == "noted"
    assert dialect.name("duration_ms") in delivery["attempts"][0]
    payload = mine.get(f"{one}/deliveries/{delivery['id']}").json()["payload"]
    assert payload["event"] == "webhook.ping"
    assert mine.delete(one).json() == {"deleted": True, "id": made["id"]}
    assert mine.get(one).status_code == 404
    assert db.row("SELECT count(*) FROM webhook_attempt a LEFT JOIN webhook_delivery d ON d.id = a.delivery_id"
                  " WHERE d.id IS NULL") == (0,)  # fmt: skip


def test_recover_brings_back_what_failed_and_what_came_while_inactive(mine, owner, receiver):
    one = "/v1/webhooks/" + mine.post("/v1/webhooks", {"url": receiver.url, "events": ["credits.low"]}).json()["id"]
    since = db.row("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")[0]
    mine.patch(one, {"is_active": False})
    emit(owner.workspace.id, current_balance=1, threshold=100)
    refused = mine.post(one + "/recover", {"since": since})
    mine.patch(one, {"is_active": True})
    settled()

    recovered = mine.post(one + "/recover", {"since": since})
    eventually(lambda: receiver.hits, within_s=10)
    twice = mine.post(one + "/recover", {"since": since})

    assert code_of(refused) == "webhook_not_active"
    assert recovered.json() == {"deliveries": 1, "has_more": False}
    assert receiver.bodies()[0]["data"] == {"current_balance": 1, "threshold": 100}
    assert twice.json()["deliveries"] == 0


def test_the_catalogue_lists_each_event_with_schema_and_example(mine, dialect):
    found = {one["name"]: one for one in mine.get(dialect.path + "/events").json()["events"]}

    assert dialect.event in found
    assert found["job.failed"]["status"] == "live"
    for one in found.values():
        assert one["status"] in {"live", "planned"}
        assert one["example"]["event"] == one["name"]
        assert one["schema"]["required"] == ["event", "timestamp", "data"]


def test_every_documented_event_is_offered_somewhere(mine, owner):
    paths = ("/v1/webhooks", f"/api/v1/workspaces/{owner.workspace.id}/webhooks", "/api/webhooks")
    found = {one["name"] for path in paths for one in mine.get(path + "/events").json()["events"]}

    assert found >= {
        "job.completed", "credits.low", "project.created", "project.updated", "project.deleted", "user.created",
        "user.updated", "quota.exceeded", "alert.triggered", "limit.reached", "export.completed",
        "CONVERSATION_STARTED", "LEAD_CAPTURED", "analysis.completed", "review.pending", "brand_profile.updated",
        "visibility_score.changed",
    }  # fmt: skip


def test_a_wish_that_cannot_be_kept_names_its_field(mine, dialect):
    events = dialect.events_field
    for wrong, field in (
        ({events: ["no.such.event"]}, f"{events}[0]"),
        ({events: []}, events),
        ({"url": "http://10.0.0.1/"}, "url"),
        ({"url": "ftp://example.com/"}, "url"),
        ({"url": "http://169.254.169.254/latest"}, "url"),
        ({"headers": {"Webhook-Id": "x"}}, "headers.Webhook-Id"),
        ({"headers": {"X-CRAudioViz-Signature": "x"}}, "headers.X-CRAudioViz-Signature"),
        ({"headers": {"Host": "x"}}, "headers.Host"),
        ({"headers": {"X-A": "a\r\nX-B: b"}}, "headers.X-A"),
        ({"headers": {"X A": "a"}}, "headers.X A"),
        ({"headers": {f"X-{number}": "a" for number in range(21)}}, "headers"),
        ({"headers": {"X-Long": "a" * 5000}}, "headers"),
        ({"secret": "short"}, "secret"),
        ({"name": "  "}, "name"),
    ):
        answer = mine.post(dialect.path, {**dialect.body("https://example.com/"), **wrong})

        assert answer.status_code == 400, (wrong, answer.text)
        assert field_of(answer) == field


def test_odd_questions_about_deliveries_are_refused_or_answered_but_never_break(mine, receiver):
    one = "/v1/webhooks/" + mine.post("/v1/webhooks", {"url": receiver.url, "events": ["credits.low"]}).json()["id"]
    huge = cursor.encode("webhook_deliveries", 10**30)

    assert mine.get(f"{one}/deliveries?cursor={huge}").status_code == 400
    assert mine.get(f"{one}/deliveries?cursor=nonsense").status_code == 400
    assert mine.get(f"{one}/deliveries?status=lost").status_code == 400
    assert mine.get(f"{one}/deliveries/msg_nonsense").status_code == 404
    assert mine.post(one + "/recover", {"since": "0001-01-01T00:00:00+23:59"}).status_code == 202
    assert mine.post(one + "/recover", {"since": "9999-12-31T23:59:59-23:59"}).status_code == 400
    assert mine.post(one + "/recover", {"since": "2026-02-03T12:00:00"}).status_code == 400
    assert mine.post(one + "/rotate-secret", {"overlap_hours": 1000}).status_code == 400
    assert mine.patch(one, {}).status_code == 200
    assert mine.get("/v1/webhooks/job_1").status_code == 404


def test_a_workspace_has_so_many_endpoints_and_no_more(mine, owner):
    for _ in range(50):
        assert mine.post("/v1/webhooks", {"url": "https://example.com/", "events": ["credits.low"]}).status_code == 201
    refused = mine.post("/v1/webhooks", {"url": "https://example.com/", "events": ["credits.low"]})

    assert refused.status_code == 409
    assert code_of(refused) == "too_many_webhooks"


def test_a_stranger_finds_nothing(mine, theirs, dialect, receiver):
    one = dialect.path + "/" + mine.post(dialect.path, dialect.body(receiver.url)).json()["id"]
    delivery = mine.post(one + "/ping").json()["delivery"]["id"]
    calls = [
        ("GET", one, None), ("PATCH", one, {"name": "mine"}), ("DELETE", one, None), ("POST", one + "/ping", None),
        ("POST", one + "/rotate-secret", {}), ("GET", one + "/deliveries", None),
        ("POST", one + "/recover", {"since": "2026-01-01T00:00:00Z"}),
        ("GET", f"{one}/deliveries/{delivery}", None), ("POST", f"{one}/deliveries/{delivery}/resend", None),
    ]  # fmt: skip

    for method, path, body in calls:
        assert theirs.request(method, path, json=body).status_code == 404, (method, path)
    if "workspaces" in dialect.path:
        assert theirs.get(dialect.path).status_code == 404
        assert theirs.post(dialect.path, dialect.body(receiver.url)).status_code == 404
    else:
        assert theirs.get(dialect.path).json()["webhooks"] == []
    assert mine.get(one).status_code == 200


def test_run_tracking_s_members_only_look(api, colleague, mine, receiver):
    member = api.with_key(colleague.token)
    made = mine.post("/api/webhooks", {"url": receiver.url, "events": ["alert.triggered"]}).json()

    assert member.get("/api/webhooks").json()["total"] == 1
    assert member.post("/api/webhooks", {"url": receiver.url, "events": ["alert.triggered"]}).status_code == 403
    assert member.delete(f"/api/webhooks/{made['id']}").status_code == 403


def test_a_ping_to_a_dead_receiver_says_what_was_wrong(mine, receiver):
    receiver.status = 500
    one = "/v1/webhooks/" + mine.post("/v1/webhooks", {"url": receiver.url, "events": ["credits.low"]}).json()["id"]

    told = mine.post(one + "/ping").json()

    assert told["delivered"] is False
    assert told["delivery"]["status"] == "failed"
    assert told["delivery"]["attempts"][0]["status"] == 500
    assert len(receiver.hits) == 1


def test_the_metrics_count_outcomes(api, mine, receiver):
    one = "/v1/webhooks/" + mine.post("/v1/webhooks", {"url": receiver.url, "events": ["credits.low"]}).json()["id"]
    mine.post(one + "/ping")

    def counted():
        lines = api.get("/metrics").text.splitlines()
        return [line for line in lines if line.startswith('millrace_webhook_attempts_total{outcome="delivered"}')]

    (line,) = eventually(counted, within_s=10)
    assert float(line.split()[-1]) >= 1


def test_secrets_are_in_no_log_and_in_no_table(stack, mine, receiver):
    own, header = "canary-secret-4711", "Bearer canary-header-4711"
    one = "/v1/webhooks/" + mine.post(
        "/v1/webhooks",
        {"url": receiver.url, "events": ["credits.low"], "secret": own, "headers": {"Authorization": header}},
    ).json()["id"]  # fmt: skip
    mine.post(one + "/ping")
    made = mine.post(one + "/rotate-secret", {}).json()["secret"]
    mine.post(one + "/ping")

    assert receiver.hits[0].headers["authorization"] == header
    tables = [
        name for (name,) in db.rows("SELECT relname FROM pg_class WHERE relname LIKE 'webhook%%' AND relkind = 'r'")
    ]
    dump = "\n".join(str(row) for name in [*tables, "event"] for row in db.rows(f"SELECT t::text FROM {name} t"))
    logs = "\n".join(file.read_text(errors="replace") for file in stack.folder.rglob("*") if file.is_file())
    told = mine.get(one).text + mine.get("/v1/webhooks").text + mine.get(one + "/deliveries").text
    for secret in (own, header, made, made.removeprefix("whsec_")):
        assert secret not in dump
        assert secret not in logs
        assert secret not in told
    assert one.rsplit("/", 1)[1] in dump
