"""Asks the configured language model about the pages that matter, when one is configured. Part of extract.

The model only points at words, and extraction/llm.py checks that they stand there. Whatever goes wrong with it, the
rules' findings stand and the result says what happened; an answer once paid for is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from pipelines.clients.llm import LlmClient, LlmError
from pipelines.engine.context import Context
from pipelines.onboarding.extraction import Candidate, SourcePage
from pipelines.onboarding.extraction.llm import GROUPS, ask
from pipelines.onboarding.reading import source_of
from store.kit import log
from store.kit.settings import settings
from store.llm import queries as answers

logger = log.get("pipelines.onboarding.asking")
MAX_PAGES = 8  # of the kinds below; a prompt holds about as much
KINDS = {
    "identity": ("home", "about", "mission", "values", "story", "features"),
    "facts": ("about", "imprint", "contact", "story", "home", "locations"),
}
NOT_CONFIGURED = {"used": False, "reason": "not_configured"}


class Told(Struct, frozen=True, kw_only=True):
    """What asking brought: `candidates` by page URL, and for the result what was used or why not."""

    candidates: dict[str, list[Candidate]]
    report: dict[str, Any]


def ask_model(ctx: Context, page_types: Mapping[str, str]) -> Told:
    """Ask about each group of fields over the best pages of the crawl; `page_types` by URL key."""
    if settings().llm.provider == "none":
        return Told(candidates={}, report=NOT_CONFIGURED)
    client = LlmClient(cancelled=ctx.cancelled)
    found: dict[str, list[Candidate]] = {}
    counts = {"verified": 0, "repaired": 0, "dropped": 0}
    answered: list[str] = []
    trouble: LlmError | None = None
    for group in GROUPS:
        ctx.check()
        try:
            outcome = ask(_kept(ctx.workspace_id, client), group, _sources(ctx, page_types, KINDS[group]))
        except LlmError as error:
            ctx.check()
            trouble = error
            break
        except msgspec.ValidationError:
            trouble = LlmError("bad_answer", "The model's answer does not have the shape that was asked for.")
            break
        answered.append(group)
        for url, candidates in outcome.candidates.items():
            found.setdefault(url, []).extend(candidates)
        for part in counts:
            counts[part] += getattr(outcome, part)
    if trouble is not None:
        logger.warning("llm.fell_back", job_id=ctx.job_id, code=trouble.code, detail=trouble.message)
    return Told(candidates=found, report=_report(client, answered, counts, trouble))


def _kept(workspace_id: str, client: LlmClient) -> Any:
    """`complete` for the extraction: an answer that was paid for before is not asked for again."""

    def complete(system: str, prompt: str, schema: dict[str, Any]) -> Any:
        asked = msgspec.json.encode((client.model, system, prompt, schema))
        key = hashlib.sha256(asked).hexdigest()
        known = answers.find(workspace_id, key)
        if known is not None:
            return known
        spent = client.tokens_used
        answer = client.complete(system, prompt, schema)
        answers.keep(workspace_id, key, model=client.model, answer=answer, tokens=client.tokens_used - spent)
        return answer

    return complete


def _sources(ctx: Context, page_types: Mapping[str, str], kinds: Sequence[str]) -> list[SourcePage]:
    """The pages of these kinds, the most telling kind first."""
    chosen = [url_key for url_key, kind in page_types.items() if kind in kinds]
    chosen.sort(key=lambda url_key: kinds.index(page_types[url_key]))
    return [source_of(ctx.workspace_id, ctx.job_id, url_key) for url_key in chosen[:MAX_PAGES]]


def _report(client: LlmClient, answered: list[str], counts: dict[str, int], trouble: LlmError | None) -> dict[str, Any]:
    report: dict[str, Any] = {"used": bool(answered), "model": client.model, "tokens": client.tokens_used}
    if answered:
        report |= {"groups": answered, **counts}
    if trouble is not None:
        report |= {"reason": trouble.code, "message": trouble.message}
    return report
