"""The one stage of removal."""

from __future__ import annotations

from datetime import timedelta

from pipelines.engine import control
from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome, TryAgain
from pipelines.removal.pipeline import Removal
from store.accounts import remains
from store.kit import structs
from store.kit.batches import in_batches

BATCH = 1000
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
    removed = in_batches(lambda limit: remains.let_files_go(workspace_id, limit=limit), most=BATCH)
    for table in remains.tables():

        def remove(limit: int, table: str = table) -> int:
            ctx.check()
            return remains.remove_some(table, workspace_id, limit=limit)

        removed += in_batches(remove, most=BATCH)
    return Outcome(output={"rows": removed})
