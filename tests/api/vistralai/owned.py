"""What workspaces own of perception scans, for the tests that are generated over all routes (tests/api/walk.py)."""

from __future__ import annotations

from pipelines.engine import schedules
from pipelines.perception.reports.pipeline import ask_for
from store.brands import queries as brands
from store.brands import sections
from store.brands.values import Source
from store.insights import corrections
from store.insights import queries as insights
from store.kit.ids import new_id
from store.perception import scans

LABEL = "walked-brand"
PERSON = Source(origin="person", at="2026-01-01T00:00:00Z")


def _insight(workspace_id: str, _surface: str, _made: dict[str, str]) -> str:
    brand = brands.ensure(workspace_id, LABEL)
    sighting = insights.Sighting(
        key=new_id("job"), type="hallucination", severity="low", platform="claude", platforms=["claude"],
        description="Incorrect name mentioned", evidence="", quotes=[], prevalence={"k": 1, "n": 1, "low": 0, "high": 1},
        prompt_ids=["prompt_1"], fact_id=None, claimed=None, actual=None, subject=None,
    )  # fmt: skip
    insights.keep(
        workspace_id, brand.id, scan_id=new_id("scan"), sandbox=False, sightings=[sighting], platforms=[], prompt_ids=[]
    )
    return str(insights.page(workspace_id, brand.id, limit=1)[0].id)


def _correction(workspace_id: str, surface: str, made: dict[str, str]) -> str:
    insight_id = _insight(workspace_id, surface, made)
    brand = brands.ensure(workspace_id, LABEL)
    return corrections.create(
        workspace_id, brand.id, insight_id=insight_id, fix_type="faq", suggestion={"type": "faq", "content": "x"},
        created_by=None,
    ).id  # fmt: skip


def _report(workspace_id: str, _surface: str, _made: dict[str, str]) -> str:
    brand = brands.ensure(workspace_id, LABEL)
    return ask_for(brand, format="csv", first_day=None, last_day=None, surface="vistralai", created_by="walker").id


def insight_of_profile(workspace_id: str, surface: str, made: dict[str, str]) -> str:
    """One that a correction can be made of: the brand's profile has facts."""
    sections.edit(brands.ensure(workspace_id, LABEL), "identity", {"founded_year": 2024}, source=PERSON)
    return _insight(workspace_id, surface, made)


def _schedule(workspace_id: str, _surface: str, _made: dict[str, str]) -> str:
    made = schedules.put(
        workspace_id, f"scan:{new_id('job')}", cron="0 6 * * *", pipeline="diagnostics.echo", job_input={},
        surface="vistralai",
    )  # fmt: skip
    return made.id


def _scan(workspace_id: str, _surface: str, _made: dict[str, str]) -> str:
    brand = brands.ensure(workspace_id, LABEL)
    return scans.create(
        workspace_id, brand.id, job_id=new_id("job"), platforms=["claude"], sandboxed=["claude"], prompt_count=1,
        repeats=1,
    )  # fmt: skip


OWNED = {
    "insight_id": _insight,
    "report_id": _report,
    "scan_id": _scan,
    "schedule_id": _schedule,
    "workflow_id": _correction,
}
