"""Rows that tests of insights, corrections and reports stand on: a brand, its scans as completed, sightings."""

from __future__ import annotations

from typing import Any

from pipelines.engine.submit import Submission, submit
from store.brands import queries as brands
from store.insights import queries
from store.insights.queries import Sighting
from store.perception import scans

WS, OTHER = "ws_one", "ws_two"


def brand_of(workspace_id: str = WS, label: str = "acme") -> Any:
    return brands.ensure(workspace_id, label)


def scan_of(brand: Any, *, platforms: tuple[str, ...] = ("claude",), metrics: Any = None, **more: Any) -> str:
    """A completed scan."""
    job = submit(Submission(workspace_id=brand.workspace_id, pipeline="diagnostics.echo", input={}))
    made = scans.create(
        brand.workspace_id,
        brand.id,
        job_id=job.id,
        platforms=platforms,
        sandboxed=[],
        prompt_count=2,
        repeats=1,
    )
    whole: dict[str, Any] = {"facts": {"name": "Acme"}, "score": {}, "quadrant": "dominant", "judge_version": "1"}
    scans.complete(brand.workspace_id, made, metrics=metrics or {}, **whole | more)
    return made


def sighting(key: str = "hallucination:founded", **more: Any) -> Sighting:
    values: dict[str, Any] = {
        "key": key,
        "type": "hallucination",
        "severity": "high",
        "platform": "claude",
        "platforms": ["claude"],
        "description": "Incorrect founding year mentioned",
        "evidence": "Response stated 2020, actual is 2024",
        "quotes": [{"answerId": "answer_1", "quote": "founded in 2020", "start": 4, "end": 19}],
        "prevalence": {"k": 3, "n": 4, "low": 0.3, "high": 0.95},
        "prompt_ids": ["prompt_1", "prompt_2"],
        "fact_id": "founded",
        "claimed": "2020",
        "actual": "2024",
        "subject": None,
    }
    return Sighting(**values | more)


def keep(brand: Any, scan_id: str, *sightings: Sighting, **more: Any) -> None:
    wanted: dict[str, Any] = {"sandbox": False, "platforms": ["claude"], "prompt_ids": ["prompt_1", "prompt_2"]}
    queries.keep(brand.workspace_id, brand.id, scan_id=scan_id, sightings=sightings, **wanted | more)
