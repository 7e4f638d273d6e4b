"""Starting a verification: the insight's own questions, of the platforms that were wrong, once at a time."""

from __future__ import annotations

import pytest

from pipelines.perception import platforms
from pipelines.perception.corrections.pipeline import verify
from store.brands import sections
from store.brands.values import Source
from store.insights import corrections, queries
from store.jobs import queries as jobs
from store.kit import db
from store.kit.errors import NotFound, Unprocessable
from store.perception import prompts, scans
from store.perception.prompts import NewPrompt
from tests.store.insights.rows import OTHER, WS, brand_of, keep, scan_of, sighting


@pytest.fixture
def brand(empty_store):
    made = brand_of()
    sections.edit(made, "identity", {"name": "Acme", "founded_year": 2024}, source=Source(origin="person", at="2026"))
    return made


def correction(brand, *, share=(3, 6), wrong_on=("claude", "gemini"), asked=("One?", "Two?")):
    wanted = [NewPrompt(text=text, category="product", intent="discovery", branded=False) for text in asked]
    ids = [one.id for one in prompts.keep(WS, brand.id, wanted)]
    seen = sighting(
        platforms=list(wrong_on),
        prompt_ids=ids,
        prevalence={"k": share[0], "n": share[1], "low": 0.1, "high": 0.6},
    )
    keep(brand, scan_of(brand), seen)
    insight = queries.page(WS, brand.id, limit=1)[0]
    made = corrections.create(
        WS, brand.id, insight_id=insight.id, fix_type="faq", suggestion={"type": "faq", "content": "x"}, created_by=None
    )
    return made.id, ids


def begun(workflow_id):
    held = verify(WS, workflow_id, surface="vistralai", created_by="user_1")
    return held, scans.find_of_job(WS, held.job_id)


def test_the_questions_that_showed_it_are_asked_of_the_platforms_that_were_wrong(brand):
    workflow_id, ids = correction(brand)

    held, scan = begun(workflow_id)

    assert (held.status, held.verification) == ("verifying", {"before": 0.5})
    assert (scan.kind, scan.platforms, scan.prompt_ids, scan.repeats) == ("verification", ["claude", "gemini"], ids, 3)
    assert scan.id not in {one.id for one in scans.page(WS, brand.id, limit=9)}


def test_what_showed_seldom_is_asked_more_often(brand):
    workflow_id, _ = correction(brand, share=(1, 3), wrong_on=("claude",), asked=("One?",))

    _, scan = begun(workflow_id)

    assert scan.repeats == 9


def test_while_it_is_under_way_nothing_is_asked_a_second_time(brand):
    workflow_id, _ = correction(brand)

    first, _ = begun(workflow_id)
    second, _ = begun(workflow_id)

    assert first.job_id == second.job_id
    assert len([one for one in jobs.page(WS, limit=9) if one.pipeline == "perception.verify"]) == 1


def test_when_nobody_can_be_asked_nothing_changes(brand, monkeypatch):
    workflow_id, _ = correction(brand)
    monkeypatch.setattr(platforms, "sandbox_answers", lambda name: False)

    with pytest.raises(Unprocessable) as refused:
        begun(workflow_id)

    assert (refused.value.code, refused.value.fields["platforms"]) == ("platform_not_configured", ["claude", "gemini"])
    assert corrections.get(WS, workflow_id).status == "pending"


def test_platforms_that_cannot_be_asked_any_more_are_left_out(brand, monkeypatch):
    workflow_id, _ = correction(brand)
    monkeypatch.setattr(platforms, "sandbox_answers", lambda name: name == "gemini")

    _, scan = begun(workflow_id)

    assert scan.platforms == ["gemini"]


def test_questions_that_are_gone_are_told_and_nothing_changes(brand):
    workflow_id, ids = correction(brand)
    db.rows("DELETE FROM prompt WHERE id = %s", (ids[0],))

    with pytest.raises(Unprocessable) as refused:
        begun(workflow_id)

    assert refused.value.code == "prompts_gone"
    assert corrections.get(WS, workflow_id).status == "pending"


def test_a_stranger_cannot_verify(brand):
    workflow_id, _ = correction(brand)

    with pytest.raises(NotFound):
        verify(OTHER, workflow_id, surface="vistralai", created_by=None)
