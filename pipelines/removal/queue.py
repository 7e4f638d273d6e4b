"""Deleting a workspace: at once for everyone, and then for the disk."""

from __future__ import annotations

import msgspec

from pipelines.engine.submit import Submission, submit_in_transaction
from pipelines.removal.pipeline import PIPELINE, Removal
from store.accounts import remains, workspaces
from store.kit.db import transaction
from store.kit.errors import NotFound


def delete_workspace(workspace_id: str) -> None:
    """Delete a workspace with its members, keys, webhooks and schedules; the rest is queued. Raises NotFound."""
    with transaction():
        if not workspaces.remove(workspace_id):
            raise NotFound("There is no such workspace.")
        remains.stop_schedules(workspace_id)
        wanted = Removal(workspace_id=workspace_id)
        submit_in_transaction(
            Submission(workspace_id=workspace_id, pipeline=PIPELINE.name, input=msgspec.to_builtins(wanted))
        )
