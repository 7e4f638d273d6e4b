"""Cron by the clock of a zone, and what a firing leaves behind."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.engine import schedules
from store.jobs import schedules as rows
from store.kit import db
from store.kit.errors import InvalidInput, NotFound
from tests.engine.seen import WORKSPACE


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        ("0 9 * * *", "UTC", "2026-06-01T08:00", ["2026-06-01T09:00", "2026-06-02T09:00"]),
        ("0 9 * * *", "Europe/Berlin", "2026-06-01T08:00", ["2026-06-02T07:00", "2026-06-03T07:00"]),
        ("0 9 * * *", "Asia/Kolkata", "2026-06-01T00:00", ["2026-06-01T03:30"]),
        # 02:30 does not exist on 29 March 2026 in Berlin: it fires when the clock has jumped
        ("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00", ["2026-03-29T01:00", "2026-03-30T00:30"]),
        # 02:30 comes twice on 25 October 2026: it fires once
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00", ["2026-10-25T00:30", "2026-10-26T01:30"]),
        ("0 6 * * MON", "America/New_York", "2026-01-06T12:00", ["2026-01-12T11:00"]),
        ("0 0 29 2 *", "UTC", "2026-01-01T00:00", ["2028-02-29T00:00"]),
    ],
)
def test_cron_is_read_by_the_clock_of_its_zone(cron, zone, after, expected):
    assert schedules.times(cron, at(after), timezone=zone, count=len(expected)) == [at(one) for one in expected]


@pytest.mark.parametrize("cron", ["", "daily", "* * * *", "* * * * * *", "61 * * * *", "0 0 30 2 *", "@daily"])
def test_what_is_no_cron_expression_names_its_field(cron):
    with pytest.raises(InvalidInput) as refused:
        schedules.next_time(cron, at("2026-01-01T00:00"))

    assert refused.value.fields["field"] == "cron"


def echo(name: str, value=None):
    return schedules.put(
        WORKSPACE, name, cron="0 9 * * *", pipeline="diagnostics.echo", job_input=value or {}, surface="vistralai",
        timezone="Europe/Berlin",
    )  # fmt: skip


def test_a_firing_remembers_its_job_and_a_refusal_its_reason(empty_engine):
    made = echo("scan:one")
    db.rows("UPDATE schedule SET next_at = now()")
    schedules.fire_due()
    (fired,) = rows.named(WORKSPACE, "scan:")
    db.rows("UPDATE schedule SET next_at = now(), pipeline = 'nothing'")
    schedules.fire_due()
    (refused,) = rows.named(WORKSPACE, "scan:")

    assert fired.last_job_id == db.rows("SELECT id FROM job")[0][0]
    assert (fired.last_error, fired.last_at is not None, made.last_at) == (None, True, None)
    assert refused.last_job_id == fired.last_job_id
    assert refused.last_error.startswith("not_found: No pipeline is called 'nothing'")
    assert refused.next_at > refused.last_at


def test_schedules_are_found_by_the_beginning_of_their_name_and_removed_by_id(empty_engine):
    one, _ = echo("scan:one"), echo("report:one")

    assert [found.id for found in rows.named(WORKSPACE, "scan:")] == [one.id]
    assert rows.named("ws_other", "scan:") == []
    with pytest.raises(NotFound):
        rows.remove("ws_other", one.id)
    rows.remove(WORKSPACE, one.id)
    with pytest.raises(NotFound):
        rows.remove(WORKSPACE, one.id)
