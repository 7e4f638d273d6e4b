"""The house's own pages: /health and /metrics."""

from __future__ import annotations

from tests.kit.eventually import eventually

ECHO = {"pipeline": "diagnostics.echo", "input": {"value": 1}}


def figures(api):
    text = api.get("/metrics").text
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def test_health_tells_what_is_ready(api):
    def seen():
        told = api.get("/health").json()
        assert told["workers"] >= 1
        return told

    told = eventually(seen)
    assert told == {"status": "ok", "api": "ok", "postgres": "ok", "schema": "ok", "redis": "ok", "workers": 1}
    assert api.get("/health").headers["Cache-Control"] == "no-store"


def test_metrics_count_requests_and_submits_and_tell_the_lanes(api, mine):
    before = figures(api)
    mine.post("/v1/jobs", ECHO, headers={"Idempotency-Key": "m-1"})
    mine.post("/v1/jobs", ECHO, headers={"Idempotency-Key": "m-1"})
    mine.post("/v1/jobs/batch", {"jobs": [ECHO, {"pipeline": "nope"}, ECHO]})
    after = figures(api)

    def risen(name):
        return after[name] - before.get(name, 0)

    assert risen('millrace_jobs_submitted_total{pipeline="diagnostics.echo"}') == 3
    assert risen('millrace_http_requests_total{method="POST",status="202",surface="craudioviz"}') == 2
    assert after["millrace_postgres_up"] == 1
    assert {f'millrace_lane_waiting{{lane="{lane}"}}' for lane in ("web", "ai", "cpu", "quick")} <= set(after)


def test_metrics_are_for_operators(api, mine):
    assert mine.get("/metrics").status_code == 403
    assert api.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 401
    assert api.get("/metrics", headers={"Host": "evil.example:80"}).status_code == 401
