"""/api/analytics as the document has it: windows, comparisons, models, prompts, the timeline."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from store.kit.clock import rfc3339, utc_now
from store.kit.settings import ROOT
from tests.kit.eventually import eventually

PATH = "/api/integrations/run"
TODAY = datetime.combine(utc_now().date(), datetime.min.time(), UTC)
NOON = TODAY - timedelta(days=2, hours=-12)


def run(at: datetime, **values):
    given = {"promptId": "greeting", "model": "gpt-4", "provider": "openai", "tokensUsed": 50, "latency": 1000,
             "success": True, "timestamp": at.isoformat()}  # fmt: skip
    return {**given, **values}


def told(client, *runs):
    """Track runs and wait until they are counted."""
    assert client.post(PATH, list(runs)).json()["accepted"] == len(runs)
    wanted = client.get("/api/analytics/overview?startDate=" + rfc3339(TODAY - timedelta(days=80)))
    before = wanted.json()["totalRuns"]

    def counted():
        found = client.get("/api/analytics/overview?startDate=" + rfc3339(TODAY - timedelta(days=80))).json()
        return found["totalRuns"] >= max(before, len(runs))

    eventually(counted, within_s=5)


def asked(client, what, **query):
    answer = client.get(f"/api/analytics/{what}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_period_is_compared_with_the_equal_one_before(mine):
    told(
        mine,
        run(NOON), run(NOON + timedelta(hours=5, minutes=59, seconds=59), success=False, latency=3000, tokensUsed=100),
        run(NOON + timedelta(hours=6)), run(NOON - timedelta(hours=6)),
        run(NOON - timedelta(hours=6, microseconds=1)),
    )  # fmt: skip

    found = asked(mine, "overview", startDate=rfc3339(NOON), endDate=rfc3339(NOON + timedelta(hours=6)))

    p50, p95, p99 = (found.pop(f"p{share}Latency") for share in (50, 95, 99))
    assert found == {
        "totalRuns": 2, "totalCost": 0.0045, "totalTokens": 150, "avgCostPerRun": 0.00225, "successRate": 50,
        "avgLatency": 2000, "failedRuns": 1, "unpricedRuns": 0,
        "startDate": rfc3339(NOON), "endDate": rfc3339(NOON + timedelta(hours=6)),
        "periodComparison": {
            "runs": 1, "cost": 0.003, "previousRuns": 1, "previousCost": 0.0015,
            "startDate": rfc3339(NOON - timedelta(hours=6)), "endDate": rfc3339(NOON),
        },
    }  # fmt: skip
    assert 800 < p50 < 1200
    assert 2400 < p95 <= p99 <= 3000


def test_nothing_has_no_rates(mine):
    found = asked(mine, "overview")

    assert (found["totalRuns"], found["totalCost"], found["totalTokens"]) == (0, 0, 0)
    assert {found[name] for name in ("avgCostPerRun", "successRate", "avgLatency", "p50Latency", "p99Latency")} == {
        None
    }
    assert (found["periodComparison"]["runs"], found["periodComparison"]["cost"]) == (0, 0)
    assert asked(mine, "models") == asked(mine, "prompts") == []


def test_models_and_prompts_are_told_apart(mine, theirs):
    told(
        mine,
        run(NOON), run(NOON, promptId="farewell", success=False), run(NOON, model="gpt-4o", tokensUsed=1000),
        run(NOON, provider="azure"), run(NOON, model="mine", provider="me", promptId="farewell"),
        run(NOON + timedelta(minutes=10, seconds=1), model="late"),
    )  # fmt: skip
    period = {"startDate": rfc3339(NOON), "endDate": rfc3339(NOON + timedelta(minutes=10, seconds=1))}

    models, prompts = asked(mine, "models", **period), asked(mine, "prompts", **period)

    assert models[0] == {
        "model": "gpt-4", "provider": "openai", "runs": 2, "cost": 0.003, "tokens": 100, "avgCost": 0.0015,
        "successRate": 50, "avgLatency": 1000, "unpricedRuns": 0,
    }  # fmt: skip
    assert {(row["model"], row["provider"], row["cost"]) for row in models[1:]} == {
        ("gpt-4", "azure", 0.0015), ("gpt-4o", "openai", 0.0025), ("mine", "me", None)
    }  # fmt: skip
    assert [(row["promptId"], row["runs"], row["unpricedRuns"]) for row in prompts] == [
        ("greeting", 3, 0), ("farewell", 2, 1)
    ]  # fmt: skip
    assert {row["model"] for row in asked(mine, "models", **period, provider="OPENAI")} == {"gpt-4", "gpt-4o"}
    assert len(asked(mine, "models", limit=1)) == 1
    assert asked(theirs, "models") == []


def test_the_timeline_has_every_step_and_only_what_lies_in_the_period(mine):
    told(mine, run(NOON), run(NOON + timedelta(hours=2, minutes=30)), run(NOON + timedelta(hours=2, minutes=31)))
    period = {"startDate": rfc3339(NOON), "endDate": rfc3339(NOON + timedelta(hours=2, minutes=31))}

    hours = asked(mine, "timeline", interval="hour", **period)
    days = asked(mine, "timeline", startDate=NOON.date().isoformat(), endDate=rfc3339(TODAY))

    assert [(step["date"], step["runs"], step["successRate"]) for step in hours] == [
        (rfc3339(NOON), 1, 100), (rfc3339(NOON + timedelta(hours=1)), 0, None), (rfc3339(NOON + timedelta(hours=2)), 1, 100)
    ]  # fmt: skip
    assert [(step["date"], step["runs"], step["cost"]) for step in days] == [
        (rfc3339(TODAY - timedelta(days=2)), 3, 0.0045), (rfc3339(TODAY - timedelta(days=1)), 0, 0)
    ]  # fmt: skip
    assert len(asked(mine, "timeline")) == 31


@pytest.mark.parametrize(
    "start",
    ["2026-01-05", "2026-01-05T00:00:00Z", "2026-01-05T00:00", "2026-01-05T02:00:00+02:00", "2026-01-04 19:00:00-0500"],
)
def test_dates_are_taken_as_iso_8601_writes_them(mine, start):
    found = asked(mine, "overview", startDate=start, endDate="2026-01-06")

    assert (found["startDate"], found["endDate"]) == ("2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z")
    unescaped = mine.get(f"/api/analytics/overview?startDate={start}&endDate=2026-01-06").json()
    assert unescaped["startDate"] == "2026-01-05T00:00:00Z"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("startDate=yesterday", "startDate"), ("startDate=", "startDate"), ("startDate=2026-13-01", "startDate"),
        ("endDate=1700000000", "endDate"), ("endDate=0001-01-01", "endDate"), ("endDate=9999-12-31T23:59:59Z", "endDate"),
        ("startDate=2026-01-02&endDate=2026-01-02", "endDate"), ("startDate=2026-01-02&endDate=2026-01-01", "endDate"),
        ("startDate=2099-01-01", "startDate"), ("startDate=2001-01-01", "startDate"), (f"endDate={'2' * 3000}", "endDate"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("what", ["overview", "prompts"])
def test_a_bad_period_is_refused_by_its_name(mine, what, query, field):
    answer = mine.get(f"/api/analytics/{what}?{query}")

    assert answer.status_code == 400, answer.text
    assert (answer.json()["code"], answer.json()["details"]["field"]) == ("INVALID_INPUT", field)


@pytest.mark.parametrize(
    ("query", "field"),
    [("models?limit=0", "limit"), ("models?limit=1001", "limit"), ("prompts?limit=x", "limit"),
     ("timeline?interval=week", "interval"), ("timeline?interval=hour&startDate=2026-01-01&endDate=2026-06-01", "interval")],
)  # fmt: skip
def test_other_parameters_have_bounds(mine, query, field):
    answer = mine.get(f"/api/analytics/{query}")

    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)


def test_the_session_of_the_page_about_run_tracking_answers_what_it_shows(stack, make, tmp_path):
    page = (ROOT / "docs" / "runs.md").read_text(encoding="utf-8")
    ((_, session), (_, shown)) = re.findall(r"```(bash|text)\n(.*?)```", page, re.DOTALL)
    known = {**os.environ, "API": stack.url, "KEY": make.key()}

    told = subprocess.run(
        ["bash", "-c", session], cwd=tmp_path, env=known, capture_output=True, text=True, timeout=60, check=False
    )

    assert (told.stdout, told.stderr) == (shown, "")


def test_operators_see_whether_counting_keeps_up(api, mine):
    told(mine, run(NOON))

    page = api.get("/metrics").text

    assert re.search(r"^millrace_runs_uncounted \d+\.0$", page, re.MULTILINE)
    assert "millrace_runs_uncountable 0.0" in page
    assert re.search(r'^millrace_runs_tracked_total{outcome="accepted"} [1-9]', page, re.MULTILINE)
