"""What each metric counts: cells become weighted observations in 0..1, summed up by platform and prompt.

Every metric is a weighted mean of such observations, scaled to its own range; factCoverage alone counts distinct
facts. The formulas are in docs/vistralai.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct

from pipelines.perception.records import BrandFacts, Cell, Judgement
from pipelines.perception.scores import METRICS, Reason
from pipelines.perception.scoring.sampling import effective_n
from pipelines.perception.scoring.sources import belongs_to, domain_of

MEANS = tuple(name for name in METRICS if name != "factCoverage")
PLACE = {name: number for number, name in enumerate(MEANS)}
RANGES = {"sentiment": (-1.0, 1.0)}
PER_PROMPT = "sentiment"
"""A mean over prompts of the mean over each prompt's answers; all other metrics are ratios of sums."""


class Observation(Struct, frozen=True):
    """`value` in 0..1."""

    metric: str
    value: float
    weight: float = 1.0


class Extent(Struct, frozen=True):
    """`prompts` with observations, the effective number of these, and their plain number."""

    prompts: int
    n: float
    count: int


class Grid:
    """The sums of a scan's observations: arrays (platform, prompt, metric), and which facts were supported where.

    `weights` Σw, `values` Σwy, `squares` Σwy², `kish` Σw² and `counts` of observations; `supported` is
    (platform, prompt, fact) of 0 and 1; `valid` counts valid answers by (platform, prompt).
    """

    def __init__(
        self,
        cells: Sequence[Cell],
        facts: BrandFacts,
        *,
        platforms: Sequence[str],
        prompts: Mapping[str, int],
        longest_list: int,
    ) -> None:
        """`prompts` gives each prompt id its place, `longest_list` where the scale of positions ends."""
        import numpy as np

        self.facts = facts
        self.longest_list = longest_list
        shape = (len(platforms), len(set(prompts.values())), len(MEANS))
        self.weights, self.values, self.squares, self.kish = (np.zeros(shape) for _ in range(4))
        self.counts = np.zeros(shape, dtype=np.int64)
        self.valid = np.zeros(shape[:2], dtype=np.int64)
        self.unbranded = np.zeros(shape[:2], dtype=np.int64)
        self.mentions = np.zeros(shape[:2], dtype=np.int64)
        self.supported = np.zeros((*shape[:2], len(facts.facts)), dtype=np.float32)
        rows = {platform: row for row, platform in enumerate(platforms)}
        fact_places = {fact.id: place for place, fact in enumerate(facts.facts)}
        for cell in cells:
            if cell.state != "valid" or cell.judgement is None:
                continue
            at = (rows[cell.platform], prompts[cell.prompt_id])
            self.valid[at] += 1
            self.unbranded[at] += not cell.branded
            self.mentions[at] += cell.judgement.mentioned
            for one in observations(cell, cell.judgement, facts, self._weights, self.longest_list):
                place = (*at, PLACE[one.metric])
                self.counts[place] += 1
                self.weights[place] += one.weight
                self.values[place] += one.weight * one.value
                self.squares[place] += one.weight * one.value**2
                self.kish[place] += one.weight**2
            for finding in cell.judgement.supported:
                if finding.fact_id in fact_places:
                    self.supported[(*at, fact_places[finding.fact_id])] = 1

    @cached_property
    def _weights(self) -> dict[str | None, float]:
        return {fact.id: fact.weight for fact in self.facts.facts}

    def scale(self, metric: str) -> tuple[float, float]:
        """The metric's values at 0 and at 1."""
        if metric == "avgPosition":
            return 1.0, float(self.longest_list)
        return RANGES.get(metric, (0.0, 100.0))

    @cached_property
    def numerators(self) -> Any:
        """(platform, prompt, metric): what a draw of prompts sums above the line."""
        import numpy as np

        place = PLACE[PER_PROMPT]
        found = self.values.copy()
        total = self.weights[:, :, place]
        found[:, :, place] = np.divide(self.values[:, :, place], total, out=np.zeros_like(total), where=total > 0)
        return found

    @cached_property
    def denominators(self) -> Any:
        """(platform, prompt, metric): and below the line."""
        found = self.weights.copy()
        found[:, :, PLACE[PER_PROMPT]] = self.weights[:, :, PLACE[PER_PROMPT]] > 0
        return found

    def extent(self, metric: str, row: int | None = None) -> Extent:
        """How much there is of a metric on one platform, or on all of them together."""
        import numpy as np

        rows = slice(None) if row is None else slice(row, row + 1)
        if metric == "factCoverage":
            facts = len(self.facts.facts)
            return Extent(int((self.valid[rows].sum(axis=0) > 0).sum()), float(facts), facts)
        place = PLACE[metric]
        by_prompt = [sums[rows, :, place].sum(axis=0) for sums in (self.weights, self.values, self.squares, self.kish)]
        count = int(self.counts[rows, :, place].sum())
        return Extent(int(np.count_nonzero(by_prompt[0])), effective_n(*by_prompt), count)

    def why_null(self, metric: str, row: int) -> Reason:
        """The reason that a platform has no value of this metric."""
        if not self.valid[row].sum():
            return "no_valid_answer"
        if metric in {"shareOfVoice", "visibility"} and not self.unbranded[row].sum():
            return "no_unbranded_answer"
        if metric == "shareOfVoice" and not self.facts.competitors:
            return "no_rivals"
        if metric == "factCoverage":
            return "no_facts"
        if metric == "citationShare":
            return "no_citation" if self.facts.domain else "no_own_domain"
        if not self.mentions[row].sum():
            return "not_mentioned"
        named: dict[str, Reason] = {
            "faithfulness": "no_checkable_claim",
            "avgPosition": "not_ranked",
            "voiceAlignment": "no_voice_profile",
        }
        return named.get(metric, "not_mentioned")


