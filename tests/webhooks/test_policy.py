"""What answers mean, without a network: properties of schedule, breaker and pace; the catalogue against its documents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.webhooks import catalog, policy, signing
from pipelines.webhooks.feed import deliveries_of
from store.kit.settings import settings
from store.webhooks.records import Due, Line, Listener, Turn

NOW = datetime(2026, 2, 3, 12, 0, tzinfo=UTC)
OUTCOMES = st.sampled_from([
    policy.Verdict("delivered", 200), policy.Verdict("refused_by_status", 500), policy.Verdict("timeout", error="timeout"),
    policy.Verdict("throttled", 429, wait=timedelta(minutes=5)), policy.Verdict("unreachable", error="dns_failed"),
])  # fmt: skip


def due(step=0, event="credits.low"):
    return Due(id="msg_1", endpoint_id="wh_1", event=event, job_id=None, sequence=None, previous_state=None, cursor=None,
               body="{}", urgent=False, attempts=step, step=step)  # fmt: skip


def turn(**more):
    plain = {
        "id": "wh_1", "workspace_id": "ws_1", "surface": "craudioviz", "url": "https://example.com/", "headers": b"",
        "secret": b"", "old_secret": None, "old_secret_until": None, "token": 1, "in_flight": 4, "breaker": "closed",
        "breaker_opens": 0, "paused_until": None, "failures": 0, "failing_since": None, "failing_attempts": 0,
        "last_success_at": None,
    }  # fmt: skip
    return Turn(**{**plain, **more})


@given(st.integers(0, 8), OUTCOMES)
def test_an_attempt_that_failed_is_followed_by_one_after_its_pause_or_longer(step, verdict):
    state, after, next_at = policy.next_attempt(due(step), verdict, now=NOW)

    if verdict.outcome == "delivered":
        assert (state, next_at) == ("delivered", None)
        return
    pause = settings().webhooks.schedule_seconds[step + 1]
    assert (state, after) == ("pending", step + 1)
    assert next_at >= NOW + max(timedelta(seconds=pause), verdict.wait or timedelta(0))
    assert next_at <= NOW + max(timedelta(seconds=pause * 1.2), verdict.wait or timedelta(0))


@given(st.lists(OUTCOMES, max_size=40), st.sampled_from(["closed", "half_open"]), st.integers(1, 8))
def test_an_endpoint_s_record_follows_its_last_answers(verdicts, breaker, in_flight):
    lane = policy.Lane(turn(breaker=breaker, in_flight=in_flight), now=NOW)
    for verdict in verdicts:
        lane.hear(verdict, now=NOW)
    end = lane.end(now=NOW)

    in_a_row = 0
    for verdict in verdicts:
        in_a_row = 0 if verdict.outcome == "delivered" else in_a_row + 1
    assert end.failures == in_a_row
    assert (end.failing_since is None) == (in_a_row == 0)
    assert 1 <= end.in_flight <= settings().webhooks.max_in_flight
    if verdicts and verdicts[-1].outcome == "delivered":
        assert end.breaker == "closed"
    if in_a_row >= settings().webhooks.breaker_failures:
        assert end.breaker == "open"
        assert end.paused_until > NOW
    assert end.disable is None


def test_pauses_of_a_breaker_double_up_to_their_bound():
    found = []
    opens = 0
    for _ in range(10):
        lane = policy.Lane(turn(breaker="half_open", breaker_opens=opens, failures=9), now=NOW)
        assert lane.most == 1
        lane.hear(policy.Verdict("refused_by_status", 500), now=NOW)
        end = lane.end(now=NOW)
        opens = end.breaker_opens
        found.append((end.paused_until - NOW).total_seconds())

    assert found == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


@pytest.mark.parametrize(
    ("header", "seconds"), [("120", 120), ("999999999", 86400), ("soon", None), ("-5", None), (None, None)]
)
def test_a_retry_after_is_honoured_within_bounds(header, seconds):
    verdict = policy.of_status(429, header)

    assert verdict.outcome == "throttled"
    assert verdict.wait == (None if seconds is None else timedelta(seconds=seconds))


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=80))
def test_any_secret_that_the_door_lets_in_can_sign(secret):
    assert signing.standard(secret, message_id="msg_1", timestamp=1, body="{}").startswith("v1,")
    assert len(signing.craudioviz(secret, "{}")) == 64


@pytest.mark.parametrize("kind", catalog.TYPES, ids=lambda kind: kind.name)
def test_each_event_s_example_fits_its_schema_and_its_builder(kind):
    surface = next(name for name, contracts in catalog.OFFERED.items() if kind.contract in contracts)
    told = catalog.example(kind, surface)
    names = {field.encode_name for field in msgspec.structs.fields(kind.data)}
    line = Line(xid=1, id=1, workspace_id="ws_1", job_id="job_1", type=kind.source, data={"previous_state": "running"},
                created_at=NOW, sequence=1, facts={})  # fmt: skip

    assert set(told) == {"event", "timestamp", "data"}
    assert set(told["data"]) == names
    assert set(kind.build(line)) == names, "exactly the documented fields, whatever the log's line has"
    properties = catalog.schema(kind)["properties"]["data"]
    whole = catalog.schema(kind)["$defs"][properties["$ref"].rsplit("/", 1)[1]]
    assert set(whole["properties"]) == names


def test_the_documented_payloads_are_spelled_as_documented():
    def payload(surface, name, data):
        kind = catalog.offered(surface)[name]
        line = Line(xid=1, id=1, workspace_id="ws_1", job_id=None, type=kind.source, data=data, created_at=NOW,
                    sequence=None, facts={})  # fmt: skip
        return msgspec.json.decode(catalog.body(surface, name, timestamp="2026-02-03T12:00:00Z", data=kind.build(line)))

    project = {"project_id": "proj123", "name": "My Project"}
    alert = {"alertId": "alert_123", "type": "COST_SPIKE", "threshold": 100, "actual": 125.50}
    balance = {"current_balance": 50, "threshold": 100}
    assert payload("craudioviz", "project.created", project) == {
        "event": "project.created", "timestamp": "2026-02-03T12:00:00Z", "data": project}  # fmt: skip
    assert payload("craudioviz", "credits.low", {**balance, "more": 1})["data"] == balance
    assert payload("runs", "alert.triggered", alert)["data"] == alert


def test_an_onboarding_job_is_an_analysis_and_any_other_is_not():
    def told_of(pipeline):
        line = Line(xid=1, id=1, workspace_id="ws_1", job_id="job_1", type="job.completed", data={"pipeline": pipeline},
                    created_at=NOW, sequence=1, facts={"brandId": "acme", "websiteUrl": "https://acme.example/"})  # fmt: skip
        return deliveries_of(line, [Listener("wh_1", "runs", ["analysis.completed", "job.failed"])], now=NOW)

    (one,) = told_of("onboarding")
    assert msgspec.json.decode(one.body) == {
        "event": "analysis.completed", "timestamp": "2026-02-03T12:00:00Z",
        "data": {"jobId": "job_1", "brandId": "acme", "websiteUrl": "https://acme.example/"}}  # fmt: skip
    assert told_of("diagnostics.echo") == []
