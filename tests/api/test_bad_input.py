"""Bad input on a running stack: a clear error in the surface's shape that names the field, and nothing written."""

from __future__ import annotations

import json
import socket
from urllib.parse import urlsplit

import pytest

ECHO = {"pipeline": "diagnostics.echo", "input": {"value": 1}}


def raw(client, body: bytes, path: str = "/v1/jobs", **headers: str):
    return client.request("POST", path, data=body, headers={"Content-Type": "application/json", **headers})


def nothing_was_written(client) -> bool:
    return client.get("/v1/jobs").json()["jobs"] == []


def deep(levels: int) -> bytes:
    return b'{"pipeline":"diagnostics.echo","input":{"value":' + b"[" * levels + b"]" * levels + b"}}"


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        (b"", None, "needs a JSON body"),
        (b"{", None, "not valid JSON: it ends too early"),
        (b'{"pipeline":NaN}', None, "not valid JSON"),
        (b"[]", None, "The body must be an object, not a list."),
        (b"null", None, "The body must be an object, not null."),
        (b"{}", "pipeline", "`pipeline` is required."),
        (b'{"pipeline":1}', "pipeline", "`pipeline` must be a string, not an integer."),
        (b'{"pipeline":""}', "pipeline", "`pipeline` must have at least 1 characters."),
        (b'{"pipeline":"diagnostics.echo","colour":1}', "colour", "`colour` is not a known field."),
        (b'{"pipeline":"diagnostics.echo","priority":"high"}', "priority", "must be an integer, not a string"),
        (b'{"pipeline":"diagnostics.echo","priority":11}', "priority", "must be at most 10"),
        (b'{"pipeline":"diagnostics.echo","priority":1.5}', "priority", "must be an integer, not a number"),
        (b'{"pipeline":"diagnostics.echo","run_at":"soon"}', "run_at", "must be a date and time with its zone"),
        (b'{"pipeline":"diagnostics.echo","run_at":"2026-01-01T00:00:00"}', "run_at", "with its zone"),
        (b'{"pipeline":"diagnostics.echo","run_at":"2099-01-01T00:00:00Z"}', "run_at", "within a year"),
        (b'{"pipeline":"diagnostics.echo","ttl_seconds":0}', "ttl_seconds", "must be at least 1"),
        (b'{"pipeline":"diagnostics.echo","concurrency_key":""}', "concurrency_key", "at least 1 character"),
        (b'{"pipeline":"diagnostics.echo","input":{"sleep_ms":"a"}}', "input.sleep_ms", "must be an integer, not a string"),
        (b'{"pipeline":"diagnostics.echo","input":{"speed":1}}', "input.speed", "`input.speed` is not a known field."),
        (b'{"pipeline":"diagnostics.echo","input":[1]}', "input", "`input` must be an object, not a list."),
        (b'{"pipeline":"diagnostics.echo","input":{"value":1e999}}', "input.value", "out of range"),
        (b'{"pipeline":"diagnostics.echo","input":{"value":"a\\u0000b"}}', "input.value", "NUL character"),
        (b'{"pipeline":"diagnostics.echo","input":{"value":{"a":["x",{"b\\u0000":1}]}}}', "input.value.a[1].b\\u0000", "NUL"),
        (b'{"pipeline":"dia\\u0000"}', "pipeline", "NUL character"),
        (b'{"pipeline":"diagnostics.echo","input":{"value":"\xff"}}', None, "not valid UTF-8"),
        (b'{"pipeline":"diagnostics.echo","input":{"value":"\\ud800"}}', None, "not valid JSON"),
        (deep(65), None, "nested deeper than 64 levels"),
        (deep(200_000), None, "nested deeper than 64 levels"),
    ],
)  # fmt: skip
def test_a_bad_body_is_refused_by_the_field(mine, body, field, sentence):
    answer = raw(mine, body)

    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["code"] == "invalid_input"
    assert sentence in error["message"]
    assert error.get("details", {}).get("field") == field
    assert nothing_was_written(mine)


def test_a_backslash_before_u0000_is_no_nul(mine):
    assert raw(mine, b'{"pipeline":"diagnostics.echo","input":{"value":"\\\\u0000"}}').status_code == 202


def test_an_unknown_pipeline_is_not_found(mine):
    answer = mine.post("/v1/jobs", {"pipeline": "nope"})

    assert answer.status_code == 404
    assert answer.json()["error"]["details"]["field"] == "pipeline"


def test_an_internal_pipeline_cannot_be_submitted(mine):
    assert mine.post("/v1/jobs", {"pipeline": "mail.send"}).status_code == 404
    assert "mail.send" not in [one["name"] for one in mine.get("/v1/pipelines").json()["pipelines"]]


def test_a_body_that_announces_too_much_is_refused(mine):
    answer = raw(mine, b'{"pipeline":"' + b"x" * 3_000_000 + b'"}')

    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "payload_too_large"
    assert nothing_was_written(mine)


