"""Scans, prompts and answers: what is stored once, what holds while a job runs, and where the money goes."""

from __future__ import annotations

import pytest

from pipelines.engine import control
from pipelines.engine.submit import Submission, submit
from store.brands import queries as brands
from store.jobs import repair
from store.kit import db
from store.kit.errors import NotFound
from store.perception import answers, prompts, scans
from store.perception.answers import CellPlan, Told, Verdict
from store.perception.prompts import NewPrompt
from store.perception.tables import Answer

WS, OTHER = "ws_one", "ws_two"


@pytest.fixture
def brand(empty_store):
    return brands.ensure(WS, "acme")


def scan_of(brand, *, max_spend_nano: int | None = None, **more) -> str:
    job = submit(Submission(workspace_id=WS, pipeline="diagnostics.echo", input={}))
    wanted = {"platforms": ["claude"], "sandboxed": [], "prompt_count": 2, "repeats": 1, **more}
    return scans.create(WS, brand.id, job_id=job.id, max_spend_nano=max_spend_nano, **wanted)


def planned(brand, *texts: str, **more) -> tuple[str, list[str]]:
    """(scan, its cells): one cell a prompt."""
    scan_id = scan_of(brand, **more)
    kept = prompts.keep(
        WS,
        brand.id,
        [NewPrompt(text=text, category="product", intent="discovery", branded=False) for text in texts],
    )
    scans.begin(WS, scan_id, prompt_ids=[one.id for one in kept], facts={})
    answers.plan(WS, scan_id, [CellPlan("claude", one.id, 1, False) for one in kept])
    return scan_id, [row.id for row in answers.of_scan(WS, scan_id)]


def spent(scan_id: str) -> int:
    return scans.get(WS, scan_id).spent_nano


def test_a_question_is_kept_once_however_it_is_spelled(brand):
    first = prompts.keep(
        WS, brand.id, [NewPrompt(text="Best tools?", category="product", intent="discovery", branded=False)]
    )
    again = prompts.keep(
        WS,
        brand.id,
        [
            NewPrompt(text="best  tools", category="brand", intent="other", branded=True),
            NewPrompt(text="Who is Acme?", category="brand", intent="evaluation", branded=True),
        ],
    )
    prompts.count_use(WS, [again[0].id])

    assert again[0].id == first[0].id
    listed = prompts.page(WS, brand.id, limit=10)
    assert [(row.text, row.category, row.usage_count) for row in listed] == [
        ("Who is Acme?", "brand", 0),
        ("Best tools?", "product", 1),
    ]
    assert prompts.page(OTHER, brand.id, limit=10) == []
    with pytest.raises(NotFound):
        prompts.many(OTHER, brand.id, [first[0].id])


def test_a_scan_is_what_its_job_is_until_it_is_completed(brand):
    scan_id, _ = planned(brand, "one")
    assert scans.get(WS, scan_id).status == "pending"
    assert scans.count_open(WS) == 1

    control.cancel(WS, scans.get(WS, scan_id).job_id)

    assert scans.get(WS, scan_id).status == "cancelled"
    assert scans.count_open(WS) == 0
    assert (scans.settle(), scans.settle()) == (1, 0)
    db.rows("DELETE FROM job")
    assert scans.get(WS, scan_id).status == "cancelled"
    with pytest.raises(NotFound):
        scans.get(OTHER, scan_id)


def test_a_completed_scan_stays_completed_and_is_judged_anew_without_a_new_end(brand):
    scan_id, _ = planned(brand, "one")
    made = {"facts": {}, "score": {"a": 1}, "metrics": {"faithfulness": 90.0}, "quadrant": "hidden_gem"}
    scans.complete(WS, scan_id, **made, judge_version="1")
    first = scans.get(WS, scan_id)
    db.rows("DELETE FROM job")
    scans.complete(WS, scan_id, **made | {"quadrant": "dominant"}, judge_version="2")

    last = scans.get(WS, scan_id)
    assert (last.status, last.progress, last.quadrant, last.judge_version) == ("completed", 100, "dominant", "2")
    assert last.finished_at == first.finished_at
    assert last.judged_at > first.judged_at
    assert [row.id for row in scans.completed(WS, brand.id, limit=5)] == [scan_id]
    assert scans.page(WS, brand.id, limit=5)[0].score is None
    assert scans.page(OTHER, brand.id, limit=5) == []


