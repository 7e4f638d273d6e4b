"""One request can be followed by its id: in the answer, on the job it made, and on the worker's lines."""

from __future__ import annotations

import json

from pipelines.mail.pipeline import PIPELINE as MAIL
from store.kit.db import row
from tests.kit.eventually import eventually


def lines(process):
    return [json.loads(line) for line in process.output().splitlines() if line.startswith("{")]


def test_the_worker_s_lines_carry_the_id_of_the_request_that_made_the_job(stack, mine):
    answer = mine.post(
        "/v1/jobs", {"pipeline": "diagnostics.echo", "input": {"value": 1, "sleep_ms": 150}},
        headers={"X-Request-ID": "trace-me-0001"},
    )  # fmt: skip
    job_id = answer.json()["job_id"]

    said = eventually(
        lambda: next((one for one in lines(stack.worker) if one.get("request_id") == "trace-me-0001"), None),
        within_s=20,
    )

    assert answer.headers["X-Request-ID"] == "trace-me-0001"
    assert (said["event"], said["job_id"], said["stage"]) == ("stage.finished", job_id, "echo")
    assert row("SELECT request_id FROM job WHERE id = %s", (job_id,)) == ("trace-me-0001",)


def test_a_job_that_a_plain_resource_makes_has_its_request_s_id_too(mine):
    mine.post(
        "/api/onboarding/analyze", {"brandId": "acme", "websiteUrl": "https://acme.example"},
        headers={"X-Request-ID": "trace-me-0002"},
    )  # fmt: skip

    assert row("SELECT request_id FROM job WHERE pipeline = 'onboarding'") == ("trace-me-0002",)


def test_what_a_mail_s_job_says_leads_back_to_the_sign_up(stack, api):
    api.post(
        "/api/auth/register",
        {"email": "traced@example.com", "password": "correct horse battery", "name": "Ada"},
        headers={"X-Request-ID": "trace-me-0003"},
    )

    assert row("SELECT request_id FROM job WHERE pipeline = %s", (MAIL.name,)) == ("trace-me-0003",)
