"""What follows from a scored scan: insights kept once, the change against the scan before, and events told once."""

from __future__ import annotations

import msgspec
import pytest

from pipelines.perception.insights import keeping
from pipelines.perception.records import BrandFacts
from pipelines.perception.scores import Comparison
from pipelines.webhooks import catalog
from store.insights import queries
from store.jobs import events
from store.kit import db
from store.webhooks.records import Line
from tests.kit.settled import settled
from tests.pipelines.perception.cells import BRAND, FOUNDED, cell, found
from tests.pipelines.perception.scanned import scanned
from tests.store.insights.rows import WS, brand_of


@pytest.fixture
def brand(empty_store):
    return brand_of()


def answers(rate, *, wrong=False):
    findings = {"contradicted": (found(),)} if wrong else {}
    return [
        cell(prompt_id=f"p{n}", repeat=r, prompt=f"Question {n}?", mentioned=r < rate, **findings)
        for n in range(10)
        for r in range(3)
    ]


def as_line(event):
    known = {
        name: getattr(event, name) for name in ("xid", "id", "workspace_id", "job_id", "type", "data", "created_at")
    }
    return Line(**known, sequence=None, facts={})


def told():
    return [(kind, data) for kind, data in db.rows("SELECT type, data FROM event WHERE job_id IS NULL ORDER BY id")]


def test_a_first_scan_has_insights_and_is_told_with_nothing_to_compare(brand):
    scan, _ = scanned(brand, answers(3, wrong=True))

    assert queries.change(WS, scan.id).comparison is None
    (insight,) = queries.page(WS, brand.id, limit=9)
    assert (insight.evidence, insight.scan_id) == ("Response stated 2020, actual is 2024", scan.id)
    assert insight.quotes[0]["quote"] == "founded in 2020"
    ((kind, data),) = told()
    assert (kind, data["brandId"], data["scanId"], data["sandbox"]) == ("scan.completed", "acme", scan.id, False)
    assert data["metrics"]["hallucination"] == 0
    assert data["metrics"]["sentiment"] is None


def test_a_change_that_is_no_chance_is_told_and_the_comparison_is_kept(brand):
    scanned(brand, answers(0))
    scan, _ = scanned(brand, answers(3), before=answers(0))

    kept = queries.change(WS, scan.id)
    comparison = msgspec.convert(kept.comparison, Comparison)
    assert comparison.overall["visibility"].verdict == "moved"
    (data,) = [data for kind, data in told() if kind == "visibility.changed"]
    assert (data["score"], data["previousScore"], data["change"]) == (100, 0, 100)
    assert data["previousScanId"] == kept.previous_scan_id


def test_noise_is_not_told(brand):
    scanned(brand, answers(2))
    scanned(brand, answers(2), before=answers(2))

    assert [kind for kind, _ in told()] == ["scan.completed", "scan.completed"]


def test_a_stage_that_runs_again_tells_nothing_twice(brand):
    cells = answers(3, wrong=True)
    scan, result = scanned(brand, cells)

    drawn = keeping.draw(scan, cells, BRAND, result, texts={}, cells_of=lambda _: ())
    with db.transaction():
        keeping.keep(scan, brand, drawn, cells, result)

    assert len(told()) == 1
    assert len(queries.page(WS, brand.id, limit=9)) == 1


def test_an_earlier_scans_facts_make_a_claim_outdated(brand):
    former = BrandFacts(name="Acme", facts=(msgspec.structs.replace(FOUNDED, value=2020),))
    scanned(brand, answers(3), facts=former)

    scanned(brand, answers(3, wrong=True), before=answers(3))

    assert [one.type for one in queries.page(WS, brand.id, limit=9)] == ["outdated_fact"]


def test_webhooks_carry_the_documented_fields_and_nothing_else(brand):
    scanned(brand, answers(0))
    scan, _ = scanned(brand, answers(3), before=answers(0))
    offered = catalog.offered("runs")
    settled()

    sent = {
        name: offered[name].build(line)
        for line in map(as_line, events.of_workspace(WS, after=events.START, limit=99))
        for name in ("scan.completed", "visibility_score.changed")
        if offered[name].tells_of(line)
    }

    assert sent["visibility_score.changed"] == {"brandId": "acme", "score": 100, "previousScore": 0}
    assert set(sent["scan.completed"]) == {"scanId", "brandId", "quadrant", "metrics", "sandbox"}
    assert sent["scan.completed"]["scanId"] == scan.id
