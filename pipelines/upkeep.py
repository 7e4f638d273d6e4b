"""Upkeep: what has outlived its retention goes, in small batches. Run by every scheduler; each duty is idempotent.

A new table that grows names its `prune` here; it deletes one batch of so many and answers how many rows went.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from store.accounts import invitations
from store.agents import conversations
from store.alerts import checks
from store.blobs import queries as blobs
from store.chats import queries as chats
from store.exports import queries as exports
from store.insights import queries as insights
from store.jobs import repair
from store.kit import db, log
from store.kit.batches import in_batches
from store.kit.clock import utc_now
from store.kit.settings import settings
from store.knowledge import documents, unseen
from store.llm import queries as llm
from store.perception import scans
from store.reports import queries as reports
from store.runs import partitions, retention
from store.usage import queries as usage
from store.webhooks import ledger

logger = log.get("pipelines.upkeep")
BATCH = 1000  # rows of one transaction at most; fewer when they take long
BATCHES = 50  # a round, so that one duty's backlog does not keep the others waiting


def _jobs(limit: int) -> int:
    with db.plain_cursor() as cursor:
        return repair.prune(cursor, batch=limit)


def _answers_of_models(limit: int) -> int:
    return llm.prune(older_than=timedelta(days=settings().engine.retention_days), limit=limit)


def _expired_blobs(limit: int) -> int:
    return blobs.prune(limit=limit)


def _months_of_runs(_: int) -> int:
    partitions.ensure()
    return partitions.drop_old()


def _figures_of_runs(limit: int) -> int:
    return retention.prune(batch=limit)


def _resolved_insights(limit: int) -> int:
    return insights.prune(older_than=timedelta(days=settings().reports.insight_days), limit=limit)


def _expired_reports(limit: int) -> int:
    return reports.prune(limit=limit)


def _ends_of_scans(limit: int) -> int:
    return scans.settle(limit=limit)


def _ends_of_documents(limit: int) -> int:
    return documents.settle(limit=limit)


def _abandoned_chunks(limit: int) -> int:
    return unseen.give_up_lost(limit=limit)


def _unseen_chunks(limit: int) -> int:
    return unseen.remove_some(limit=limit)


def _conversations(limit: int) -> int:
    return conversations.prune(before=utc_now() - timedelta(days=settings().answers.retention_days), limit=limit)


def _figures_of_requests(limit: int) -> int:
    return usage.prune(older_than=timedelta(days=settings().usage.retention_days), limit=limit)


def _episodes_of_alerts(limit: int) -> int:
    return checks.prune(before=utc_now() - timedelta(days=settings().runs.figures_days), limit=limit)


def _old_invitations(limit: int) -> int:
    return invitations.prune(limit=limit)


def _old_scans(limit: int) -> int:
    return scans.prune(days=settings().perception.retention_days, limit=limit)


def _chats(limit: int) -> int:
    return chats.prune(older_than=timedelta(days=settings().chats.retention_days), limit=limit)


def _old_exports(limit: int) -> int:
    return exports.prune(limit=limit)


def _deliveries_of_nobody(limit: int) -> int:
    return ledger.prune_of_nobody(limit=limit)


DUTIES: dict[str, Callable[[int], int]] = {
    "ends_of_scans": _ends_of_scans,  # before their jobs go
    "ends_of_documents": _ends_of_documents,  # before theirs
    "abandoned_chunks": _abandoned_chunks,
    "unseen_chunks": _unseen_chunks,
    "jobs": _jobs,
    "old_scans": _old_scans,
    "answers_of_models": _answers_of_models,
    "expired_blobs": _expired_blobs,
    "months_of_runs": _months_of_runs,
    "figures_of_runs": _figures_of_runs,
    "expired_reports": _expired_reports,
    "resolved_insights": _resolved_insights,
    "conversations": _conversations,
    "figures_of_requests": _figures_of_requests,
    "chats": _chats,
    "episodes_of_alerts": _episodes_of_alerts,
    "old_invitations": _old_invitations,
    "old_exports": _old_exports,
    "deliveries_of_nobody": _deliveries_of_nobody,
}


def round_of_upkeep() -> dict[str, int]:
    """Do every duty until it finds nothing or has had its batches; the rows each removed."""
    removed = {name: in_batches(duty, most=BATCH, times=BATCHES) for name, duty in DUTIES.items()}
    if any(removed.values()):
        logger.info("upkeep.done", **removed)
    return removed
