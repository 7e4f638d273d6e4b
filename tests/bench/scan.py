"""A scan of 5 platforms x 20 prompts x 3 repeats against a provider that takes 300 ms, beside what the limits allow.

`per platform` calls are open at once, so 60 calls of a platform take at least 60 / per platform x 300 ms, and the platforms
run beside each other. The whole scan is timed, from the submit to its numbers: planned, asked, judged, scored.
"""

from __future__ import annotations

import os
import time
from math import ceil

from pipelines.perception import pipeline
from store.brands import entries, sections
from store.brands import queries as brands
from store.brands.values import Source
from store.kit import db
from store.kit.settings import settings
from store.perception import scans
from tests.bench.kit.meter import Meter
from tests.kit.fake_platforms import DOCUMENTED, FakePlatforms
from tests.kit.fake_web import FakeWeb
from tests.kit.fleet import fleet_on
from tests.kit.services import fresh_servers

LATENCY = 0.3
PROMPTS, REPEATS = 20, 3
AT_ONCE = 2  # calls open to each platform, as config has it
TARGET = 1.3
PERSON = Source(origin="person", at="2026-01-01T00:00:00Z")
ANSWER = """There are several good choices for small harbours.

1. **Quayfolio** – an established name with a broad range of features.
2. **Berthline** – founded in 2012 and based in Falmouth. Berthline Desk costs £49 per month, Berthline Gate £75 per month.
3. **Moorsheet** – a budget-friendly alternative.

Users like how easy Berthline is to get started with, but some complain about slow support."""


def main(*, rounds: int = 3) -> None:
    """Run it so many times and print seconds and ratios."""
    with fresh_servers() as (_, services), FakeWeb(latency=LATENCY) as web:
        platforms = FakePlatforms(web, lambda platform, question: ANSWER)
        given = platforms.environment(concurrency=AT_ONCE, per_minute=0)
        services.adopt()
        os.environ.update(given)
        settings.cache_clear()
        brand = _brand()
        floor = ceil(PROMPTS * REPEATS / AT_ONCE) * LATENCY
        with fleet_on(services, given | {"MILLRACE_ENGINE__LEASE_SECONDS": "45"}) as fleet:
            fleet.scheduler()
            for group in settings().lanes.groups:
                fleet.worker(module="workers.main", lanes=group.lanes, threads=group.threads, processes=group.processes)
            _scan(brand, prompts=2)  # what is imported at first use is not what is measured
            for _ in range(rounds):
                platforms.asked.clear()
                with Meter() as meter:
                    seconds, asked_in = _scan(brand, prompts=PROMPTS)
                asked = len(platforms.asked)
                print(f"{asked} calls of {LATENCY * 1000:.0f} ms, {AT_ONCE} at once to each of {len(DOCUMENTED)} platforms:"
                      f" {seconds:.2f} s (asked in {asked_in:.2f} s), at least {floor:.2f} s:"
                      f" {seconds / floor:.2f} x (target {TARGET}), {meter.cpu:.1f} CPU-s")  # fmt: skip


def _brand() -> str:
    brand = brands.ensure("ws_bench", "berthline")
    identity = {"name": "Berthline", "founded_year": 2016, "headquarters": "Falmouth"}
    sections.edit(brand, "identity", identity, source=PERSON)
    for name, amount in (("Berthline Desk", 49), ("Berthline Gate", 89)):
        pricing = {"currency": "GBP", "amount": amount, "billingPeriod": "monthly"}
        entries.add(
            brand, "products", {"name": name, "category": "Harbour software", "pricing": pricing}, source=PERSON
        )
    for name in ("Quayfolio", "Moorsheet"):
        entries.add(brand, "competitors", {"name": name}, source=PERSON)
    return str(brand.label)


def _scan(brand: str, *, prompts: int) -> tuple[float, float]:
    """(seconds of the whole scan, seconds until the last answer was stored)."""
    started = time.perf_counter()
    scan = pipeline.submit(
        "ws_bench", brand=brand, platforms=DOCUMENTED, prompt_count=prompts, repeats=REPEATS, surface="vistralai"
    )
    while not (now := scans.get("ws_bench", scan.id)).is_over:
        time.sleep(0.01)
    seconds = time.perf_counter() - started
    assert now.status == "completed", now.error
    found = db.row(
        "SELECT extract(epoch FROM max(a.answered_at) - min(s.created_at))::float8 FROM answer a"
        " JOIN scan s ON s.id = a.scan_id WHERE s.id = %s",
        (scan.id,),
    )
    assert found
    return seconds, found[0]
