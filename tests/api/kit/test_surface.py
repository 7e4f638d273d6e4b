"""Which surface a path belongs to, and how each tells an error."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from api.kit.errors import STATUS, problem_of
from api.kit.surface import CLISONIX, CRAUDIOVIZ, HOUSE, INSYDR, RUNS, VISTRALAI, surface_of
from store.kit import errors


@pytest.mark.parametrize(
    ("path", "surface"),
    [
        ("/api/v1/auth/login", INSYDR), ("/api/v1", INSYDR),
        ("/api/integrations/run", RUNS), ("/api/analytics/overview", RUNS), ("/api/export", RUNS),
        ("/api/alerts", RUNS), ("/api/team", RUNS), ("/api/webhooks/x", RUNS),
        ("/api/auth/login", VISTRALAI), ("/api/onboarding/analyze", VISTRALAI), ("/api", VISTRALAI),
        ("/api/exports", VISTRALAI),
        ("/v1/ocean/v2/chat", CLISONIX), ("/v1/auth/login", CLISONIX), ("/v1/users/me", CLISONIX),
        ("/v1/analytics/summary", CLISONIX),
        ("/v1/jobs", CRAUDIOVIZ), ("/v1/projects", CRAUDIOVIZ), ("/v1", CRAUDIOVIZ), ("/v1/user/profile", CRAUDIOVIZ),
        ("/health", HOUSE), ("/", HOUSE), ("", HOUSE), ("//v1/jobs", HOUSE),
    ],
)  # fmt: skip
def test_a_path_belongs_to_one_surface(path, surface):
    assert surface_of(path) is surface


def told(surface, error):
    problem = problem_of(error)
    return surface.status(problem), msgspec.json.decode(surface.error(problem))


def test_each_surface_tells_a_wrong_field_in_its_own_shape():
    error = errors.InvalidInput("`url` is wrong.", field="url")

    assert told(CRAUDIOVIZ, error) == (
        400, {"error": {"code": "invalid_input", "message": "`url` is wrong.", "details": {"field": "url"}}},
    )  # fmt: skip
    assert told(VISTRALAI, error) == told(RUNS, error) == (
        400, {"success": False, "error": "`url` is wrong.", "code": "INVALID_INPUT", "details": {"field": "url"}},
    )  # fmt: skip
    assert told(INSYDR, error) == (400, {"detail": "`url` is wrong.", "code": "INVALID_INPUT", "field": "url"})
    assert told(CLISONIX, error) == (
        400,
        {"success": False,
         "error": {"code": "VALIDATION_ERROR", "message": "`url` is wrong.", "details": {"field": "url"}}},
    )  # fmt: skip


def test_codes_are_those_that_the_contracts_document():
    missing = errors.MissingField("x", field="a")
    limited = errors.QuotaExceeded("Rate limit exceeded", retry_after=timedelta(seconds=60))
    finer = errors.NotFound("x", code="project_not_found")
    bug = RuntimeError("secret")

    def codes(error):
        found = []
        for surface in (CRAUDIOVIZ, VISTRALAI, INSYDR, RUNS, CLISONIX):
            body = told(surface, error)[1]
            found.append(body["code"] if "code" in body else body["error"]["code"])
        return found

    assert codes(missing) == ["invalid_input", "MISSING_REQUIRED_FIELD", "MISSING_REQUIRED_FIELD",
                              "MISSING_REQUIRED_FIELD", "VALIDATION_ERROR"]  # fmt: skip
    assert codes(limited) == ["rate_limit_exceeded", "RATE_LIMITED", "RATE_LIMITED", "RATE_LIMITED",
                              "RATE_LIMIT_EXCEEDED"]  # fmt: skip
    assert codes(errors.Unauthenticated("x")) == ["invalid_api_key", *["UNAUTHORIZED"] * 4]
    assert codes(finer) == ["project_not_found", "NOT_FOUND", "PROJECT_NOT_FOUND", "PROJECT_NOT_FOUND", "NOT_FOUND"]
    assert codes(bug) == ["server_error", *["INTERNAL_ERROR"] * 4]


def test_a_closed_list_of_codes_keeps_the_finer_one_as_the_reason():
    body = told(VISTRALAI, errors.Conflict("x", code="email_taken", field="email"))[1]

    assert body["details"] == {"field": "email", "reason": "email_taken"}


def test_vistralai_s_429_says_when_in_the_body():
    body = told(VISTRALAI, errors.QuotaExceeded("Rate limit exceeded", retry_after=timedelta(seconds=59.2)))[1]

    assert body == {"success": False, "error": "Rate limit exceeded", "code": "RATE_LIMITED", "retryAfter": 60}


def test_the_text_of_a_bug_is_never_told():
    for surface in (CRAUDIOVIZ, VISTRALAI, INSYDR, RUNS, CLISONIX, HOUSE):
        status, body = told(surface, RuntimeError("the password is hunter2"))

        assert status == 500
        assert "hunter2" not in str(body)


def test_every_domain_error_has_a_status():
    def all_kinds(kind):
        return {kind} | {deeper for one in kind.__subclasses__() for deeper in all_kinds(one)}

    for kind in all_kinds(errors.DomainError) - {errors.DomainError}:
        assert any(base in STATUS for base in kind.__mro__), kind
