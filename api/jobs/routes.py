"""Our own endpoints, on the craudioviz surface."""

from __future__ import annotations

from typing import Any

from api.jobs.catalog import Pipelines
from api.jobs.events import Feed, JobEvents
from api.jobs.job import Job, JobCancel, JobRetry, JobWhy
from api.jobs.jobs import JobBatch, Jobs
from api.jobs.lanes import LanePause, LaneResume, Lanes

ROUTES: tuple[tuple[str, Any], ...] = (
    ("/v1/jobs", Jobs()),
    ("/v1/jobs/batch", JobBatch()),
    ("/v1/jobs/{job_id}", Job()),
    ("/v1/jobs/{job_id}/cancel", JobCancel()),
    ("/v1/jobs/{job_id}/retry", JobRetry()),
    ("/v1/jobs/{job_id}/events", JobEvents()),
    ("/v1/jobs/{job_id}/why", JobWhy()),
    ("/v1/events", Feed()),
    ("/v1/pipelines", Pipelines()),
    ("/v1/lanes", Lanes()),
    ("/v1/lanes/{lane}/pause", LanePause()),
    ("/v1/lanes/{lane}/resume", LaneResume()),
)
