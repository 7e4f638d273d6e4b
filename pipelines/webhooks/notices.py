"""An endpoint that is given up: disabled, told in the log and by mail to the workspace's owners, in one transaction.

What was to be sent to it has failed then, batch by batch: there may be much of it.
"""

from __future__ import annotations

from pipelines.mail import queue
from store.accounts import members
from store.kit import db, log
from store.kit.batches import in_batches
from store.kit.clock import utc_now
from store.webhooks import ledger

BATCH = 1000

logger = log.get("pipelines.webhooks.notices")


def disable(workspace_id: str, endpoint_id: str, *, reason: str) -> None:
    """Disable the endpoint because of `reason` (gone, failing). Nothing happens when it was disabled already."""
    with db.transaction():
        if not ledger.disable(workspace_id, endpoint_id, reason=reason, now=utc_now()):
            return
        for address in members.addresses(workspace_id, at_least="OWNER"):
            queue.webhook_disabled(address, endpoint_id, reason=reason, workspace_id=workspace_id)
    in_batches(lambda limit: ledger.fail_pending(endpoint_id, now=utc_now(), limit=limit), most=BATCH)
    logger.info("webhook.disabled", webhook_id=endpoint_id, workspace_id=workspace_id, reason=reason)
