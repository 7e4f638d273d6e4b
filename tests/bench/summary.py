"""The summary of a brand's report with 200,000 answers and a million jobs in the tables, and what a report of it takes.

One brand has 60 scans of a thousand answers, 140 other scans have the rest; scores are of real size. Beside the
endpoint stands the same figure made from the answers themselves.
"""

from __future__ import annotations

import random
import time
from statistics import median, quantiles
from typing import Any

import msgspec

from pipelines.clients import typesetter
from pipelines.perception.insights import keeping
from pipelines.perception.reports import page
from pipelines.perception.reports.collecting import collect
from pipelines.perception.reports.pipeline import ask_for
from pipelines.perception.scores import documented
from pipelines.perception.scoring import score
from store.brands import queries as brands
from store.kit import db
from store.kit.ids import new_id
from store.perception import scans
from tests.bench.kit.fleets import Ours, fleets
from tests.bench.kit.meter import timed
from tests.bench.queue_stats import JOBS, PREFIX, TARGET_MS, WORKSPACES
from tests.kit.client import Client
from tests.kit.factories import Maker
from tests.pipelines.perception.cells import BRAND, cell, cites, found

SCANS, OTHERS, EACH = 60, 140, 1000
CALLS = 300
PLATFORMS = ("claude", "chatgpt", "gemini", "perplexity", "google_aio")
PATH = "/api/aeo/reports/summary?brand360Id=bench"

PROMPTS = """
INSERT INTO prompt (id, workspace_id, brand_id, text, text_key, category, intent, branded, created_at)
SELECT 'prompt_bench_' || %(brand)s || n, %(place)s, %(brand)s, 'Question ' || n, 'question ' || n, 'product', 'discovery',
       false, now() FROM generate_series(1, 100) AS n
"""
ANSWERS = """
INSERT INTO answer (id, workspace_id, scan_id, prompt_id, platform, repeat, state, text, model, judgement, judged_at)
SELECT 'answer_bench_' || %(scan)s || n, %(place)s, %(scan)s, 'prompt_bench_' || %(brand)s || n / 5 %% 100 + 1,
       (%(platforms)s)[n %% 5 + 1], n / 500 + 1, 'valid', repeat('Acme is one of several names that come up. ', 20),
       'model-1', '{"mentioned": true, "sentiment": 0.5}', now() FROM generate_series(0, %(number)s - 1) AS n
"""
SCAN = """
SELECT avg((judgement->>'sentiment')::float8) FROM answer JOIN scan ON scan.id = answer.scan_id
 WHERE scan.brand_id = %s AND answer.state = 'valid'
"""


def main(*, jobs: int = 1_000_000) -> None:
    """Fill the tables, ask, render, and print each figure beside its baseline."""
    with fleets(Ours) as (ours,):
        assert isinstance(ours, Ours)
        ours.stop(ours.processes[0])  # the scheduler: nothing is to be run
        ours.env["MILLRACE_LIMITS__ENABLED"] = "false"
        api = ours.start_api()
        owner = Maker().person()
        brand = _fill(ours.connection, owner.workspace.id, jobs)
        client = Client(f"http://127.0.0.1:{ours.port}").with_key(owner.token)
        answers = timed(lambda: client.get(PATH), CALLS)
        answers[-1][1].raise_for_status()
        assert answers[-1][1].json()["data"]["trends"]["sentiment"]["verdict"]
        slow = timed(lambda: db.row(SCAN, (brand.id,)), 3)
        times = sorted(one for one, _ in answers)
        p95, scan = quantiles(times, n=20)[-1] * 1000, median(one for one, _ in slow) * 1000
        verdict = "met" if p95 <= TARGET_MS else "MISSED"
        print(f"  GET summary p50 {median(times) * 1000:.1f} ms, p95 {p95:.1f} ms (target {TARGET_MS:.0f}: {verdict});"
              f" one mean from the brand's answers {scan:.0f} ms, {scan / p95:.0f} times as long", flush=True)  # fmt: skip
        _report(brand)
        ours.stop(api)


