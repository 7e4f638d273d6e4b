"""A real sandbox scan and what follows: its insights, corrections that are verified by asking again, schedules, reports."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from pypdf import PdfReader

from pipelines.perception.pipeline import submit
from store.brands import queries as brands
from store.kit import db
from store.kit.clock import utc_now
from store.perception import scans
from tests.api.vistralai.documented import COMPETITOR, IDENTITY, PRODUCT
from tests.kit.eventually import eventually
from tests.kit.factories import Maker
from tests.store.insights.rows import keep, sighting

PLATFORMS = ["claude", "chatgpt", "gemini"]


class Brand:
    """A filled-in brand of a person, scanned by sandbox platforms."""

    def __init__(self, stack) -> None:
        person = Maker().person()
        self.workspace_id = person.workspace.id
        self.api = stack.client().with_key(person.token)
        rivals = [COMPETITOR, {"brandId": "brand_123", "name": "Competitor B", "domain": "competitor-b.com"}]
        named = IDENTITY | {"name": "VistralAI"}
        for path, body in (("identity", named), *(("competitors", one) for one in rivals), ("products", PRODUCT)):
            assert self.api.post(f"/api/brand-360/{path}", body).status_code == 201
        self.brand = brands.get(self.workspace_id, "brand_123")

    def scan(self, *, prompts: int = 9) -> str:
        made = submit(
            self.workspace_id,
            brand="brand_123",
            platforms=PLATFORMS,
            prompt_count=prompts,
            repeats=1,
            surface="vistralai",
        )
        return self.finished(made.id)

    def finished(self, scan_id: str) -> str:
        last = eventually(lambda: (now := scans.get(self.workspace_id, scan_id)).is_over and now, within_s=30)
        assert last.status == "completed", last.error
        return scan_id

    def insights(self, query: str = "") -> list[dict]:
        return self.api.get(f"/api/aeo/insights?brand360Id=brand_123{query}").json()["data"]

    def correction(self, insight: dict, kind: str) -> str:
        made = self.api.post("/api/aeo/corrections", {"insightId": insight["id"], "fixType": kind})
        assert made.status_code == 201, made.text
        return made.json()["data"]["workflowId"]

    def do(self, workflow_id: str, verb: str):
        return self.api.post(f"/api/aeo/corrections/{workflow_id}/{verb}")

    def row(self, workflow_id: str) -> dict:
        listed = self.api.get("/api/aeo/corrections?brand360Id=brand_123").json()["data"]
        return next(one for one in listed if one["workflowId"] == workflow_id)

    def verified(self, workflow_id: str) -> dict:
        """The end of a verification, whether it came within the wait or later."""
        answer = self.do(workflow_id, "verify")
        assert answer.status_code == 200, answer.text
        return eventually(lambda: (now := self.row(workflow_id))["status"] != "verifying" and now, within_s=30)


@pytest.fixture(scope="module")
def scanned(stack) -> Brand:
    brand = Brand(stack)
    brand.scan_id = brand.scan()
    return brand


def wrong_facts(brand: Brand) -> list[dict]:
    found = [one for one in brand.insights() if one["type"] == "hallucination" and "factId" in one]
    assert found, brand.insights()
    return found


def test_a_sandbox_scan_finds_wrong_facts_and_says_that_it_is_the_sandbox(scanned):
    one = wrong_facts(scanned)[0]

    assert one["sandbox"] is True
    assert one["scanId"] == scanned.scan_id
    assert one["evidence"] == f"Response stated {one['claimed']}, actual is {one['actual']}"
    for quote in one["quotes"]:
        (text,) = db.row("SELECT text FROM answer WHERE id = %s", (quote["answerId"],))
        assert text[quote["start"] : quote["end"]] == quote["quote"]


def test_an_approved_correction_is_verified_by_asking_again(scanned):
    insight = wrong_facts(scanned)[0]
    workflow = scanned.correction(insight, "schema_org")
    assert scanned.do(workflow, "approve").json()["data"]["status"] == "approved"

    answer = scanned.do(workflow, "verify")

    data = answer.json()["data"]
    assert answer.status_code == 200
    assert {"workflowId": workflow, "status": "verified"}.items() <= data.items(), data
    assert {"verifiedAt", "approvedAt"} <= set(data)
    told = data["verification"]
    assert (told["k"], told["sandbox"], told["isVerified"]) == (0, True, True)
    assert told["n"] >= 3
    assert told["high"] < told["before"]
    assert scans.get(scanned.workspace_id, told["scanId"]).kind == "verification"
    assert insight["id"] not in {one["id"] for one in scanned.insights()}
    (resolved,) = [one for one in scanned.insights("&status=resolved") if one["id"] == insight["id"]]
    assert "resolvedAt" in resolved
    assert [one.id for one in scans.page(scanned.workspace_id, scanned.brand.id, limit=9)] == [scanned.scan_id]
    # after the end as well
    assert scanned.do(workflow, "approve").json()["data"]["status"] == "approved"


def test_what_was_not_published_is_still_wrong_and_can_be_approved_and_verified_afterwards(stack):
    brand = Brand(stack)
    brand.scan()
    workflow = brand.correction(wrong_facts(brand)[0], "content_update")

    failed = brand.verified(workflow)
    approved = brand.do(workflow, "approve").json()["data"]
    last = brand.verified(workflow)

    assert (failed["status"], failed["verification"]["reason"]) == ("failed", "still_shown")
    assert failed["verification"]["shownIn"]
    assert approved["status"] == "approved"
    assert last["status"] == "verified"


def test_in_the_sandbox_whatever_was_approved_is_verified(scanned):
    """What only one platform shows, and shows seldom, as well as wrong facts."""
    others = {one["type"] + one["platform"]: one for one in scanned.insights() if "factId" not in one}
    assert {one["type"] for one in others.values()} >= {"source_gap", "hallucination"}, others

    workflows = [scanned.correction(one, "content_update") for one in others.values()]
    for workflow in workflows:
        scanned.do(workflow, "approve")

    ends = [scanned.verified(workflow) for workflow in workflows]
    assert {one["status"] for one in ends} == {"verified"}, [one["verification"] for one in ends]


def test_verifying_twice_at_once_asks_once(stack):
    brand = Brand(stack)
    brand.scan()
    workflow = brand.correction(wrong_facts(brand)[0], "faq")
    brand.do(workflow, "approve")

    first, second = brand.do(workflow, "verify"), brand.do(workflow, "verify")

    assert {first.json()["data"]["status"], second.json()["data"]["status"]} <= {"verified", "verifying"}


def test_a_fact_that_is_no_longer_on_record_cannot_be_verified(stack):
    brand = Brand(stack)
    brand.scan()
    insight = wrong_facts(brand)[0]
    workflow = brand.correction(insight, "press_note")
    field = {"identity.foundedYear": "foundedYear", "identity.headquarters": "headquarters"}.get(insight["factId"])
    if field is None:
        product = insight["factId"].split(".")[1]
        brand.api.put(f"/api/brand-360/products/{product}", {"pricing": None})
    else:
        brand.api.put("/api/brand-360/identity", {"brandId": "brand_123", field: None})

    last = brand.verified(workflow)

    assert (last["status"], last["verification"]["reason"]) == ("failed", "fact_gone")


def test_the_next_scan_continues_its_insights_and_the_summary_compares_both(stack):
    brand = Brand(stack)
    first = brand.scan()
    before = {one["id"] for one in brand.insights()}
    second = brand.scan()

    again = brand.insights()
    summary = brand.api.get("/api/aeo/reports/summary?brand360Id=brand_123").json()["data"]

    assert {one["id"] for one in again} == before
    assert {(one["firstScanId"], one["scanId"]) for one in again} == {(first, second)}
    assert summary["latestScan"]["id"] == second
    assert summary["latestScan"]["sandbox"] is True
    assert summary["trends"]["faithfulness"]["verdict"] == "within_noise"
    assert summary["openInsights"] == len(before)
    told = [kind for (kind,) in db.rows("SELECT type FROM event WHERE workspace_id = %s", (brand.workspace_id,))]
    assert (told.count("scan.completed"), told.count("visibility.changed")) == (2, 0)


@pytest.mark.long
def test_what_corrections_change_is_told_as_a_change_of_visibility(stack):
    """Once more is published about the brand, the sandbox names it each time that it is asked."""
    brand = Brand(stack)
    brand.scan(prompts=24)
    missing = sighting("missing_from_answers:product", type="missing_from_answers", fact_id=None)
    keep(brand.brand, "scan_0", missing)
    (insight,) = [one for one in brand.insights() if one["type"] == "missing_from_answers"]
    brand.do(brand.correction(insight, "content_update"), "approve")
    brand.scan(prompts=24)

    told = db.rows(
        "SELECT data FROM event WHERE workspace_id = %s AND type = 'visibility.changed'", (brand.workspace_id,)
    )
    ((data,),) = told
    assert data["score"] > data["previousScore"]
    assert data["low"] > 0
    trend = brand.api.get("/api/aeo/reports/summary?brand360Id=brand_123").json()["data"]["trends"]["shareOfVoice"]
    assert trend["change"] > 0


def test_a_report_of_a_real_scan_shows_its_evidence(scanned):
    data = scanned.api.post("/api/aeo/reports/export", {"brand360Id": "brand_123", "format": "pdf"}).json()["data"]
    file = eventually(lambda: (got := scanned.api.get(data["downloadUrl"])).status_code != 202 and got, within_s=20)

    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(file.content)).pages)
    assert "How AI sees VistralAI" in text
    assert "SANDBOX DATA" in text
    assert "Response stated" in text


def test_scans_start_by_the_clock_and_say_when_the_next_one_is(stack):
    brand = Brand(stack)
    wanted = {"brand360Id": "brand_123", "cron": "0 6 * * MON", "timezone": "Europe/Berlin", "platforms": PLATFORMS,
              "promptCount": 3}  # fmt: skip

    made = brand.api.post("/api/aeo/schedules", wanted)

    one = made.json()["data"]
    assert made.status_code == 201
    assert (one["brand360Id"], one["cron"], one["timezone"], one["platforms"]) == (
        "brand_123", "0 6 * * MON", "Europe/Berlin", PLATFORMS,
    )  # fmt: skip
    assert one["nextRunAt"] == one["nextRuns"][0] > utc_now().isoformat()
    assert len(one["nextRuns"]) == 3
    # its time passed three hours ago, while nothing ran: it fires once
    db.rows("UPDATE schedule SET next_at = now() - interval '3 hours' WHERE id = %s", (one["id"],))
    after = eventually(
        lambda: (
            "lastScanId" in (row := brand.api.get("/api/aeo/schedules?brand360Id=brand_123").json()["data"][0]) and row
        ),
        within_s=30,
    )
    brand.finished(after["lastScanId"])
    assert after["nextRunAt"] > utc_now().isoformat()
    assert len(scans.page(brand.workspace_id, brand.brand.id, limit=9)) == 1

    assert brand.api.delete(f"/api/aeo/schedules/{one['id']}").json()["data"] == {"deleted": True}
    assert brand.api.delete(f"/api/aeo/schedules/{one['id']}").status_code == 404
    assert brand.api.get("/api/aeo/schedules?brand360Id=brand_123").json()["data"] == []


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"cron": "every day"}, 400, "cron"),
        ({"cron": "*/10 * * * *"}, 400, "cron"),
        ({"timezone": "Mars/Base"}, 400, "timezone"),
        ({"platforms": ["askjeeves"]}, 400, "platforms[0]"),
        ({"platforms": []}, 400, "platforms"),
        ({"promptCount": 0}, 400, "promptCount"),
        ({"promptCount": 10_000}, 400, "promptCount"),
        ({"brand360Id": "nobody"}, 404, "brand360Id"),
    ],
)
def test_a_schedule_that_cannot_be_names_its_field(scanned, change, status, field):
    wanted = {"brand360Id": "brand_123", "cron": "0 6 * * *"}

    answer = scanned.api.post("/api/aeo/schedules", wanted | change)

    assert (answer.status_code, answer.json()["details"]["field"]) == (status, field), answer.text


def test_a_brand_has_few_schedules_however_many_are_asked_for_at_once(scanned):
    wanted = {"brand360Id": "brand_123", "cron": "0 6 * * *"}
    with ThreadPoolExecutor(14) as threads:
        answers = list(threads.map(lambda _: scanned.api.post("/api/aeo/schedules", wanted).status_code, range(14)))

    assert sorted(answers) == [201] * 10 + [429] * 4
