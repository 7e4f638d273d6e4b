"""How much room a workspace's files may take, by its plan."""

from __future__ import annotations

from store.kit.db import row
from store.kit.errors import UsageLimitReached
from store.kit.settings import settings
from store.limits.plans import row_of

MEGABYTE = 1_000_000


def used(workspace_id: str) -> int:
    """Bytes of the workspace's files, those that are being written left out (index blob_sizes)."""
    found = row("SELECT coalesce(sum(size), 0) FROM blob WHERE workspace_id = %s", (workspace_id,))
    return int(found[0]) if found else 0


def check(workspace_id: str, plan: str) -> None:
    """Raise UsageLimitReached when the files are more than the plan includes; a plan without a row has no end."""
    limit = row_of(settings().files.plan_megabytes, plan)
    if limit is None:
        return
    taken = used(workspace_id)
    if taken > limit * MEGABYTE:
        raise UsageLimitReached(
            f"The plan includes {limit} MB of files; delete some first.",
            quota="storage",
            limit=limit * MEGABYTE,
            used=taken,
        )