def _report(brand: Any) -> None:
    report = ask_for(brand, format="pdf", first_day=None, last_day=None, surface="vistralai", created_by="bench")
    began = time.perf_counter()
    content = collect(report)
    read = time.perf_counter()
    printed = typesetter.pdf("perception/reports/report.typ", page.layout(content), made_at=content.made_at)
    done = time.perf_counter()
    print(f"  a PDF of {len(content.scans)} scans: read {(read - began) * 1000:.0f} ms, set {(done - read) * 1000:.0f} ms,"
          f" {len(printed.pdf) / 1024:.0f} KiB", flush=True)  # fmt: skip


def _fill(connection: Any, workspace_id: str, jobs: int) -> Any:
    places = [workspace_id, *(f"ws_bench_{number}" for number in range(1, WORKSPACES))]
    with connection.cursor() as cursor:
        cursor.execute(JOBS, {"prefix": PREFIX, "number": jobs, "workspaces": WORKSPACES, "places": places})
    mine = brands.ensure(workspace_id, "bench")
    before: list[Any] = []
    for number in range(SCANS + OTHERS):
        brand = mine if number < SCANS else brands.ensure(places[1 + number % (WORKSPACES - 1)], f"other {number}")
        before = _scan(connection, brand, number, before if number < SCANS else [])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) job, scan, answer, insight, correction, scan_change")
        cursor.execute(
            "SELECT (SELECT count(*) FROM job), (SELECT count(*) FROM answer), (SELECT count(*) FROM insight)"
        )
        print("\n{:,} jobs, {:,} answers, {:,} insights".format(*cursor.fetchone()), flush=True)
    return mine


def _scan(connection: Any, brand: Any, number: int, before: list[Any]) -> list[Any]:
    """One completed scan with its answers, its score of 300 cells, and what followed from it."""
    made = scans.create(
        brand.workspace_id,
        brand.id,
        job_id=new_id("job"),
        platforms=PLATFORMS,
        sandboxed=[],
        prompt_count=100,
        repeats=2,
    )
    with connection.cursor() as cursor:
        values = {
            "brand": brand.id,
            "place": brand.workspace_id,
            "scan": made,
            "platforms": list(PLATFORMS),
            "number": EACH,
        }
        if number == 0 or number >= SCANS:
            cursor.execute(PROMPTS, values)
        cursor.execute(ANSWERS, values)
    cells = _cells(number)
    result = score(cells, BRAND, planned={}, seed=made)
    scan = scans.get(brand.workspace_id, made)
    drawn = keeping.draw(scan, cells, BRAND, result, texts={}, cells_of=lambda _: before)
    with db.transaction():
        scans.complete(
            brand.workspace_id,
            made,
            facts=msgspec.to_builtins(BRAND),
            score=msgspec.to_builtins(result),
            metrics=documented(result.metrics),
            quadrant=result.quadrant,
            judge_version="1",
        )
        keeping.keep(scan, brand, drawn, cells, result)
    return cells


def _cells(number: int) -> list[Any]:
    dice = random.Random(number)
    return [
        cell(
            platform,
            f"p{n}",
            repeat=repeat,
            prompt=f"Question {n}?",
            mentioned=dice.random() < 0.6,
            competitors=tuple(name for name in ("Bolt", "Crux") if dice.random() < 0.5),
            sentiment=dice.uniform(-1, 1),
            rank=dice.randint(1, 5),
            list_length=5,
            citations=cites(*dice.sample(("g2.com", "reddit.com", "acme.com"), 2)),
            **({"contradicted": (found(),)} if dice.random() < 0.3 else {"supported": (found(),)}),
        )
        for platform in PLATFORMS
        for n in range(20)
        for repeat in range(3)
    ]
