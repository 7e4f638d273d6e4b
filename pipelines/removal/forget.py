"""The one stage of removal."""

from __future__ import annotations

from datetime import timedelta

from pipelines.engine import control
from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome, TryAgain
from pipelines.removal.pipeline import Removal
from store.accounts import remains
from store.kit import structs

PAUSE = timedelta(seconds=5)  # a cancelled task may write until it notices, which takes it two seconds


def run(ctx: Context) -> Outcome:
    """Cancel what is open and come back; when nothing is open, remove what is left."""
    workspace_id = structs.convert(ctx.input, Removal).workspace_id
    cancelled = 0
    while found := remains.open_jobs(workspace_id, limit=200):
        for job_id in found:
            ctx.check()
            cancelled += control.cancel(workspace_id, job_id)
    if cancelled:
        raise TryAgain(PAUSE)
    removed = 0
    for table in remains.tables():
        while count := remains.remove_some(table, workspace_id):
            ctx.check()
            removed += count
    return Outcome(output={"rows": removed})
