"""What the figures say of a window is what its runs come to, to the run, at every edge."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from pipelines.runs import counter as counting
from pipelines.runs.counter import Counter
from store.kit import db
from store.kit.clock import utc_now
from store.kit.settings import settings
from store.runs import count, figures, latency, partitions, retention
from store.runs.figures import Window
from store.runs.records import NewRun, Sums
from store.runs.windows import DAY, HOUR, floor
from tests.kit import runs as kit
from tests.kit.runs import run_of, stored_and_counted

pytestmark = pytest.mark.usefixtures("empty_store")
MINE, THEIRS = "ws_mine", "ws_theirs"


def noon(days_ago: int = 3) -> datetime:
    return floor(utc_now(), DAY) - timedelta(days=days_ago) + timedelta(hours=12)


def sums_of(runs: list[NewRun]) -> Sums:
    return Sums(
        runs=len(runs),
        failed=sum(not run.success for run in runs),
        priced=sum(run.cost is not None for run in runs),
        tokens=sum(run.tokens or 0 for run in runs),
        cost=Decimal(sum(run.cost or 0 for run in runs)),
        timed=sum(run.latency_us is not None for run in runs),
        latency_us=Decimal(sum(run.latency_us or 0 for run in runs)),
    )


def some_runs(number: int, *, chance: random.Random) -> list[NewRun]:
    """Over four days, many of them on the boundaries of minutes, hours and days."""
    first = noon(5)
    found = []
    for _ in range(number):
        at = first + timedelta(seconds=chance.uniform(0, 4 * 86400))
        at = floor(at, chance.choice([1, 60, DAY])) if chance.random() < 0.5 else at
        found.append(
            run_of(
                MINE, max(at, first), success=chance.random() < 0.8, tokens=chance.choice([None, 1, 1000]),
                cost=chance.choice([None, 0, 15, 10**13]), latency_us=chance.choice([None, 0, 7_999, 8_000, 10**9]),
                model=chance.choice(["a", "b"]), provider=chance.choice(["x", "Y"]), prompt_id=chance.choice("pqr"),
            )
        )  # fmt: skip
    return found


def test_every_window_says_what_its_runs_come_to():
    chance = random.Random(7)
    known = some_runs(400, chance=chance)
    for place in range(0, 400, 100):
        kit.store(known[place : place + 100])
    kit.store([run_of(THEIRS, noon())])
    assert kit.count() == 5
    edges = [run.at for run in known] + [floor(run.at, HOUR) for run in known]
    for _ in range(60):
        start, end = sorted(chance.sample(edges, 2))
        if start == end:
            continue
        window, inside = Window(start, end), [run for run in known if start <= run.at < end]

        found = figures.overview(MINE, window)

        assert found.sums == figures.totals(MINE, window) == sums_of(inside)
        assert sum(latency.counts(found.latencies)) == found.sums.timed
        assert found.slowest_us == max((run.latency_us or 0 for run in inside), default=0)
        for kind, name in (("model", "model"), ("prompt", "prompt_id")):
            rows = figures.groups(MINE, kind, window, limit=100)
            assert {(row.provider, row.name): row.sums for row in rows} == {
                key: sums_of(
                    [run for run in inside if (run.provider if kind == "model" else "", getattr(run, name)) == key]
                )
                for key in {(run.provider if kind == "model" else "", getattr(run, name)) for run in inside}
            }
        for minutes in (HOUR, DAY):
            steps = figures.timeline(MINE, window, minutes)
            assert [at for at, _ in steps] == sorted({floor(run.at, minutes) for run in inside})
            assert sum(sums.runs for _, sums in steps) == len(inside)
    assert figures.totals(MINE, Window(noon(6))) == sums_of(known)
    assert figures.totals(THEIRS, Window(noon(6))).runs == 1


def test_a_run_at_the_end_of_a_window_belongs_to_the_next_one():
    edge = noon()
    stored_and_counted([run_of(MINE, edge - timedelta(microseconds=1)), run_of(MINE, edge)])

    before, after = Window(edge - timedelta(hours=1), edge), Window(edge, edge + timedelta(hours=1))

    assert (figures.totals(MINE, before).runs, figures.totals(MINE, after).runs) == (1, 1)
    assert after.before() == before


def test_a_provider_is_found_however_it_is_spelled():
    stored_and_counted([run_of(MINE, noon(), provider="OpenAI"), run_of(MINE, noon(), provider="azure")])

    found = figures.groups(MINE, "model", Window(noon(4)), provider="openai", limit=10)

    assert [(row.provider, row.name, row.sums.runs) for row in found] == [("OpenAI", "gpt-4", 1)]


def test_a_batch_counts_once_whoever_counts_and_whatever_breaks(monkeypatch):
    kit.store([run_of(MINE, noon())] * 3)
    add_groups = count.add_groups

    def breaks(*_arguments):
        raise psycopg_gone

    psycopg_gone = db.OUTAGES[0]("the server went away")
    monkeypatch.setattr(counting.count, "add_groups", breaks)
    broken = Counter()
    with pytest.raises(type(psycopg_gone)):
        broken.round()
    assert figures.totals(MINE, Window(noon(4))).runs == 0
    monkeypatch.setattr(counting.count, "add_groups", add_groups)

    assert [broken.round(), kit.count()] == [1, 0]
    assert figures.totals(MINE, Window(noon(4))).runs == 3


def test_a_batch_that_cannot_be_counted_holds_up_nothing(monkeypatch):
    kit.store([run_of("ws_bad", noon())])
    kit.store([run_of(MINE, noon())])
    add_totals = count.add_totals

    def refuse_bad(cursor, minutes, totals):
        if any(total.workspace_id == "ws_bad" for total in totals):
            cursor.execute("SELECT 'x'::bigint")
        add_totals(cursor, minutes, totals)

    monkeypatch.setattr(counting.count, "add_totals", refuse_bad)

    kit.count()

    assert figures.totals(MINE, Window(noon(4))).runs == 1
    assert db.rows("SELECT count(*) FROM run_feed WHERE broken_at IS NOT NULL") == [(1,)]


def test_names_beyond_the_most_of_a_day_are_counted_together(monkeypatch):
    few = msgspec.structs.replace(settings(), runs=msgspec.structs.replace(settings().runs, max_names=3))
    monkeypatch.setattr(counting, "settings", lambda: few)
    stored_and_counted([run_of(MINE, noon(), prompt_id=name) for name in "cabde"])
    stored_and_counted([run_of(MINE, noon(), prompt_id=name) for name in "fabg"])

    found = figures.groups(MINE, "prompt", Window(noon(4)), limit=100)

    assert {row.name: row.sums.runs for row in found} == {"a": 2, "b": 2, "c": 1, count.OTHER: 4}
    hours = figures.groups(MINE, "prompt", Window(noon(), noon() + timedelta(hours=1)), limit=100)
    assert {row.name for row in hours} == {"a", "b", "c", count.OTHER}


@pytest.fixture
def months_again():
    """For the tests after this one, whose clock is right again."""
    yield
    partitions.ensure()


def test_what_has_outlived_its_time_goes_and_its_figures_stay(months_again, move_clock):
    at = noon(1)
    stored_and_counted([run_of(MINE, at)])
    month = partitions.name(at.date().replace(day=1))

    move_clock(timedelta(days=settings().runs.retention_days + 70))
    made, dropped = partitions.ensure(), partitions.drop_old()
    while retention.prune(batch=100):
        pass

    assert made >= 3
    assert dropped >= 1
    assert db.rows("SELECT to_regclass(%s) IS NULL", (month,)) == [(True,)]
    assert db.rows("SELECT minutes FROM run_total ORDER BY 1") == [(60,), (1440,)]
    window = Window(at + timedelta(minutes=1), at + timedelta(hours=1, minutes=30))  # widened to whole hours
    assert figures.totals(MINE, window).runs == 1
    move_clock(timedelta(days=settings().runs.figures_days))
    while retention.prune(batch=100):
        pass
    assert db.rows("SELECT count(*) FROM run_total") == [(0,)]
    assert db.rows("SELECT count(*) FROM run_group") == [(0,)]
