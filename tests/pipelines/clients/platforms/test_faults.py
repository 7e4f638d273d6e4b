"""What adapters make of trouble: retry, wait, pause the platform, or fail; judged by the body where the status is the same."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipelines.clients.platforms.faults import PlatformError, asked_wait, duration
from store.kit.clock import utc_now
from tests.kit.fake_web import Request, drips, stays_silent
from tests.pipelines.clients.platforms.conftest import ADAPTERS, KEY

each = pytest.mark.parametrize("adapter", list(ADAPTERS), indirect=True)


def fault(adapter) -> PlatformError:
    with pytest.raises(PlatformError) as failed:
        adapter.ask()
    assert KEY not in repr(failed.value) + str(failed.value.__context__) + str(failed.value.__cause__)
    return failed.value


STATUSES = {
    400: ("fail", "bad_request"),
    401: ("pause", "unauthorized"),
    402: ("pause", "billing"),
    403: ("pause", "unauthorized"),
    404: ("fail", "not_found"),
    413: ("fail", "bad_request"),
    429: ("wait", "rate_limited"),
    500: ("retry", "unavailable"),
    502: ("retry", "unavailable"),
    503: ("retry", "unavailable"),
    529: ("retry", "unavailable"),
    302: ("fail", "bad_request"),
}


@each
def test_a_status_alone_says_what_to_do(adapter):
    told = {}
    for status in STATUSES:
        adapter.answers({}, status=status, Location="https://elsewhere.example/")
        error = fault(adapter)
        told[status] = (error.verdict, error.code)

    assert told == STATUSES
    assert len(adapter.web.hits) == len(STATUSES)


@each
def test_a_page_of_a_gateway_is_no_answer(adapter):
    page = b"<html><body>502 Bad Gateway</body></html>"
    adapter.answers(page, status=502, **{"Content-Type": "text/html"})
    assert fault(adapter).verdict == "retry"

    adapter.answers(page, **{"Content-Type": "text/html"})
    assert fault(adapter).verdict == "lost"


@each
def test_a_body_that_breaks_off_may_have_been_paid_for(adapter):
    def answer(request: Request) -> None:
        request.close_connection = True
        request.send_response(200)
        request.send_header("Content-Length", "5000")
        request.end_headers()
        request.wfile.write(b'{"id": "x", ')

    adapter.web.fallback = answer

    error = fault(adapter)
    assert (error.verdict, error.code) == ("lost", "connection_lost")


@pytest.mark.parametrize("slow", [stays_silent, drips])
@pytest.mark.parametrize("adapter", ["claude", "serpapi"], indirect=True)
def test_an_answer_past_its_time_may_have_been_paid_for(adapter, slow):
    adapter.web.fallback = slow

    error = fault(adapter)
    assert (error.verdict, error.code) == ("lost", "timeout")


@pytest.mark.parametrize("adapter", ["claude"], indirect=True)
def test_a_server_that_is_away_was_never_asked(adapter, monkeypatch):
    from store.kit.settings import settings

    monkeypatch.setenv("MILLRACE_PLATFORMS__CLAUDE__BASE_URL", "http://127.0.0.1:9")
    settings.cache_clear()
    error = fault(adapter)
    assert (error.verdict, error.code) == ("retry", "unreachable")

    monkeypatch.setenv("MILLRACE_PLATFORMS__CLAUDE__BASE_URL", "http://10.0.0.1")
    settings.cache_clear()
    error = fault(adapter)
    assert (error.verdict, error.code) == ("pause", "address_refused")


ANTHROPIC = {"type": "error", "request_id": "req_1"}
OPENAI_UNPAID = (
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
    "insufficient_quota",
)


def google(*details: dict[str, Any], status: str = "RESOURCE_EXHAUSTED") -> dict[str, Any]:
    return {"error": {"code": 429, "message": "…", "status": status, "details": list(details)}}


def quota(name: str, value: str = "10") -> dict[str, Any]:
    return {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        "violations": [{"quotaMetric": "m", "quotaId": name, "quotaValue": value}],
    }


RETRY = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "46s"}


@pytest.mark.parametrize(
    ("adapter", "status", "body", "verdict", "code", "seconds"),
    [
        ("claude", 429, ANTHROPIC | {"error": {"type": "rate_limit_error", "message": ""}}, "wait", "rate_limited", None),
        ("claude", 429, ANTHROPIC | {"error": {"type": "rate_limit_error", "message": "",
            "details": {"error_code": "enforced_spend_limit_reached"}}}, "pause", "billing", None),
        ("claude", 400, ANTHROPIC | {"error": {"type": "billing_error", "message": ""}}, "pause", "billing", None),
        ("claude", 529, ANTHROPIC | {"error": {"type": "overloaded_error", "message": ""}}, "retry", "overloaded", None),
        *(("chatgpt", 429, {"error": {"code": code, "type": "x", "message": "", "param": None}}, "pause", "billing", None)
          for code in OPENAI_UNPAID),
        ("chatgpt", 429, {"error": {"code": "rate_limit_exceeded", "message": ""}}, "wait", "rate_limited", None),
        ("chat", 429, {"error": {"code": "slow_down", "message": ""}}, "wait", "rate_limited", None),
        ("perplexity", 429, {"error": {"code": None, "type": "rate_limit_error", "message": ""}}, "wait", "rate_limited", None),
        ("gemini", 429, google(quota("GenerateRequestsPerMinutePerProjectPerModel"), RETRY), "wait", "rate_limited", 46),
        ("gemini", 429, google(quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier"), RETRY), "pause",
         "quota_exhausted", 46),
        ("gemini", 429, google(quota("GenerateContentInputTokensPerModelPerMinute", "0")), "pause", "quota_exhausted", None),
        ("gemini", 400, google({"reason": "API_KEY_INVALID"}, status="INVALID_ARGUMENT"), "pause", "unauthorized", None),
        ("gemini", 400, google(status="INVALID_ARGUMENT"), "fail", "bad_request", None),
        ("serpapi", 429, {"error": "Your account has run out of searches."}, "pause", "billing", None),
        ("serpapi", 429, {"error": "You are exceeding your hourly throughput limit."}, "wait", "rate_limited", None),
        ("serpapi", 401, {"error": "Invalid API key. Your API key should be here: …"}, "pause", "unauthorized", None),
        ("ollama", 404, {"error": "model 'm' not found"}, "fail", "not_found", None),
    ],
    indirect=["adapter"],
)  # fmt: skip
def test_a_429_is_judged_by_its_body(adapter, status, body, verdict, code, seconds):
    adapter.answers(body, status=status)

    error = fault(adapter)

    assert (error.verdict, error.code) == (verdict, code)
    assert (error.after.total_seconds() if error.after else None) == seconds


@pytest.mark.parametrize("adapter", ["chatgpt"], indirect=True)
@pytest.mark.parametrize(("status", "verdict"), [(429, "fail"), (500, "fail")])
def test_a_platform_that_does_not_want_to_be_asked_again_is_not(adapter, status, verdict):
    adapter.answers({"error": {"code": "rate_limit_exceeded"}}, status=status, **{"x-should-retry": "false"})

    assert fault(adapter).verdict == verdict


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "17"}, 17),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "999999999"}, 2 * 86400),
        ({"retry-after": "-5"}, 0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
        ({"x-ratelimit-reset-requests": "6m0s", "x-ratelimit-remaining-requests": "0"}, 360),
        ({"x-ratelimit-reset-tokens": "20ms", "x-ratelimit-remaining-tokens": "0"}, 0.02),
        ({"x-ratelimit-reset-tokens": "6m0s", "x-ratelimit-remaining-tokens": "12"}, None),
    ],
)
def test_a_wait_is_read_as_the_vendors_sdks_read_it(headers, seconds):
    found = asked_wait(headers)

    assert (found.total_seconds() if found is not None else None) == seconds


def test_a_wait_may_be_a_moment():
    soon = utc_now() + timedelta(seconds=90)
    by_date = asked_wait({"retry-after": format_datetime(soon, usegmt=True)})
    by_reset = asked_wait(
        {"anthropic-ratelimit-requests-reset": soon.isoformat(), "anthropic-ratelimit-requests-remaining": "0"}
    )

    assert 85 < by_date.total_seconds() <= 90
    assert 85 < by_reset.total_seconds() <= 90


@each
def test_the_wait_of_a_429_comes_from_its_headers(adapter):
    adapter.answers({}, status=429, **{"Retry-After": "7"})

    assert fault(adapter).after == timedelta(seconds=7)


@given(
    some.dictionaries(some.sampled_from(["retry-after", "retry-after-ms", "x-ratelimit-reset-requests"]), some.text())
)
def test_no_header_breaks_the_reading(headers):
    found = asked_wait(headers)

    assert found is None or timedelta(0) <= found <= timedelta(days=2)


@given(some.integers(0, 47), some.integers(0, 59), some.floats(0, 59, allow_nan=False).map(lambda x: round(x, 3)))
def test_a_duration_is_the_sum_of_its_parts(hours, minutes, seconds):
    found = duration(f"{hours}h{minutes}m{seconds}s")

    assert found is not None
    assert found.total_seconds() == pytest.approx(hours * 3600 + minutes * 60 + seconds)
