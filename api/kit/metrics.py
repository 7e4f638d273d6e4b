"""What this process counts. With PROMETHEUS_MULTIPROC_DIR set (the supervisor does), a scrape sees all processes."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

requests = Counter("millrace_http_requests", "Requests answered.", ["surface", "method", "status"])
submitted = Counter("millrace_jobs_submitted", "Jobs accepted over HTTP.", ["pipeline"])
runs = Counter("millrace_runs_tracked", "Runs told to run tracking.", ["outcome"])
limiter_passed = Counter("millrace_limiter_passed", "Requests that were let through because Redis was away.")
limiter_refused = Counter("millrace_limiter_refused", "Requests refused with 429 by a limit.", ["surface"])
streams = Gauge("millrace_streams_open", "Event streams open now.", multiprocess_mode="livesum")

_request_children: dict[tuple[str, str, int], Counter] = {}
_submitted_children: dict[str, Counter] = {}


def count_request(surface: str, method: str, status: int) -> None:
    """Count one answer; the labelled child is kept, because looking it up costs more than counting."""
    child = _request_children.get((surface, method, status))
    if child is None:
        child = _request_children[(surface, method, status)] = requests.labels(surface, method, str(status))
    child.inc()


def count_submitted(pipeline: str) -> None:
    """Count one accepted job."""
    child = _submitted_children.get(pipeline)
    if child is None:
        child = _submitted_children[pipeline] = submitted.labels(pipeline)
    child.inc()


def count_runs(**outcomes: int) -> None:
    """Count runs by what became of them: accepted, duplicate, refused."""
    for outcome, number in outcomes.items():
        if number:
            runs.labels(outcome).inc(number)
