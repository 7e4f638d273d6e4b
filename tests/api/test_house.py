"""The house's own pages: /health and /metrics."""

from __future__ import annotations

import re

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


def test_the_docs_page_needs_nothing_but_this_server(api):
    page = api.get("/docs")
    asked = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    assert page.headers["Content-Type"].startswith("text/html")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert len(asked) == 4
    for path in asked:
        if path != "data:,":
            assert path.startswith("/docs/")
            assert api.get(path).status_code == 200, path


def test_scripts_and_styles_are_packed_kept_and_not_sent_twice(api):
    plain = api.get("/docs/swagger-ui-bundle.js", headers={"Accept-Encoding": "identity"})
    packed = api.get("/docs/swagger-ui-bundle.js", headers={"Accept-Encoding": "gzip"})
    again = api.get("/docs/swagger-ui-bundle.js", headers={"If-None-Match": packed.headers["ETag"]})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert plain.content == packed.content
    assert int(packed.headers["Content-Length"]) < len(plain.content) / 3
    assert (again.status_code, again.content) == (304, b"")
    assert api.get("/docs/nope.js").status_code == 404
    assert api.get("/docs/..%2Froutes.py").status_code == 404


def test_the_bot_page_tells_how_to_refuse_the_crawler(api):
    page = api.get("/bot").text

    assert "User-agent: MillraceBot\nDisallow: /" in page
    assert f"User-Agent: MillraceBot/1.0 (+{api.url}/bot)" in page


def test_metrics_tell_how_long_stages_wait_and_run(api, mine):
    labels = 'pipeline="diagnostics.echo",stage="echo"'

    def counted():
        told = mine.post("/v1/jobs", {"pipeline": "diagnostics.echo", "input": {"value": 1, "sleep_ms": 60}}).json()
        assert mine.get(f"/v1/jobs/{told['job_id']}?wait=20").json()["status"] == "completed"
        found = figures(api)  # workers write what they counted every five seconds
        assert found.get(f"millrace_stage_run_seconds_sum{{{labels}}}", 0) >= 0.06
        return found

    found = eventually(counted, within_s=20)
    number = found[f"millrace_stage_run_seconds_count{{{labels}}}"]
    assert found[f'millrace_stage_run_seconds_bucket{{le="+Inf",{labels}}}'] == number
    assert found[f'millrace_stage_wait_seconds_bucket{{le="3600.0",{labels}}}'] == number
