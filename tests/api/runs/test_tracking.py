"""POST /api/integrations/run as the document has it, and what came beside it: lists, NDJSON, keys, costs."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from store.kit.clock import rfc3339, utc_now
from tests.kit.eventually import eventually
from tests.kit.settled import events_of

STACK_SETTINGS = {"MILLRACE_QUOTAS__RUNS": '{"starter": 5}'}  # and the free plan has no end
RUN = {
    "promptId": "customer-support",
    "model": "gpt-4",
    "provider": "openai",
    "input": "User question here",
    "output": "AI response here",
    "tokensUsed": 150,
    "latency": 1200,
    "success": True,
}
PATH = "/api/integrations/run"


def overview(client, **wanted):
    """The overview once it is as wanted."""

    def look():
        found = client.get("/api/analytics/overview").json()
        return found if all(found[name] == value for name, value in wanted.items()) else None

    return eventually(look, within_s=5, what=f"an overview with {wanted}")


def test_a_run_is_tracked_and_counted_as_documented(mine):
    answer = mine.post(PATH, RUN)

    assert (answer.status_code, answer.json()) == (200, {"success": True})
    found = overview(mine, totalRuns=1)
    assert {
        "totalRuns": 1,
        "totalCost": 0.0045,
        "totalTokens": 150,
        "avgCostPerRun": 0.0045,
        "successRate": 100,
        "avgLatency": 1200,
    }.items() <= found.items()
    assert (found["periodComparison"]["runs"], found["periodComparison"]["cost"]) == (1, 0.0045)
    assert mine.get("/api/analytics/models").json() == [
        {"model": "gpt-4", "provider": "openai", "runs": 1, "cost": 0.0045, "tokens": 150, "avgCost": 0.0045,
         "successRate": 100, "avgLatency": 1200, "unpricedRuns": 0}
    ]  # fmt: skip


def test_a_list_and_lines_are_answered_run_by_run(mine):
    good, bad = {**RUN, "runId": "a"}, {**RUN, "success": "yes"}
    lines = "\n".join(json.dumps(one) for one in ({**RUN, "runId": "b"}, {**RUN, "runId": "a"}, good)) + "\n\n{\n"

    listed = mine.post(PATH, [good, bad, RUN, good, 7, {**good, "tokensUsed": 1}])
    told = mine.request("POST", PATH, data=lines.encode(), headers={"Content-Type": "application/x-ndjson"})

    assert (listed.status_code, told.status_code) == (200, 200)
    first, second = listed.json(), told.json()
    assert (first["success"], first["accepted"], first["duplicates"], first["refused"]) == (False, 2, 1, 3)
    assert [(one["index"], one["success"], one["status"]) for one in first["results"]] == [
        (0, True, 200), (1, False, 400), (2, True, 200), (3, True, 200), (4, False, 400), (5, False, 409)
    ]  # fmt: skip
    assert first["results"][1]["details"]["field"] == "success"
    assert (first["results"][0]["runId"], first["results"][3]["duplicate"]) == ("a", True)
    assert [(one["status"], one.get("duplicate")) for one in second["results"]] == [
        (200, None), (200, True), (200, True), (400, None)
    ]  # fmt: skip
    overview(mine, totalRuns=3)


def test_the_same_run_is_stored_once_whoever_races(api, make):
    key = make.key(make.workspace())
    client = api.with_key(key)
    with ThreadPoolExecutor(10) as crowd:
        answers = list(crowd.map(lambda _: api.with_key(key).post(PATH, {**RUN, "runId": "once"}), range(20)))
    again = client.post(PATH, {**RUN, "runId": "once"})
    other = client.post(PATH, {**RUN, "runId": "once", "tokensUsed": 151})
    keyed = [client.post(PATH, run, headers={"Idempotency-Key": "k1"}) for run in (RUN, RUN, {**RUN, "success": False})]
    many = [client.post(PATH, [RUN, RUN], headers={"Idempotency-Key": "k2"}).json() for _ in range(2)]

    assert {answer.status_code for answer in answers} == {200}
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 19
    assert (again.status_code, again.json(), again.headers["Idempotent-Replayed"]) == (200, {"success": True}, "true")
    assert (other.status_code, other.json()["code"], other.json()["details"]["field"]) == (409, "CONFLICT", "runId")
    assert [answer.status_code for answer in keyed] == [200, 200, 422]
    assert [(one["accepted"], one["duplicates"]) for one in many] == [(2, 0), (0, 2)]
    overview(client, totalRuns=4)


def test_a_stranger_may_use_the_same_run_id(mine, theirs):
    assert mine.post(PATH, {**RUN, "runId": "shared"}).headers.get("Idempotent-Replayed") is None
    assert theirs.post(PATH, {**RUN, "runId": "shared", "tokensUsed": 3}).json() == {"success": True}

    overview(theirs, totalRuns=1, totalTokens=3)


def test_costs_are_by_the_price_list_in_whole_nano_dollars(mine):
    runs = [
        {**RUN, "promptId": "whole"},  # 150 tokens at 30 dollars a million
        {**RUN, "promptId": "parts", "inputTokens": 100},  # 50 of them are output, at 60
        {**RUN, "promptId": "told", "cost": 0.25},
        {**RUN, "promptId": "free", "cost": 0},
        {**RUN, "promptId": "unknown", "model": "my-own-model"},
        {**RUN, "promptId": "elsewhere", "provider": "my-proxy"},
        {**RUN, "promptId": "cached", "model": "gpt-4o", "inputTokens": 1000, "cachedTokens": 1000, "outputTokens": 0},
        {**RUN, "promptId": "beside", "provider": "anthropic", "model": "claude-sonnet-4-5", "inputTokens": 0,
         "outputTokens": 0, "cachedTokens": 100_000, "tokensUsed": None},
        {**RUN, "promptId": "tiny", "model": "gpt-4o-mini", "tokensUsed": 1},
    ]  # fmt: skip

    assert mine.post(PATH, runs).json()["accepted"] == len(runs)

    overview(mine, totalRuns=len(runs))
    found = {row["promptId"]: row for row in mine.get("/api/analytics/prompts").json()}
    assert {name: row["cost"] for name, row in found.items()} == {
        "whole": 0.0045, "parts": 0.006, "told": 0.25, "free": 0, "unknown": None, "elsewhere": None,
        "cached": 0.00125, "beside": 0.03, "tiny": 0.00000015,
    }  # fmt: skip
    assert (found["unknown"]["unpricedRuns"], found["unknown"]["avgCost"]) == (1, None)
    whole = overview(mine, unpricedRuns=2)
    assert whole["avgCostPerRun"] == pytest.approx(whole["totalCost"] / 7, abs=1e-9)


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"promptId": None}, "promptId", "INVALID_INPUT"),
        ({"promptId": ""}, "promptId", "INVALID_INPUT"),
        ({"promptId": " "}, "promptId", "INVALID_INPUT"),
        ({"promptId": "x" * 201}, "promptId", "INVALID_INPUT"),
        ({"promptId": "a\x00b"}, "promptId", "INVALID_INPUT"),
        ({"model": 4}, "model", "INVALID_INPUT"),
        ({"provider": ["openai"]}, "provider", "INVALID_INPUT"),
        ({"success": "true"}, "success", "INVALID_INPUT"),
        ({"success": None}, "success", "INVALID_INPUT"),
        ({"tokensUsed": -1}, "tokensUsed", "INVALID_INPUT"),
        ({"tokensUsed": 1.5}, "tokensUsed", "INVALID_INPUT"),
        ({"tokensUsed": "150"}, "tokensUsed", "INVALID_INPUT"),
        ({"tokensUsed": 10**30}, "tokensUsed", "INVALID_INPUT"),
        ({"latency": -1}, "latency", "INVALID_INPUT"),
        ({"latency": "1200"}, "latency", "INVALID_INPUT"),
        ({"latency": 1e300}, "latency", "INVALID_INPUT"),
        ({"cost": -0.01}, "cost", "INVALID_INPUT"),
        ({"cost": 10_001}, "cost", "INVALID_INPUT"),
        ({"input": {"role": "user"}}, "input", "INVALID_INPUT"),
        ({"metadata": "x"}, "metadata", "INVALID_INPUT"),
        ({"timestamp": "yesterday"}, "timestamp", "INVALID_INPUT"),
        ({"timestamp": "2026-01-01T00:00:00"}, "timestamp", "INVALID_INPUT"),
        ({"timestamp": 1700000000}, "timestamp", "INVALID_INPUT"),
        ({"timestamp": "2001-01-01T00:00:00Z"}, "timestamp", "INVALID_INPUT"),
        ({"timestamp": "2101-01-01T00:00:00Z"}, "timestamp", "INVALID_INPUT"),
        ({"runId": ""}, "runId", "INVALID_INPUT"),
        ({"metadata": {"x": "y" * 9000}}, "metadata", "PAYLOAD_TOO_LARGE"),
        ({"input": "é" * 140_000}, "input", "PAYLOAD_TOO_LARGE"),
        ({"output": "x" * 262_145}, "output", "PAYLOAD_TOO_LARGE"),
    ],
)
def test_a_bad_field_is_refused_by_its_name_and_nothing_is_written(mine, change, field, code):
    answer = mine.post(PATH, {**RUN, **change})

    assert answer.status_code == (413 if code == "PAYLOAD_TOO_LARGE" else 400), answer.text
    told = answer.json()
    assert (told["success"], told["code"], told["details"]["field"]) == (False, code, field)


@pytest.mark.parametrize("missing", ["promptId", "model", "provider", "success"])
def test_a_missing_field_is_named(mine, missing):
    answer = mine.post(PATH, {name: value for name, value in RUN.items() if name != missing})

    assert (answer.status_code, answer.json()["code"]) == (400, "MISSING_REQUIRED_FIELD")
    assert answer.json()["details"]["field"] == missing


def test_only_the_four_fields_that_say_what_ran_are_needed(mine):
    assert mine.post(PATH, {"promptId": "p", "model": "m", "provider": "o", "success": False}).json() == {
        "success": True
    }
    found = overview(mine, totalRuns=1, failedRuns=1)
    assert (found["successRate"], found["avgLatency"], found["avgCostPerRun"]) == (0, None, None)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "needs a JSON body"), (b"[]", "has no runs"), (b'"run"', "must be an object"), (b"[", "not valid JSON"),
        (b"[" + b",".join([b"{}"] * 1001) + b"]", "1001 runs; at most 1000"), (b"\xff", "UTF-8"), (b"nul", "not valid JSON"),
        (b"[" * 100_000, "nested deeper"),
    ],
)  # fmt: skip
def test_a_body_that_is_no_run_and_no_list_of_runs_is_refused(mine, body, sentence):
    answer = mine.request("POST", PATH, data=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400, answer.text
    assert sentence in answer.json()["error"]


def test_a_thousand_long_runs_fit_into_one_request_and_more_than_8_mib_do_not(mine):
    texts = {"input": "question " * 200, "output": "answer " * 200}

    told = mine.post(PATH, [{**RUN, **texts}] * 1000).json()
    much = mine.request("POST", PATH, data=b"[" + b" " * 8_500_000 + b"]")

    assert (told["success"], told["accepted"]) == (True, 1000)
    assert (much.status_code, much.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")
    overview(mine, totalRuns=1000)


def test_members_only_look(api, make, owner, colleague):
    member = api.with_key(colleague.token)

    assert member.post(PATH, RUN).status_code == 403
    assert member.get("/api/analytics/overview").json()["totalRuns"] == 0
    assert api.with_key(owner.token).post(PATH, RUN).status_code == 200


def test_clocks_may_be_a_little_ahead_and_late_runs_count_where_they_belong(mine):
    soon, late = utc_now() + timedelta(minutes=4), utc_now() - timedelta(days=89)

    told = mine.post(PATH, [{**RUN, "timestamp": rfc3339(soon)}, {**RUN, "timestamp": rfc3339(late)}]).json()

    assert told["accepted"] == 2, told
    overview(mine, totalRuns=1)
    assert mine.get("/api/analytics/overview", params={"startDate": rfc3339(late)[:10]}).json()["totalRuns"] == 2


def ends_told(client) -> list[dict]:
    return [one["data"] for one in events_of(client) if one["type"] == "limit.reached"]


def test_when_the_month_is_used_up_the_answer_is_402_and_that_is_told_once(api, make):
    workspace = make.workspace(plan="starter")
    client = api.with_key(make.key(workspace))

    first = client.post(PATH, [{**RUN, "runId": str(place)} for place in range(3)]).json()
    again = client.post(PATH, [{**RUN, "runId": str(place)} for place in range(3)]).json()
    rest = client.post(PATH, [{**RUN, "runId": str(place)} for place in range(2, 7)]).json()
    after = [client.post(PATH, RUN), client.post(PATH, {**RUN, "runId": "6"}), client.post(PATH, {**RUN, "runId": "0"})]

    assert [(one["accepted"], one["duplicates"], one["refused"]) for one in (first, again, rest)] == [
        (3, 0, 0), (0, 3, 0), (2, 1, 2)
    ]  # fmt: skip
    assert [one["status"] for one in rest["results"]] == [200, 200, 200, 402, 402]
    assert [answer.status_code for answer in after] == [402, 402, 200]
    told = after[0].json()
    assert (told["success"], told["code"]) == (False, "USAGE_LIMIT_REACHED")
    assert told["details"].items() >= {"quota": "runs", "limit": 5, "used": 5}.items()
    eventually(lambda: ends_told(client) == [{"limit": 5, "used": 5, "plan": "starter"}], within_s=5)
    overview(client, totalRuns=5)


def test_a_crowd_gets_exactly_what_is_left_of_the_month(api, make):
    key = make.key(make.workspace(plan="pro"))  # which has its next lower one's
    with ThreadPoolExecutor(12) as crowd:
        answers = list(crowd.map(lambda place: api.with_key(key).post(PATH, [RUN] * (place % 3 + 1)).json(), range(12)))

    assert sum(answer["accepted"] for answer in answers) == 5
    assert sum(answer["refused"] for answer in answers) == 24 - 5
    client = api.with_key(key)
    eventually(lambda: len(ends_told(client)) == 1, within_s=5)
    overview(client, totalRuns=5)
