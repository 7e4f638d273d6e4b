"""/api/aeo/insights, corrections and reports as the published document has them, on scans made by hand."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from pypdf import PdfReader

from store.brands import queries as brands
from store.insights.queries import SEVERITIES
from store.kit import db
from store.kit.clock import utc_now
from tests.api.vistralai.documented import COMPETITOR, IDENTITY, PRODUCT
from tests.kit.eventually import eventually
from tests.kit.factories import Maker
from tests.pipelines.perception.cells import cell, cites, found
from tests.pipelines.perception.scanned import scanned

BRAND = {"brand360Id": "brand_123"}
FOUNDED = "founded"  # the fact's id in tests/pipelines/perception/cells.py; the profile's own is identity.foundedYear


def answers(*, wrong=True, rate=2, platform="chatgpt"):
    quote = found("was founded in 2020")
    return [
        cell(
            platform,
            f"p{n}",
            repeat=r,
            prompt=f"Question {n}?",
            mentioned=r < rate,
            competitors=("Bolt",) if r == 2 else (),
            citations=cites("g2.com") if wrong else cites("acme.com"),
            sentiment=0.3,
            sandbox=True,
            **({"contradicted": (quote,)} if wrong else {"supported": (quote,)}),
        )
        for n in range(8)
        for r in range(3)
    ]


class Person:
    """Somebody with a filled-in brand and a scan of it that found a wrong founding year."""

    def __init__(self, stack) -> None:
        person = Maker().person()
        self.workspace_id = person.workspace.id
        self.api = stack.client().with_key(person.token)
        for path, body in (("identity", IDENTITY), ("competitors", COMPETITOR), ("products", PRODUCT)):
            assert self.api.post(f"/api/brand-360/{path}", body).status_code == 201
        self.brand = brands.get(self.workspace_id, "brand_123")

    def insights(self, query=""):
        return self.api.get(f"/api/aeo/insights?brand360Id=brand_123{query}")

    def wrong_year(self):
        (one,) = [one for one in self.insights().json()["data"] if one["type"] == "hallucination"]
        return one


@pytest.fixture
def mine(stack) -> Person:
    person = Person(stack)
    person.scan, _ = scanned(person.brand, answers())
    return person


@pytest.fixture
def theirs(stack):
    return stack.client().with_key(Maker().person().token)


def test_insights_are_listed_as_documented_with_their_evidence(mine):
    listed = mine.insights()

    assert listed.status_code == 200
    one = mine.wrong_year()
    assert one["description"] == "Incorrect founding year mentioned"
    assert one["evidence"] == "Response stated 2020, actual is 2024"
    assert (one["scanId"], one["platform"], one["severity"], one["dismissed"]) == (
        mine.scan.id, "chatgpt", "high", False,
    )  # fmt: skip
    assert {"id", "createdAt"} <= set(one)
    assert one["prevalence"]["k"] == 24
    quote = one["quotes"][0]
    assert (quote["quote"], quote["end"] - quote["start"]) == ("was founded in 2020", 19)
    assert quote["sources"] == ["https://g2.com/page"]


def test_insights_are_filtered_and_paged_with_the_next_page_in_the_headers(mine):
    every = mine.insights().json()["data"]
    assert len(every) >= 2
    assert [one["severity"] for one in every] == sorted((one["severity"] for one in every), key=SEVERITIES.index)
    kinds = {one["type"] for one in every}

    first = mine.insights("&limit=1")
    second = mine.api.get(re.match(r'<(.+)>; rel="next"', first.headers["Link"])[1])

    assert [*first.json()["data"], *second.json()["data"]] == every[:2]
    assert first.headers["X-Next-Cursor"] in first.headers["Link"]
    assert "Link" not in mine.insights("&limit=200").headers
    for kind in kinds:
        assert {one["type"] for one in mine.insights(f"&type={kind}").json()["data"]} == {kind}
    assert len(mine.insights("&platform=chatgpt").json()["data"]) == len(every)
    assert mine.insights("&platform=claude").json()["data"] == []
    assert mine.insights("&status=resolved").json()["data"] == []
    assert mine.insights("&scanId=scan_x").json()["data"] == []


def test_dismissing_is_idempotent_and_survives_the_next_scan(mine):
    one = mine.wrong_year()

    dismissed = mine.api.post(f"/api/aeo/insights/{one['id']}/dismiss")
    again = mine.api.post(f"/api/aeo/insights/{one['id']}/dismiss")
    scanned(mine.brand, answers(), before=answers())

    assert dismissed.status_code == 200
    assert dismissed.json()["data"] == again.json()["data"]
    assert dismissed.json()["data"] == {
        "id": one["id"], "dismissed": True, "dismissedAt": dismissed.json()["data"]["dismissedAt"],
    }  # fmt: skip
    after = mine.wrong_year()
    assert (after["id"], after["dismissed"], after["firstScanId"]) == (one["id"], True, mine.scan.id)
    assert after["scanId"] != mine.scan.id
    assert one["id"] not in {row["id"] for row in mine.insights("&dismissed=false").json()["data"]}


def test_a_correction_is_suggested_approved_and_listed_as_documented(mine):
    insight = mine.wrong_year()["id"]

    made = mine.api.post("/api/aeo/corrections", {"insightId": insight, "fixType": "schema_org"})
    data = made.json()["data"]
    approved = mine.api.post(f"/api/aeo/corrections/{data['workflowId']}/approve")
    listed = mine.api.get("/api/aeo/corrections?brand360Id=brand_123")

    assert made.status_code == 201
    assert (data["status"], data["suggestion"]["type"]) == ("pending", "schema_org")
    markup = data["suggestion"]["jsonLd"]
    assert (markup["@type"], markup["foundingDate"], markup["address"]) == ("Organization", "2024", "San Francisco, CA")
    assert markup["makesOffer"][0]["price"] == 9900
    assert data["suggestion"]["snippet"] in data["suggestion"]["content"]
    assert approved.status_code == 200
    assert {"workflowId": data["workflowId"], "status": "approved"}.items() <= approved.json()["data"].items()
    assert "approvedAt" in approved.json()["data"]
    (row,) = listed.json()["data"]
    assert (row["workflowId"], row["insightId"], row["status"], row["fixType"]) == (
        data["workflowId"], insight, "approved", "schema_org",
    )  # fmt: skip
    assert row["suggestion"] == data["suggestion"]


@pytest.mark.parametrize("kind", ["content_update", "faq", "press_note", "llms_txt", "source_outreach"])
def test_every_kind_of_fix_has_something_to_publish(mine, kind):
    made = mine.api.post("/api/aeo/corrections", {"insightId": mine.wrong_year()["id"], "fixType": kind})

    assert made.status_code == 201
    assert made.json()["data"]["suggestion"]["content"]


def test_a_second_open_correction_of_a_kind_is_a_conflict_that_names_the_first(mine):
    wanted = {"insightId": mine.wrong_year()["id"], "fixType": "faq"}
    first = mine.api.post("/api/aeo/corrections", wanted).json()["data"]["workflowId"]

    again = mine.api.post("/api/aeo/corrections", wanted)

    assert (again.status_code, again.json()["code"]) == (409, "CONFLICT")
    assert again.json()["details"] == {"field": "fixType", "workflowId": first}


def test_a_strangers_things_are_not_found(mine, theirs):
    insight = mine.wrong_year()["id"]
    report = mine.api.post("/api/aeo/reports/export", BRAND | {"format": "csv"}).json()["data"]["reportId"]

    answers_ = [
        theirs.get("/api/aeo/insights?brand360Id=brand_123"),
        theirs.post(f"/api/aeo/insights/{insight}/dismiss"),
        theirs.post("/api/aeo/corrections", {"insightId": insight, "fixType": "faq"}),
        theirs.get("/api/aeo/reports/summary?brand360Id=brand_123"),
        theirs.post("/api/aeo/reports/export", BRAND | {"format": "csv"}),
        theirs.get(f"/api/reports/download/{report}"),
    ]

    assert {answer.status_code for answer in answers_} == {404}
    assert mine.wrong_year()["dismissed"] is False


@pytest.mark.parametrize(
    ("method", "path", "body", "field", "code"),
    [
        ("get", "insights", None, "brand360Id", "MISSING_REQUIRED_FIELD"),
        ("get", "insights?brand360Id=brand_123&type=wrong", None, "type", "INVALID_INPUT"),
        ("get", "insights?brand360Id=brand_123&limit=0", None, "limit", "INVALID_INPUT"),
        ("get", "insights?brand360Id=brand_123&cursor=x", None, "cursor", "INVALID_INPUT"),
        ("get", "corrections?brand360Id=brand_123&status=open", None, "status", "INVALID_INPUT"),
        ("post", "corrections", {"fixType": "faq"}, "insightId", "MISSING_REQUIRED_FIELD"),
        ("post", "corrections", {"insightId": "insight_1", "fixType": "magic"}, "fixType", "INVALID_INPUT"),
        ("post", "reports/export", BRAND, "format", "MISSING_REQUIRED_FIELD"),
        ("post", "reports/export", BRAND | {"format": "docx"}, "format", "INVALID_INPUT"),
        ("post", "reports/export", BRAND | {"format": "pdf", "dateRange": {"start": "2024-12-01"}}, "dateRange.end",
         "MISSING_REQUIRED_FIELD"),
        ("post", "reports/export", BRAND | {"format": "pdf", "dateRange": {"start": "2024-13-01", "end": "2024-12-27"}},
         "dateRange.start", "INVALID_INPUT"),
        ("post", "reports/export", BRAND | {"format": "pdf", "dateRange": {"start": "2024-12-27", "end": "2024-12-01"}},
         "dateRange.end", "INVALID_INPUT"),
        ("post", "reports/export", BRAND | {"format": "pdf", "dateRange": {"start": "1900-01-01", "end": "2024-12-01"}},
         "dateRange.end", "INVALID_INPUT"),
    ],
)  # fmt: skip
def test_bad_input_names_its_field(mine, method, path, body, field, code):
    answer = getattr(mine.api, method)(f"/api/aeo/{path}", **({"json": body} if body else {}))

    assert answer.status_code == 400, answer.text
    assert (answer.json()["code"], answer.json()["details"]["field"]) == (code, field)


def test_a_day_that_is_none_is_answered_with_how_to_write_one(mine):
    days = {"start": "2024-12-01T00:00:00Z", "end": "2024-12-27"}

    answer = mine.api.post("/api/aeo/reports/export", BRAND | {"format": "pdf", "dateRange": days})

    assert answer.json()["error"] == "`dateRange.start` must be a date (RFC 3339), for example 2026-02-03."


def test_a_brand_without_a_scan_has_an_empty_summary(stack):
    summary = Person(stack).api.get("/api/aeo/reports/summary?brand360Id=brand_123").json()["data"]

    assert summary["latestScan"] is None
    assert (summary["openInsights"], summary["pendingCorrections"]) == (0, 0)
    assert summary["trends"]["faithfulness"] == {"current": None, "previous": None, "change": None}


def test_the_summary_compares_the_last_two_scans(mine):
    mine.api.post("/api/aeo/corrections", {"insightId": mine.wrong_year()["id"], "fixType": "faq"})
    latest, _ = scanned(mine.brand, answers(wrong=False), before=answers())

    answer = mine.api.get("/api/aeo/reports/summary?brand360Id=brand_123")

    data = answer.json()["data"]
    assert answer.status_code == 200
    assert (data["brand360Id"], data["latestScan"]["id"], data["pendingCorrections"]) == ("brand_123", latest.id, 1)
    assert data["latestScan"]["metrics"]["faithfulness"] == 100
    trend = data["trends"]["faithfulness"]
    assert (trend["current"], trend["previous"], trend["change"], trend["verdict"]) == (100, 0, 100, "moved")
    assert set(data["trends"]) == {"faithfulness", "shareOfVoice", "sentiment", "voiceAlignment", "hallucination"}
    assert data["trends"]["voiceAlignment"]["current"] is None
    assert data["openInsights"] == len(mine.insights("&dismissed=false").json()["data"])


def exported(mine, **more):
    answer = mine.api.post("/api/aeo/reports/export", BRAND | more)
    assert answer.status_code == 200
    return answer.json()["data"]


def downloaded(mine, data):
    path = data["downloadUrl"]
    return eventually(lambda: (got := mine.api.get(path)).status_code != 202 and got, within_s=20)


def test_a_pdf_is_promised_at_once_and_there_when_it_is_rendered(mine):
    insight = mine.wrong_year()["id"]
    mine.api.post("/api/aeo/corrections", {"insightId": insight, "fixType": "press_note"})
    today = utc_now().date().isoformat()

    data = exported(mine, format="pdf", dateRange={"start": today, "end": today})

    assert data["downloadUrl"] == f"/api/reports/download/{data['reportId']}"
    assert data["expiresAt"] > utc_now().isoformat()
    file = downloaded(mine, data)
    assert (file.status_code, file.headers["Content-Type"]) == (200, "application/pdf")
    assert file.headers["Content-Disposition"].startswith('attachment; filename="ai-visibility-brand_123-')
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(file.content)).pages)
    for said in ("How AI sees Acme", "SANDBOX DATA", "Response stated 2020, actual is 2024", "“was founded in 2020”",
                 "Press note", "pending", "Question 0?"):  # fmt: skip
        assert said in text, said


def test_a_report_of_days_without_scans_says_so(mine):
    data = exported(mine, format="pdf", dateRange={"start": "2024-12-01", "end": "2024-12-27"})

    text = PdfReader(io.BytesIO(downloaded(mine, data).content)).pages[0].extract_text()

    assert "No scan was completed in this period." in text
    assert "1 December 2024 to 27 December 2024" in text


def test_a_csv_has_every_number_and_no_formula(mine):
    db.rows(
        "UPDATE insight SET description = '=HYPERLINK(\"http://x.y\")' WHERE workspace_id = %s", (mine.workspace_id,)
    )

    file = downloaded(mine, exported(mine, format="csv"))

    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))
    assert file.headers["Content-Type"].startswith("text/csv")
    metrics = {(row["platform"], row["name"]): row for row in rows if row["record"] == "metric"}
    assert metrics["chatgpt", "faithfulness"]["value"] == "0"
    assert metrics["all", "voiceAlignment"]["value"] == ""
    assert metrics["all", "voiceAlignment"]["status"] == "no_voice_profile"
    assert {row["text"][:2] for row in rows if row["record"] == "insight"} == {"'="}
    assert not [value for row in rows for value in row.values() if value.startswith(("=", "+", "@"))]


def test_a_link_needs_the_session_and_expires(mine, stack):
    data = exported(mine, format="csv")
    assert downloaded(mine, data).status_code == 200
    assert stack.client().get(data["downloadUrl"]).status_code == 401

    db.rows("UPDATE report SET expires_at = %s WHERE id = %s", (utc_now() - timedelta(minutes=1), data["reportId"]))
    gone = mine.api.get(data["downloadUrl"])

    assert (gone.status_code, gone.json()["details"]["reason"]) == (410, "report_expired")
    assert mine.api.get("/api/reports/download/report_123").status_code == 404


def test_the_same_key_is_the_same_report(mine):
    first, again = (
        mine.api.post(
            "/api/aeo/reports/export", BRAND | {"format": "csv"}, headers={"Idempotency-Key": "monthly-report"}
        ).json()["data"]
        for _ in range(2)
    )

    assert first == again
