"""The removal pipeline: internal, so it is not listed and emits no events."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from pipelines.engine.pipeline import Pipeline, Stage


class Removal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which workspace is gone."""

    workspace_id: str


PIPELINE = Pipeline(
    name="removal",
    title="Removal",
    description="Removes what a deleted workspace owned.",
    input=Removal,
    internal=True,
    stages=(
        Stage(
            name="forget",
            lane="quick",
            run="pipelines.removal.forget:run",
            attempts=20,
            backoff=timedelta(seconds=10),
            backoff_limit=timedelta(hours=1),
            deadline=timedelta(minutes=10),
        ),
    ),
)
