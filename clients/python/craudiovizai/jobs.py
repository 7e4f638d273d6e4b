"""`client.jobs`: submit, read, wait, cancel, retry."""

from __future__ import annotations

import time
from typing import Any

from millrace_client.errors import JobFailed, WaitTimeout
from millrace_client.records import Record
from millrace_client.transport import Transport

ENDED_BADLY = ("failed", "cancelled")
LONG_POLL_SECONDS = 20.0  # the server answers at once when the job ends before that


class Jobs:
    """Jobs of this workspace."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def submit(self, pipeline: str, input: Any = None, **fields: Any) -> Record:  # noqa: A002 - the API's word
        """Start any public pipeline."""
        body = {"pipeline": pipeline, "input": input if input is not None else {}, **fields}
        return Record(self._transport.json("POST", "/jobs", json=body, idempotent=True))

    def get(self, job_id: str) -> Record:
        """The job as it is now."""
        return Record(self._transport.json("GET", f"/jobs/{job_id}"))

    def list(self, **query: Any) -> Record:
        """One page, newest first: `jobs`, `next_cursor`, `has_more`."""
        return Record(self._transport.json("GET", "/jobs", params=query))

    def wait(self, job_id: str, *, timeout: float = 600.0) -> Record:
        """The job's result (`result.url`), with the job as `result.job`. Raises JobFailed, or WaitTimeout after `timeout` seconds."""
        ends_at = time.monotonic() + timeout
        while True:
            left = ends_at - time.monotonic()
            wait = max(min(LONG_POLL_SECONDS, left, self._transport.timeout / 2), 0)
            job = Record(self._transport.json("GET", f"/jobs/{job_id}", params={"wait": round(wait, 2)}))
            if job.status == "completed":
                result = job.to_dict().get("result")
                return Record({**(result if isinstance(result, dict) else {"value": result}), "job": job.to_dict()})
            if job.status in ENDED_BADLY:
                told = job.to_dict().get("error") or {}
                code, message = told.get("code", job.status), told.get("message", f"The job was {job.status}.")
                raise JobFailed(code, message, details={**(told.get("details") or {}), "job": job.to_dict()})
            if left <= 0:
                raise WaitTimeout("wait_timeout", f"{job_id} is not over after {timeout:g} s; it goes on.")

    def cancel(self, job_id: str) -> Record:
        """End the job."""
        return Record(self._transport.json("POST", f"/jobs/{job_id}/cancel", idempotent=True))

    def retry(self, job_id: str) -> Record:
        """Run a failed or cancelled job again."""
        return Record(self._transport.json("POST", f"/jobs/{job_id}/retry"))