def observations(
    cell: Cell, judgement: Judgement, facts: BrandFacts, weights: Mapping[str | None, float], longest_list: int
) -> Iterator[Observation]:
    """What one valid answer adds to each metric."""
    yield Observation("mentionRate", float(judgement.mentioned))
    if not cell.branded:
        yield Observation("visibility", float(judgement.mentioned))
        # Without a tracked rival every mention would be the brand's own: a 100 % that says nothing.
        if facts.competitors:
            if judgement.mentioned:
                yield Observation("shareOfVoice", 1.0)
            for _ in set(judgement.competitors):
                yield Observation("shareOfVoice", 0.0)
    if facts.domain:
        for citation in cell.citations:
            if citation.cited:
                own = belongs_to(citation.domain or domain_of(citation.url), facts.domain)
                yield Observation("citationShare", float(own))
    if not judgement.mentioned:
        return
    yield Observation("hallucination", float(not is_wrong(judgement)))
    # A fact counts once in an answer, however often it is repeated there: long answers weigh no more than short ones.
    for verdict, findings in ((1.0, judgement.supported), (0.0, judgement.contradicted)):
        for fact_id in sorted({finding.fact_id for finding in findings if finding.fact_id in weights}, key=str):
            yield Observation("faithfulness", verdict, weights[fact_id])
    if judgement.sentiment is not None:
        yield Observation("sentiment", (min(max(judgement.sentiment, -1.0), 1.0) + 1) / 2)
    if judgement.rank is not None:
        yield Observation("avgPosition", (judgement.rank - 1) / (longest_list - 1) if longest_list > 1 else 0.0)
    if cell.voice is not None:
        yield Observation("voiceAlignment", min(max(cell.voice, 0.0), 100.0) / 100)


def is_wrong(judgement: Judgement) -> bool:
    """Whether an answer contradicts a fact or invents something."""
    return bool(judgement.contradicted) or any(finding.fabricated for finding in judgement.unsupported)


def longest_list(cells: Sequence[Cell]) -> int:
    """The most places that any answer's list has; at least 1."""
    judged = [cell.judgement for cell in cells if cell.judgement]
    return max((max(one.list_length, one.rank or 0, 1) for one in judged), default=1)