def test_a_cell_is_planned_once_and_an_answer_is_never_overwritten(brand):
    scan_id, (cell,) = planned(brand, "one")
    answers.plan(WS, scan_id, [CellPlan("claude", answers.get(WS, cell).prompt_id, 1, False)])
    assert len(answers.of_scan(WS, scan_id)) == 1

    assert answers.begin(WS, cell, estimate_nano=100, cap_nano=None)
    assert answers.keep(WS, cell, Told(state="valid", text="Acme", cost_nano=40, citations=[{"url": "https://a.b"}]))
    assert not answers.begin(WS, cell, estimate_nano=100, cap_nano=None)
    assert not answers.keep(WS, cell, Told(state="failed"))

    held = answers.get(WS, cell)
    assert (held.state, held.text, held.citations, held.calls) == ("valid", "Acme", [{"url": "https://a.b"}], 1)
    assert spent(scan_id) == 40
    with pytest.raises(NotFound):
        answers.get(OTHER, cell)


def test_money_is_reserved_before_a_call_and_settled_with_its_answer(brand):
    scan_id, (one, two, three) = planned(brand, "one", "two", "three", max_spend_nano=250)

    assert answers.begin(WS, one, estimate_nano=100, cap_nano=250)
    assert answers.begin(WS, two, estimate_nano=100, cap_nano=250)
    assert not answers.begin(WS, three, estimate_nano=100, cap_nano=250)
    assert answers.begin(WS, three, estimate_nano=0, cap_nano=250), "what costs nothing has no cap"
    assert spent(scan_id) == 200

    answers.keep(WS, one, Told(state="valid", cost_nano=130))
    answers.give_back(WS, two)
    answers.give_back(WS, two)

    assert spent(scan_id) == 130
    assert Answer.get_by_id(two).state == "planned"


def test_a_call_that_never_came_back_stays_paid_for(brand):
    scan_id, (cell,) = planned(brand, "one")
    answers.begin(WS, cell, estimate_nano=100, cap_nano=None)
    answers.begin(WS, cell, estimate_nano=100, cap_nano=None)
    answers.keep(WS, cell, Told(state="valid", cost_nano=60))

    assert spent(scan_id) == 160
    assert answers.get(WS, cell).calls == 2


def test_a_judgement_stands_beside_the_answer_and_gives_way_to_a_later_judge(brand):
    scan_id, (one, two) = planned(brand, "one", "two")
    answers.begin(WS, one, estimate_nano=0, cap_nano=None)
    answers.keep(WS, one, Told(state="valid", text="x"))
    answers.keep(WS, two, Told(state="failed", error={"code": "timeout"}))

    answers.judged(WS, [Verdict(answer_id=one, judge_version="1", judgement={"mentioned": True}, voice=71.5)])
    answers.judged(WS, [Verdict(answer_id=two, judge_version="1", judgement={"mentioned": True}, voice=None)])
    answers.judged(OTHER, [Verdict(answer_id=one, judge_version="9", judgement={}, voice=None)])

    held = answers.many(WS, [one, two])
    assert [(row.judgement, row.voice, row.judge_version) for row in held] == [
        ({"mentioned": True}, 71.5, "1"),
        (None, None, None),
    ]
    assert [row.prompt.text for row in held] == ["one", "two"]
    assert answers.ids_in(WS, scan_id, states=["valid"], not_judged_by="1") == []
    assert answers.ids_in(WS, scan_id, states=["valid"], not_judged_by="2") == [one]
    assert sorted((one.platform, one.state, one.reason or "", one.cells) for one in answers.counts(WS, scan_id)) == [
        ("claude", "failed", "timeout", 1),
        ("claude", "valid", "", 1),
    ]


def test_a_brand_takes_its_scans_with_it(brand):
    scan_id, _ = planned(brand, "one")
    db.rows("DELETE FROM brand WHERE id = %s", (brand.id,))

    assert Answer.select().count() == 0
    with pytest.raises(NotFound):
        scans.get(WS, scan_id)


def test_answers_are_paged_in_the_order_of_the_plan(brand):
    scan_id, cells = planned(brand, "one", "two", "three")

    first = answers.page(WS, scan_id, limit=2)
    rest = answers.page(WS, scan_id, limit=2, after_id=first[-1].id)

    assert [row.prompt.text for row in first + rest] == ["one", "two", "three"]
    assert [row.id for row in first + rest] == cells
    assert answers.page(WS, scan_id, limit=9, platform="gemini") == []
    assert answers.page(OTHER, scan_id, limit=9) == []
    assert answers.close_open(WS, scan_id, code="lost", message="Nobody asked it.") == 3


def test_pruned_jobs_leave_the_end_of_their_scans(brand):
    scan_id, _ = planned(brand, "one")
    db.rows(
        "UPDATE job SET state = 'failed', error = '{\"code\": \"no_answers\"}', finished_at = now() - interval '99 days'"
    )
    scans.settle()
    with db.plain_cursor() as cursor:
        repair.prune(cursor, batch=100)

    held = scans.get(WS, scan_id)
    assert (held.status, held.error, held.is_over) == ("failed", {"code": "no_answers"}, True)
