"""Whatever goes wrong is told in the shape of the path's contract, also what no operation answers."""

from __future__ import annotations

import json

import falcon
import pytest

from api.kit import errors
from api.kit.surface import surface_of

# surface -> a path that takes a POST from anybody, and one of the same contract that needs a caller
PATHS = {
    "craudioviz": (None, "/v1/jobs"),
    "vistralai": ("/api/auth/login", "/api/onboarding/analyze"),
    "insydr": ("/api/v1/auth/login", "/api/v1/workspaces"),
    "runs": (None, "/api/webhooks"),
    "clisonix": ("/v1/auth/login", None),
}
SENDABLE = [(surface, path) for surface, both in PATHS.items() for path in both if path]


@pytest.fixture
def person(api, owner):
    return api.with_key(owner.token)


def told(surface: str, body: dict) -> tuple[str, str]:
    """(code, sentence), after the shape was checked: exactly the documented keys."""
    if surface == "insydr":
        assert set(body) <= {"detail", "code", "field"}
        return body["code"], body["detail"]
    if surface in ("vistralai", "runs"):
        assert set(body) <= {"success", "error", "code", "details", "retryAfter"}
        assert body["success"] is False
        return body["code"], body["error"]
    assert set(body) == ({"success", "error"} if surface == "clisonix" else {"error"})
    assert set(body["error"]) <= {"code", "message", "details"}
    return body["error"]["code"], body["error"]["message"]


@pytest.mark.parametrize(("surface", "path"), SENDABLE)
def test_bad_json_is_told(person, surface, path):
    answer = person.request("POST", path, data=b"{", headers={"Content-Type": "application/json"})

    code, sentence = told(surface, answer.json())
    assert answer.status_code == 400
    assert code.lower() in ("invalid_input", "validation_error")
    assert "not valid JSON" in sentence


@pytest.mark.parametrize(("surface", "path"), SENDABLE)
def test_too_large_a_body_is_told(person, surface, path):
    answer = person.request("POST", path, data=b'"' + b"x" * 1_100_000 + b'"')

    code, _ = told(surface, answer.json())
    assert answer.status_code == 413
    assert code.lower() == "payload_too_large"


@pytest.mark.parametrize(("surface", "path"), SENDABLE)
def test_a_method_that_is_not_there_is_told_with_those_that_are(person, surface, path):
    answer = person.request("DELETE", path)

    code, _ = told(surface, answer.json())
    assert answer.status_code == 405
    assert code.lower() == "method_not_allowed"
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("surface", "path"),
    [
        ("craudioviz", "/v1/nope"), ("vistralai", "/api/nope"), ("insydr", "/api/v1/nope/x"), ("runs", "/api/alerts/x/y"),
        ("runs", "/api/team/nope/x"), ("clisonix", "/v1/ocean/nope/x"), ("clisonix", "/v1/users/nope/x"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_path_that_is_not_there_is_told(person, surface, path, method):
    answer = person.request(method, path)

    code, _ = told(surface, answer.json())
    assert answer.status_code == 404
    assert code.lower() == "not_found"


@pytest.mark.parametrize(("surface", "path"), [(surface, both[1]) for surface, both in PATHS.items() if both[1]])
def test_no_credential_is_told(api, surface, path):
    answer = api.post(path, {})

    told(surface, answer.json())
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/v1/jobs", "/api/x", "/api/v1/x", "/api/alerts", "/v1/ocean/x"])
def test_a_bug_is_told_without_a_word_of_it(path):
    answer = falcon.asgi.Response()

    errors.tell(answer, path, errors.problem_of(RuntimeError("SELECT secret FROM users")))

    code, _ = told(surface_of(path).name, json.loads(answer.data))
    assert answer.status_code == 500
    assert code.lower() in ("internal_error", "server_error")
    assert b"secret" not in answer.data