def test_a_body_that_announces_nothing_is_counted(mine):
    answer = mine.request("POST", "/v1/jobs", data=iter([b'{"pipeline":"', *[b"x" * 100_000] * 30, b'"}']))

    assert answer.status_code == 413
    assert nothing_was_written(mine)


def test_an_input_larger_than_a_job_may_have_is_refused(mine):
    answer = mine.post("/v1/jobs", {**ECHO, "input": {"value": "x" * 300_000}})

    assert answer.status_code == 413
    assert answer.json()["error"]["details"]["field"] == "input"


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "é"])
def test_a_bad_idempotency_key_is_refused(mine, key):
    answer = raw(mine, json.dumps(ECHO).encode(), **{"Idempotency-Key": key.encode("latin-1")})

    assert answer.status_code == 400
    assert answer.json()["error"]["details"]["field"] == "Idempotency-Key"
    assert nothing_was_written(mine)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("status=done", "status"),
        ("created_after=yesterday", "created_after"), ("created_before=0.5", "created_before"),
        ("created_before=1700000000", "created_before"), ("created_after=2026-01-01", "created_after"),
        ("cursor=x", "cursor"), ("cursor=WyJqb2JzIiwxXQ", "cursor"), ("cursor=WyJvdGhlciIsImEiXQ", "cursor"),
        ("cursor=WyJqb2JzIiwiam9iXzEiXQ", "cursor"), (f"cursor={'A' * 3000}", "cursor"),
        ("page=2", "page"), ("pipeline=a%00b", "pipeline"), ("pipeline=%ff", None),
    ],
)  # fmt: skip
def test_a_bad_query_is_refused_by_the_parameter(mine, query, field):
    answer = mine.get(f"/v1/jobs?{query}")

    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["code"] == "invalid_input"
    assert answer.json()["error"].get("details", {}).get("field") == field


@pytest.mark.parametrize("wait", ["31", "-1", "long"])
def test_a_wait_has_bounds(mine, wait):
    answer = mine.get(f"/v1/jobs/job_01jd0000000000000000000000?wait={wait}")

    assert answer.status_code == 400
    assert answer.json()["error"]["details"]["field"] == "wait"


@pytest.mark.parametrize("after", ["x", "1", "1-", "-1", "1-x", "99999999999999999999-1", "1-1-1"])
def test_a_bad_event_cursor_is_refused(mine, after):
    answer = mine.get(f"/v1/events?after={after}")

    assert answer.status_code == 400
    assert answer.json()["error"]["details"]["field"] == "after"


@pytest.mark.parametrize("job_id", ["1", "job_", "job_%00", "job_01JD0000000000000000000000", "../jobs", "%ff", "ü"])
def test_a_malformed_id_is_not_found(mine, job_id):
    answer = mine.get(f"/v1/jobs/{job_id}/why")

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/v1/nope", {"error": {"code": "not_found", "message": "There is nothing at this path."}}),
        ("/nope", {"error": {"code": "not_found", "message": "There is nothing at this path."}}),
        ("/api/nope", {"success": False, "error": "There is nothing at this path.", "code": "NOT_FOUND"}),
        ("/api/alerts/x/y/z", {"success": False, "error": "There is nothing at this path.", "code": "NOT_FOUND"}),
        ("/api/v1/nope", {"detail": "There is nothing at this path.", "code": "NOT_FOUND"}),
        (
            "/v1/ocean/nope",
            {"success": False, "error": {"code": "NOT_FOUND", "message": "There is nothing at this path."}},
        ),
    ],
)
def test_an_unknown_path_is_told_in_its_surface_s_shape(api, path, told):
    answer = api.get(path)

    assert (answer.status_code, answer.json()) == (404, told)
    assert answer.headers["Content-Type"] == "application/json"


def test_a_method_that_a_path_does_not_know_is_told_with_those_it_does(mine):
    answer = mine.delete("/v1/jobs")

    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))
    assert answer.json()["error"]["code"] == "method_not_allowed"


def test_every_answer_has_a_request_id_and_takes_a_good_one(api):
    given = api.get("/v1/nope", headers={"X-Request-ID": "abc-123_DEF"})
    bad = [api.get("/health", headers={"X-Request-ID": value}) for value in ("short", "x" * 65, "with spaces in it")]

    assert given.headers["X-Request-ID"] == "abc-123_DEF"
    assert all(answer.headers["X-Request-ID"].startswith("req_") for answer in bad)
    assert api.get("/health").headers["X-Content-Type-Options"] == "nosniff"


def test_bytes_that_are_no_http_close_the_connection_and_not_the_server(api):
    address = urlsplit(api.url)
    for bytes_sent in (
        b"\x00\xff\r\n\r\n",
        b"GET /v1/jobs?x=\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ):
        with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
            connection.sendall(bytes_sent)
            assert connection.recv(4096).startswith(b"HTTP/1.1 4")

    assert api.get("/health").status_code == 200
