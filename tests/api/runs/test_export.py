"""/api/export as the document has it: CSV to the letter, JSON, the report as a page and on paper, files by a job."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest

from store.exports import queries
from store.kit.clock import rfc3339, utc_now
from store.runs import pages
from tests.kit import runs as kit
from tests.kit.eventually import eventually
from tests.kit.receivers import Receiver
from tests.kit.runs import run_of, stored_and_counted

STACK_SETTINGS = {"MILLRACE_RUNS__STREAM_RUNS": "6000"}
HEADER = "Date,Prompt ID,Model,Provider,Tokens,Cost,Latency,Success"


def track(client, *runs):
    given = {"promptId": "greeting", "model": "gpt-4", "provider": "openai", "success": True}
    assert client.post("/api/integrations/run", [{**given, **run} for run in runs]).json()["success"]


def test_csv_is_as_documented(mine):
    at = (utc_now() - timedelta(days=2)).replace(microsecond=0)
    track(
        mine,
        {"timestamp": rfc3339(at), "tokensUsed": 50, "latency": 1200},
        {"timestamp": rfc3339(at + timedelta(seconds=1)), "model": "mine", "success": False},
        {"timestamp": rfc3339(at - timedelta(days=40)), "tokensUsed": 1},
    )

    answer = mine.get("/api/export?format=csv")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.match(r'attachment; filename="ai-runs-.*\.csv"', answer.headers["Content-Disposition"])
    assert answer.text == (
        f"{HEADER}\n{rfc3339(at)},greeting,gpt-4,openai,50,0.0015,1200,Yes\n"
        f"{rfc3339(at + timedelta(seconds=1))},greeting,mine,openai,,,,No\n"
    )
    assert mine.get("/api/export?format=csv&days=1").text == HEADER + "\n"
    assert len(mine.get("/api/export?format=csv&days=60").text.splitlines()) == 4


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_no_spreadsheet_runs_what_a_client_has_sent(mine, start):
    name = f'{start}HYPERLINK("http://evil.example","a,b")\n\\N'
    track(mine, {"promptId": name, "model": "m" + name, "provider": f'"{start}'})

    (_, row) = csv.reader(io.StringIO(mine.get("/api/export?format=csv").text, newline=""))

    assert row[1:4] == [f"'{name}", "m" + name, f'"{start}']


def test_json_has_every_run_with_what_was_told_of_it(mine):
    told = {"runId": "r1", "inputTokens": 10, "outputTokens": 5, "latency": 12.5, "metadata": {"user": 'é\\"\n'},
            "input": 'Hi "there"\n', "output": "\\n", "promptId": 'q\\"\n\t'}  # fmt: skip
    track(mine, told, {})

    short, full = mine.get("/api/export").json(), mine.get("/api/export?format=json&content=true").json()

    assert short["totalRuns"] == len(short["runs"]) == 2
    first = next(run for run in short["runs"] if run["runId"] == "r1")
    assert first.items() >= {
        "promptId": told["promptId"], "model": "gpt-4", "provider": "openai", "tokensUsed": 15, "inputTokens": 10,
        "outputTokens": 5, "cachedTokens": None, "cost": 0.0006, "latency": 12.5, "success": True,
        "metadata": told["metadata"],
    }.items()  # fmt: skip
    assert "input" not in first
    second = next(run for run in full["runs"] if run["runId"] == "r1")
    assert (second["input"], second["output"]) == (told["input"], told["output"])


def test_nothing_is_an_empty_list_and_a_report_that_says_so(mine):
    assert mine.get("/api/export?format=json").json().items() >= {"runs": [], "totalRuns": 0}.items()
    assert "No run was tracked" in mine.get("/api/export?format=report").text


def test_pages_join_without_a_gap_or_a_double(api, make, theirs):
    workspace = make.workspace()
    client = api.with_key(make.key(workspace))
    at = utc_now() - timedelta(days=1)
    moments = [at + timedelta(milliseconds=place // 7) for place in range(pages.PAGE + 300)]
    kit.store([run_of(workspace.id, one, run_id=str(place), tokens=place) for place, one in enumerate(moments)])
    stored_and_counted([run_of(workspace.id, at, run_id="late")])
    track(theirs, {})

    found = client.get("/api/export?format=json").json()
    rows = client.get("/api/export?format=csv").text.splitlines()

    assert len(found["runs"]) == found["totalRuns"] == pages.PAGE + 301
    assert {run["runId"] for run in found["runs"]} == {"late", *map(str, range(pages.PAGE + 300))}
    assert [run["date"] for run in found["runs"]] == sorted(run["date"] for run in found["runs"])
    assert len(rows) == pages.PAGE + 302
    assert len(theirs.get("/api/export?format=csv").text.splitlines()) == 2


def test_a_large_export_is_written_by_a_job_and_its_link_is_told(api, make):
    workspace = make.workspace()
    client = api.with_key(make.key(workspace))
    stored_and_counted([run_of(workspace.id, utc_now() - timedelta(hours=1))] * 6001)
    with Receiver() as receiver:
        client.post("/api/webhooks", {"url": receiver.url, "events": ["export.completed"]})

        asked = client.get("/api/export?format=csv&days=7")

        assert asked.status_code == 202
        made = asked.json()
        assert (made["status"], asked.headers["Location"]) == ("processing", f"/api/export/{made['id']}")
        (body,) = eventually(receiver.bodies, within_s=20)
    assert list(body) == ["event", "data", "timestamp"]
    assert body["data"].items() >= {"exportId": made["id"], "format": "csv"}.items()
    done = client.get(asked.headers["Location"]).json()
    assert (done["status"], done["runs"], done["url"]) == ("completed", 6001, body["data"]["url"])
    link = body["data"]["url"].removeprefix(client.url)
    opened = api.get(link)
    assert (opened.status_code, len(opened.text.splitlines())) == (200, 6002)
    assert opened.text.splitlines()[0] == HEADER
    assert api.get(link, headers={"Range": "bytes=0-3"}).text == "Date"
    assert api.get(link.replace("signature=", "signature=x")).status_code == 403
    assert api.get(link.partition("?")[0]).status_code == 401
    assert client.get(link.partition("?")[0]).status_code == 200


def test_an_export_can_be_asked_for_as_a_file_whatever_its_size(mine, theirs):
    track(mine, {})
    asked = [
        mine.post("/api/export", {"format": "json", "days": 2}, headers={"Idempotency-Key": "e"}) for _ in range(2)
    ]

    assert [answer.status_code for answer in asked] == [202, 202]
    export_id = asked[0].json()["id"]
    assert asked[1].json()["id"] == export_id
    done = eventually(
        lambda: found if (found := mine.get(f"/api/export/{export_id}").json())["status"] == "completed" else None,
        within_s=20,
    )
    assert mine.get(done["url"].removeprefix(mine.url)).json()["totalRuns"] == 1
    assert [one["id"] for one in mine.get("/api/export/files").json()["exports"]] == [export_id]
    assert theirs.get("/api/export/files").json() == {"exports": [], "nextCursor": None, "hasMore": False}
    assert theirs.get(f"/api/export/{export_id}").status_code == 404


def test_the_report_is_a_page_and_a_paper(stack, mine):
    track(
        mine,
        {"promptId": "<script>alert(1)</script>", "tokensUsed": 100, "latency": 900},
        {"model": "mine", "success": False, "timestamp": rfc3339(utc_now() - timedelta(days=3))},
    )
    eventually(lambda: mine.get("/api/analytics/overview").json()["totalRuns"] == 2, within_s=5)

    page = mine.get("/api/export?format=report&days=7")
    paper = mine.get("/api/export?format=report&days=7&output=pdf")

    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "style-src 'sha256-" in page.headers["Content-Security-Policy"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "<script>" not in page.text
    assert page.text.count("<svg") == 4
    for words in ("Acme Corp", "By model", "By prompt", "$0.003", "50.00 %", "no price"):
        assert words in page.text, words
    assert (paper.status_code, paper.headers["Content-Type"]) == (200, "application/pdf")
    assert paper.content.startswith(b"%PDF-")
    assert mine.get("/api/export?format=report", headers={"Accept": "application/pdf"}).content.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("query", "field"),
    [("format=xml", "format"), ("days=0", "days"), ("days=x", "days"), ("days=99999", "days"), ("days=1.5", "days"),
     ("output=word", "output"), ("content=maybe", "content")],
)  # fmt: skip
def test_a_bad_export_is_refused_by_its_parameter(mine, query, field):
    answer = mine.get(f"/api/export?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")
    assert answer.json()["details"]["field"] == field


def test_an_expired_export_says_so_and_is_forgotten(mine, owner, move_clock):
    now = utc_now()
    made = queries.create(
        owner.workspace.id, job_id="job_x", format="csv", with_texts=False, start_at=now, end_at=now,
        expires_at=now - timedelta(seconds=1), created_by=None,
    )  # fmt: skip

    assert mine.get(f"/api/export/{made.id}").json()["status"] == "expired"
    assert mine.get(f"/api/export/{made.id}/file").json()["code"] == "EXPORT_EXPIRED"
    move_clock(timedelta(days=31))
    assert queries.prune(limit=10) == 1
