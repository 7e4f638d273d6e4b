"""Cells for the tests of scoring and insights: a brand, its facts, and answers made by hand."""

from __future__ import annotations

from itertools import count
from typing import Any

from pipelines.perception.records import BrandFacts, Cell, Citation, Fact, Finding, Judgement, Rival

_numbers = count(1)
_OF_JUDGEMENT = set(Judgement.__struct_fields__) - {"model"}  # the answering one, not one that judges
FOUNDED = Fact(id="founded", predicate="founded_year", kind="year", value=2024, statement="Acme was founded in 2024.")
PRICE = Fact(
    id="price", predicate="price", kind="money", subject="Acme Pro", statement="Acme Pro costs $99.", weight=2.0
)
BRAND = BrandFacts(
    name="Acme",
    domain="acme.com",
    competitors=(Rival("Bolt", domain="bolt.io"), Rival("Crux")),
    facts=(FOUNDED, PRICE),
)


def found(text: str = "founded in 2020", *, fact: Fact | None = FOUNDED, claimed: str = "2020", **more: Any) -> Finding:
    return Finding(
        quote=text,
        start=5,
        end=5 + len(text),
        fact_id=fact.id if fact else None,
        claimed=claimed,
        actual="2024",
        **more,
    )


def cell(platform: str = "claude", prompt_id: str = "p1", *, repeat: int = 0, **more: Any) -> Cell:
    """A valid answer; what a Judgement has goes into it, the rest into the cell."""
    judged = {name: more.pop(name) for name in list(more) if name in _OF_JUDGEMENT}
    judged.setdefault("mentioned", True)
    defaults: dict[str, Any] = {"state": "valid", "category": "product", "model": "model-1", "prompt": prompt_id}
    state = more.get("state", "valid")
    return Cell(
        answer_id=f"answer_{next(_numbers)}",
        platform=platform,
        prompt_id=prompt_id,
        repeat=repeat,
        judgement=Judgement(**judged) if state == "valid" else None,
        **defaults | more,
    )


def presence(*rows: str, platform: str = "claude") -> list[Cell]:
    """The research's notation: one row a prompt, one triple (brand, Bolt, Crux) an answer: `"111 110 011"`."""
    return [
        cell(
            platform,
            f"p{number}",
            repeat=repeat,
            mentioned=triple[0] == "1",
            competitors=tuple(name for name, here in zip(("Bolt", "Crux"), triple[1:], strict=True) if here == "1"),
        )
        for number, row in enumerate(rows)
        for repeat, triple in enumerate(row.split())
    ]


def cites(*domains: str) -> tuple[Citation, ...]:
    return tuple(Citation(url=f"https://{domain}/page", domain=domain) for domain in domains)
