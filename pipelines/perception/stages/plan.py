"""*plan*: which questions are asked, and the cells of the scan: prompt x platform x repeat."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product, zip_longest
from math import ceil
from typing import Any

import msgspec

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome, Permanent
from pipelines.perception import pipeline, platforms, profile
from pipelines.perception.pipeline import ScanInput
from pipelines.perception.questions import CATEGORIES, questions, subject_of
from store.kit import structs
from store.kit.errors import DomainError
from store.perception import answers, prompts, scans
from store.perception.answers import CellPlan
from store.perception.scans import ScanNow
from store.perception.tables import Prompt

SANDBOX_BATCH = 20  # cells of the sandbox that one task answers: each takes a millisecond
CALLS_A_TASK = 4  # calls that one task makes at most: each may take `platforms.timeout_seconds`


def run(ctx: Context) -> Outcome:
    """Decide, write the cells down, and give each call a task of its own. Runs again without doubling anything."""
    wish = structs.convert(ctx.input, ScanInput)
    scan = scans.find_of_job(ctx.workspace_id, ctx.job_id) or _opened(ctx, wish)
    facts = msgspec.to_builtins(profile.facts_of(ctx.workspace_id, scan.brand_id))
    with ctx.transaction():
        chosen = _prompts(ctx.workspace_id, scan, wish)
        if scan.facts is None:  # the first time
            prompts.count_use(ctx.workspace_id, [one.id for one in chosen])
        scans.begin(ctx.workspace_id, scan.id, prompt_ids=[one.id for one in chosen], facts=facts)
        answers.plan(ctx.workspace_id, scan.id, _cells(scan, chosen))
    parts = _parts(ctx.workspace_id, scan)
    ctx.check()
    return Outcome(
        output={"scanId": scan.id, "prompts": len(chosen), "cells": len(scan.platforms) * len(chosen) * scan.repeats},
        parts=parts,
        message=f"Asking {len(chosen)} questions of {len(scan.platforms)} platforms",
    )


def _opened(ctx: Context, wish: ScanInput) -> ScanNow:
    """The scan of a job that was submitted by its pipeline's name, or by a schedule."""
    try:
        pipeline.check(ctx.workspace_id, wish)
    except DomainError as error:
        raise Permanent(error.code, error.message, **error.fields) from error
    with ctx.transaction():
        pipeline.open_scan(ctx.workspace_id, wish, job_id=ctx.job_id)
    found = scans.find_of_job(ctx.workspace_id, ctx.job_id)
    assert found is not None
    return found


def _prompts(workspace_id: str, scan: ScanNow, wish: ScanInput) -> list[Prompt]:
    """Those that were chosen already, else new ones from the profile."""
    if scan.prompt_ids:
        return prompts.many(workspace_id, scan.brand_id, scan.prompt_ids)
    subject = subject_of(workspace_id, scan.brand_id)
    found = questions(subject, scan.prompt_count, wish.categories or CATEGORIES)
    if not found:
        raise Permanent(
            "nothing_to_ask",
            "The profile offers nothing to ask about in these categories; add products or competitors.",
        )
    return prompts.keep(workspace_id, scan.brand_id, found)


def _cells(scan: ScanNow, chosen: Sequence[Prompt]) -> list[CellPlan]:
    """Platforms take turns, so that a scan that is cut short has some of each."""
    sandboxed = set(scan.sandboxed)
    repeats = range(1, scan.repeats + 1)
    return [
        CellPlan(platform, prompt.id, repeat, platform in sandboxed)
        for repeat, prompt, platform in product(repeats, chosen, scan.platforms)
    ]


def _parts(workspace_id: str, scan: ScanNow) -> list[Any]:
    """The tasks of *ask*, the platforms by turns. Each has a few cells of one platform; all of a platform's slots get
    the same number of tasks, so that none of them is idle while another still has a handful to do."""
    by_platform: dict[str, list[str]] = {name: [] for name in scan.platforms}
    for answer_id, platform in answers.cells(workspace_id, scan.id):
        by_platform[platform].append(answer_id)
    tasks = [_tasks_of(name, ids, sandbox=name in scan.sandboxed) for name, ids in by_platform.items()]
    return [task for turn in zip_longest(*tasks) for task in turn if task is not None]


def _tasks_of(platform: str, ids: Sequence[str], *, sandbox: bool) -> list[dict[str, Any]]:
    size, slots = (SANDBOX_BATCH, 1) if sandbox else (CALLS_A_TASK, platforms.concurrency(platform))
    count = min(ceil(ceil(len(ids) / size) / slots) * slots, len(ids))
    bounds = [len(ids) * place // count for place in range(count + 1)] if count else []
    return [
        {"answerIds": list(ids[start:end]), "platform": platform, "sandbox": sandbox} for start, end in pairwise(bounds)
    ]
