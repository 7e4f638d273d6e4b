"""What an insight says before it is stored: plain data, and how severe it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from pipelines.perception.records import Cell
from pipelines.perception.scoring.sampling import effective_n, wilson

InsightType = Literal[
    "hallucination",
    "outdated_fact",
    "missing_from_answers",
    "negative_sentiment",
    "competitor_dominance",
    "source_gap",
]
Severity = Literal["critical", "high", "medium", "low"]
# Weight of what is wrong x the least share of answers that have it: at 0.5 half of the answers are wrong about a fact
# of plain weight. `critical` takes a fact of double weight.
STEPS: tuple[tuple[float, Severity], ...] = ((1.0, "critical"), (0.5, "high"), (0.2, "medium"), (0.0, "low"))
MAX_QUOTES = 20
MAX_PROMPTS = 8  # of one insight: what a verification asks again, several times on each platform


class Quote(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Where it was seen: `quote` stands in the answer at `start:end`; without a quote the whole answer shows it.

    `sources` are the pages that the answer cites there.
    """

    answer_id: str
    platform: str
    prompt: str
    quote: str = ""
    start: int | None = None
    end: int | None = None
    sources: tuple[str, ...] = ()


class Prevalence(Struct, frozen=True, kw_only=True):
    """In `k` of `n` answers; `low` and `high` (0..1) bound the share at 95 %, repeats counted for what they are worth.

    `n_there` of the `n` are of platforms that showed it at all: only those are asked again.
    """

    k: int
    n: int
    n_there: int
    low: float
    high: float


class InsightDraft(Struct, frozen=True, kw_only=True):
    """`key` names what is wrong, so that the next scan's insight about it is the same one.

    `platform` is where it is seen most, `platforms` all where it is, `prompt_ids` the questions that showed it.
    `subject` is what it is about when that is no fact: a rival, a domain, a category of questions.
    """

    key: str
    type: InsightType
    severity: Severity
    platform: str
    platforms: tuple[str, ...]
    description: str
    evidence: str
    quotes: tuple[Quote, ...]
    prevalence: Prevalence
    prompt_ids: tuple[str, ...]
    fact_id: str | None = None
    claimed: str | None = None
    actual: str | None = None
    subject: str | None = None


def severity_of(prevalence: Prevalence, *, weight: float = 1.0) -> Severity:
    """By the lower bound of how often: what was seen once by chance is not severe yet."""
    reached = weight * prevalence.low
    return next(name for least, name in STEPS if reached >= least)


def prevalence(hits: Sequence[Cell], among: Sequence[Cell]) -> Prevalence:
    """How often, with the repeats of a question on a platform as one cluster. `hits` are part of `among`."""
    import numpy as np

    clusters: dict[tuple[str, str], list[float]] = {}
    for cell in among:
        clusters.setdefault((cell.platform, cell.prompt_id), [0.0, 0.0])[0] += 1
    for cell in hits:
        clusters[cell.platform, cell.prompt_id][1] += 1
    sizes, counts = np.array(list(clusters.values())).T if clusters else (np.zeros(0), np.zeros(0))
    n = effective_n(sizes, counts, counts, sizes)
    low, high = wilson(len(hits) / len(among) * n if among else 0, n)
    showing = {cell.platform for cell in hits}
    there = sum(cell.platform in showing for cell in among)
    return Prevalence(k=len(hits), n=len(among), n_there=there, low=low, high=high)


def where(hits: Sequence[Cell]) -> tuple[str, tuple[str, ...]]:
    """(the platform with most of them, all platforms)."""
    counts: dict[str, int] = {}
    for cell in hits:
        counts[cell.platform] = counts.get(cell.platform, 0) + 1
    ordered = sorted(counts, key=lambda platform: (-counts[platform], platform))
    return ordered[0], tuple(ordered)


def prompts_of(hits: Sequence[Cell]) -> tuple[str, ...]:
    """The questions, each once."""
    return tuple(dict.fromkeys(cell.prompt_id for cell in hits))[:MAX_PROMPTS]


def whole_answer(cell: Cell, *, sources: tuple[str, ...] = ()) -> Quote:
    """Evidence that is no sentence: what the answer as a whole says, or leaves out."""
    return Quote(answer_id=cell.answer_id, platform=cell.platform, prompt=cell.prompt, sources=sources)
