"""Which scan a stage works on."""

from __future__ import annotations

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Permanent
from store.perception import scans
from store.perception.scans import ScanNow


def scan_of(ctx: Context) -> ScanNow:
    """The scan that this job makes, or that it judges anew."""
    if "scanId" in ctx.input:
        return scans.get(ctx.workspace_id, ctx.input["scanId"])
    found = scans.find_of_job(ctx.workspace_id, ctx.job_id)
    if found is None:
        raise Permanent("scan_gone", "The scan was removed while it was under way.")
    return found
