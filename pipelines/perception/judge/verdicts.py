"""What a unit's claims come to, collected: which facts they support or contradict, and what no fact speaks about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pipelines.perception.judge.probe import Probe
from pipelines.perception.judge.reading import Unit
from pipelines.perception.judge.scope import Scope
from pipelines.perception.judge.text import Plain

Outcome = Literal["match", "clash", "near", "unknown"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One claim at text[start:end]. `probe` is None where no fact speaks about it; then the outcome is "unknown"."""

    outcome: Outcome
    start: int
    end: int
    probe: Probe | None = None
    claimed: str = ""
    fabricated: bool = False
    loose: bool = False  # it fits without saying it: "a Spanish firm" for one in Lyon would not, for one in Madrid does
    denies: bool = False  # the claim is that the fact's own value does not hold


@dataclass(slots=True)
class Scene:
    """One unit with all that its rules need to know."""

    unit: Unit
    scope: Scope
    plain: Plain
    language: str
    probes: tuple[Probe, ...]
    brand_words: frozenset[str]
    products: frozenset[str] = frozenset()  # owners of the products that the answer names
    verdicts: list[Verdict] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)

    @property
    def folded(self) -> str:
        return self.plain.folded

    def add(
        self,
        outcome: Outcome,
        start: int,
        end: int,
        probe: Probe | None = None,
        *,
        fabricated: bool = False,
        denies: bool = False,
        loose: bool = False,
    ) -> None:
        self.verdicts.append(
            Verdict(outcome, start, end, probe, self.plain.text[start:end].strip(), fabricated, loose, denies)
        )
