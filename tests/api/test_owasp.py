"""The OWASP API Security risks of 2023: what other tests don't show, and that docs/security.md names tests there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.kit.types import Own
from store.accounts.tables import Member, Workspace
from tests.api.walk import EVENTS, NOBODY_LISTENS, chosen

ROOT = Path(__file__).resolve().parents[2]
STACK_SETTINGS = {"MILLRACE_LOG__LEVEL": "debug"}
UNASKED = {"role": "OWNER", "workspace_id": "ws_1", "plan": "enterprise", "credits": 1_000_000, "is_operator": True}


def test_the_security_page_names_tests_that_exist():
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    files = set(re.findall(r"`(tests/[\w/]+\.py)`", page))
    risks = set(re.findall(r"^\| (API\d+)", page, re.MULTILINE))

    assert risks == {f"API{number}" for number in range(1, 11)}
    assert [file for file in sorted(files) if not (ROOT / file).is_file()] == []
    assert "tests/api/test_strangers.py" in files


# API3: what a caller may not set is refused on our own endpoints, and without effect on the contracts'.


@pytest.mark.parametrize(
    **chosen(
        lambda call: (
            isinstance(call.operation.body, type)
            and issubclass(call.operation.body, Own)
            and call.operation.auth == "required"
        )
    )
)
def test_a_field_that_is_not_the_callers_to_set_is_refused_by_our_own_endpoints(call, mine, owner):
    ids = call.ids(owner.workspace.id)
    for name, value in UNASKED.items():
        answer = call.send(_Adding(mine, {name: value}), ids)

        assert answer.status_code == 400, answer.text
        assert name in answer.text


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v1/workspaces", {"name": "Another"}),
        ("PUT", "/api/v1/workspaces/{workspace}", {"name": "Renamed"}),
        ("PATCH", "/api/v1/workspaces/{workspace}", {"name": "Renamed"}),
        ("POST", "/api/v1/workspaces/{workspace}/api-keys", {"name": "Key"}),
        ("POST", "/api/v1/workspaces/{workspace}/webhooks", {"url": NOBODY_LISTENS, "event_types": [EVENTS["insydr"]]}),
        ("POST", "/api/webhooks", {"url": NOBODY_LISTENS, "events": [EVENTS["runs"]], "name": "Hook"}),
        ("POST", "/api/brand-360/identity", {"brandId": "acme", "name": "Acme"}),
    ],
)
def test_a_field_that_is_not_the_callers_to_set_changes_nothing(api, owner, colleague, method, path, body):
    client = api.with_key(owner.token)

    client.request(method, path.format(workspace=owner.workspace.id), json={**body, **UNASKED, "isOperator": True})

    assert {workspace.plan for workspace in Workspace.select()} == {"free"}
    assert Member.get(Member.user == colleague.user.id).role == "MEMBER"
    assert client.get("/v1/lanes", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403


# API8: what every answer carries, whatever it is.


@pytest.mark.parametrize("path", ["/health", "/v1/nope", "/api/v1/nope", "/v1/jobs", "/docs", "/openapi.json", "/nope"])
def test_every_answer_carries_the_headers_that_browsers_need(api, path):
    answer = api.get(path)

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"\d", answer.headers.get("Server", ""))  # no version to look up
    assert answer.headers["X-Request-ID"]


def test_the_document_says_nothing_of_the_machine(api, mine):
    for answer in (api.get("/openapi.json"), api.get("/health"), mine.get("/v1/pipelines"), api.get("/v1/nope")):
        assert str(ROOT) not in answer.text
        assert "Traceback" not in answer.text
        assert "postgres://" not in answer.text


class _Adding:
    """A client that adds fields to every body."""

    def __init__(self, client, fields):
        self._client, self._fields = client, fields

    def request(self, method, path, **options):
        return self._client.request(method, path, **{**options, "json": {**options["json"], **self._fields}})
