"""What browsers are told and refused: CORS for the configured origins, and calls from other sites' pages."""

from __future__ import annotations

import pytest

STACK_SETTINGS = {"MILLRACE_SERVER__CORS_ORIGINS": '["https://app.example.com"]'}
OURS = "https://app.example.com"
LATER = {"pipeline": "diagnostics.echo", "run_at": "2027-01-01T00:00:00Z"}


def test_a_configured_origin_may_read_answers_with_credentials(api):
    answer = api.get("/health", headers={"Origin": OURS})
    preflight = api.request("OPTIONS", "/v1/jobs", headers={"Origin": OURS, "Access-Control-Request-Method": "POST"})

    assert answer.headers["Access-Control-Allow-Origin"] == OURS
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert "X-RateLimit-Limit" in answer.headers["Access-Control-Expose-Headers"]
    assert answer.headers["Vary"] == "Origin"
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Idempotency-Key" in preflight.headers["Access-Control-Allow-Headers"]


def test_another_origin_is_told_nothing(api):
    answer = api.get("/health", headers={"Origin": "https://evil.example"})

    assert not [name for name in answer.headers if name.startswith("Access-Control-")]
    assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 202),
        ({"Sec-Fetch-Site": "same-origin"}, 202),
        ({"Sec-Fetch-Site": "none"}, 202),
        ({"Sec-Fetch-Site": "cross-site", "Origin": OURS}, 202),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "https://other.example.com"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_a_call_with_a_cookie_must_come_from_our_own_pages(api, owner, headers, status):
    cookie = {"Cookie": f"millrace_session={owner.token}"}

    answer = api.post("/v1/jobs", LATER, headers={**cookie, **headers})

    assert answer.status_code == status
    if status == 403:
        assert answer.json()["error"]["code"] == "foreign_site"
        assert api.get("/v1/jobs", headers=cookie).json()["jobs"] == []


def test_a_call_with_a_key_may_come_from_anywhere(mine):
    assert mine.post("/v1/jobs", LATER, headers={"Origin": "https://evil.example"}).status_code == 202


def test_a_page_of_our_own_origin_may_call_without_fetch_metadata(api, owner):
    headers = {"Cookie": f"millrace_session={owner.token}", "Origin": api.url}

    assert api.post("/v1/jobs", LATER, headers=headers).status_code == 202
