"""Upkeep: what has outlived its retention goes, in small batches. Run by every scheduler; each duty is idempotent.

A new table that grows names its `prune` here; it deletes one batch and answers how many rows went.
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
from store.kit.clock import utc_now
from store.kit.settings import settings
from store.knowledge import documents, unseen
from store.llm import queries as llm
from store.perception import scans
from store.reports import queries as reports
from store.runs import partitions, retention
from store.usage import queries as usage

logger = log.get("pipelines.upkeep")
BATCH = 1000
BATCHES = 50  # a round, so that one duty's backlog does not keep the others waiting


def _jobs() -> int:
    with db.plain_cursor() as cursor:
        return repair.prune(cursor, batch=BATCH)


def _answers_of_models() -> int:
    return llm.prune(older_than=timedelta(days=settings().engine.retention_days), limit=BATCH)


def _expired_blobs() -> int:
    return blobs.prune(limit=BATCH // 10)  # a file may be large


def _months_of_runs() -> int:
    partitions.ensure()
    return partitions.drop_old()


def _figures_of_runs() -> int:
    return retention.prune(batch=BATCH)


def _resolved_insights() -> int:
    return insights.prune(older_than=timedelta(days=settings().reports.insight_days), limit=BATCH)


def _expired_reports() -> int:
    return reports.prune(limit=BATCH)


def _abandoned_chunks() -> int:
    return unseen.give_up_lost(limit=BATCH)


def _conversations() -> int:
    return conversations.prune(before=utc_now() - timedelta(days=settings().answers.retention_days), limit=BATCH // 10)


def _figures_of_requests() -> int:
    return usage.prune(older_than=timedelta(days=settings().usage.retention_days), limit=BATCH)


def _episodes_of_alerts() -> int:
    return checks.prune(before=utc_now() - timedelta(days=settings().runs.figures_days), limit=BATCH)


def _old_invitations() -> int:
    return invitations.prune(limit=BATCH)


def _old_scans() -> int:
    return scans.prune(days=settings().perception.retention_days, limit=BATCH // 50)  # each has hundreds of answers


def _chats() -> int:
    return chats.prune(older_than=timedelta(days=settings().chats.retention_days), limit=BATCH // 10)


def _old_exports() -> int:
    return exports.prune(limit=BATCH)


DUTIES: dict[str, Callable[[], int]] = {
    "ends_of_scans": scans.settle,  # before their jobs go
    "ends_of_documents": documents.settle,  # before theirs
    "abandoned_chunks": _abandoned_chunks,
    "unseen_chunks": unseen.remove_some,
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
}


def round_of_upkeep() -> dict[str, int]:
    """Do every duty until it finds nothing or has had its batches; the rows each removed."""
    removed = {name: _repeat(duty) for name, duty in DUTIES.items()}
    if any(removed.values()):
        logger.info("upkeep.done", **removed)
    return removed


def _repeat(duty: Callable[[], int]) -> int:
    removed = 0
    for _ in range(BATCHES):
        gone = duty()
        removed += gone
        if not gone:
            break
    return removed
