"""Alerts by the clock: what passes a threshold, one event an episode, recovery, windows that move, days that end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
import pytest

from pipelines.runs import alerts
from store.accounts import attempts
from store.alerts import queries
from store.alerts.tables import Alert, AlertEpisode
from store.kit import db
from store.kit.clock import utc_now
from store.runs.windows import DAY, floor
from tests.kit import runs as kit
from tests.kit.runs import run_of, stored_and_counted

pytestmark = pytest.mark.usefixtures("empty_store")
DOLLAR = 1_000_000_000


@pytest.fixture(autouse=True)
def middle_of_the_day(move_clock):
    """So that no test meets midnight unless it wants to."""
    move_clock(floor(utc_now(), DAY) + timedelta(hours=12) - utc_now())


@pytest.fixture
def place(owner):
    return owner.workspace.id


def an_alert(place, kind, threshold, **values):
    return queries.create(
        place,
        most=10,
        type=kind,
        threshold=threshold,
        **{"min_runs": 1, "window_minutes": 60, "is_active": True, **values},
    )


def run(place, **values):
    return run_of(place, utc_now(), **values)


def lines():
    """(type, data) of the log's lines about alerts, in order."""
    return db.rows("SELECT type, data FROM event WHERE type LIKE 'alert.%%' ORDER BY xid, id")


def state(alert):
    row = Alert.get_by_id(alert.id)
    return row.is_firing, row.actual


def test_a_day_that_costs_more_than_the_threshold_is_told_once_until_the_day_ends(place, move_clock):
    alert = an_alert(place, "COST_SPIKE", 100)
    stored_and_counted([run(place, cost=100 * DOLLAR), run(place, cost=None)])
    alerts.check_due()
    assert state(alert) == (False, 100)

    stored_and_counted([run(place, cost=25 * DOLLAR + DOLLAR // 2)])
    move_clock(timedelta(seconds=6))
    alerts.check_due()
    stored_and_counted([run(place, cost=DOLLAR)])
    move_clock(timedelta(seconds=6))
    alerts.check_due()

    told = {"alertId": alert.id, "type": "COST_SPIKE", "threshold": 100, "actual": 125.5}
    assert lines() == [("alert.triggered", told)]
    assert state(alert) == (True, 126.5)
    move_clock(timedelta(hours=12))
    alerts.check_due()
    assert lines()[1:] == [("alert.recovered", {**told, "actual": 0})]
    (episode,) = AlertEpisode.select()
    assert (episode.actual, episode.worst, episode.ended_because) == (125.5, 126.5, "recovered")

    stored_and_counted([run(place, cost=200 * DOLLAR)])
    move_clock(timedelta(seconds=6))
    alerts.check_due()
    assert [kind for kind, _ in lines()] == ["alert.triggered", "alert.recovered", "alert.triggered"]


def test_yesterdays_cost_is_not_todays(place):
    alert = an_alert(place, "COST_SPIKE", 1)
    stored_and_counted([run_of(place, utc_now() - timedelta(days=1), cost=100 * DOLLAR)])

    alerts.check_due()

    assert state(alert) == (False, 0)


def test_an_error_rate_is_that_of_the_window_and_rises_as_good_runs_leave_it(place, move_clock):
    alert = an_alert(place, "HIGH_ERROR_RATE", 50)
    stored_and_counted([run(place)] * 3)
    move_clock(timedelta(minutes=30))
    stored_and_counted([run(place, success=False)] * 3)
    alerts.check_due()
    assert state(alert) == (False, 50)  # as much as the threshold is not more

    move_clock(timedelta(minutes=31))  # the good ones are an hour old
    alerts.check_due()

    assert state(alert) == (True, 100)
    move_clock(timedelta(minutes=31))
    alerts.check_due()
    assert state(alert) == (False, None)
    assert [(kind, data["actual"]) for kind, data in lines()] == [("alert.triggered", 100), ("alert.recovered", None)]
    assert Alert.get_by_id(alert.id).due_at is None  # nothing can change until a run comes


def test_latency_is_the_average_of_the_runs_that_have_one(place, move_clock):
    alert = an_alert(place, "SLOW_RESPONSE", 1000, min_runs=3)
    stored_and_counted(
        [run(place, latency_us=2_000_000), run(place, latency_us=None), run(place, latency_us=2_001_000)]
    )
    alerts.check_due()
    assert state(alert) == (False, 2000.5)  # of two runs only

    stored_and_counted([run(place, latency_us=500_000)])
    move_clock(timedelta(seconds=6))
    alerts.check_due()

    assert state(alert) == (True, 1500.3333333333333)
    assert lines()[0][1]["actual"] == 1500.333333


def test_owners_and_admins_get_a_letter_and_members_do_not(make, owner, place):
    admin = make.colleague(owner.workspace, role="ADMIN")
    make.colleague(owner.workspace)
    an_alert(place, "COST_SPIKE", 0)
    stored_and_counted([run(place)])

    alerts.check_due()

    mails = db.rows("SELECT input FROM job WHERE pipeline = 'mail' ORDER BY input->>'to'")
    assert [mail["to"] for (mail,) in mails] == sorted([owner.user.email, admin.user.email])
    assert mails[0][0]["words"]["sentence"] == "Today's runs cost 1.00 dollars so far; the threshold is 0 dollars."


def test_a_value_that_swings_about_its_threshold_sends_a_bounded_number_of_letters(place, move_clock, monkeypatch):
    few = msgspec.structs.replace(attempts.ALERT_LETTERS_OF_WORKSPACE, limit=2)
    monkeypatch.setattr(attempts, "ALERT_LETTERS_OF_WORKSPACE", few)
    an_alert(place, "HIGH_ERROR_RATE", 10, window_minutes=2)
    for _ in range(4):
        stored_and_counted([run(place, success=False)])
        move_clock(timedelta(seconds=6))
        alerts.check_due()
        move_clock(timedelta(minutes=3))
        alerts.check_due()

    assert [kind for kind, _ in lines()] == ["alert.triggered", "alert.recovered"] * 4
    assert db.row("SELECT count(*) FROM job WHERE pipeline = 'mail'") == (2,)


def test_a_crowd_of_checkers_tells_each_episode_once(place):
    made = [an_alert(place, "COST_SPIKE", 0, name=f"n{number}") for number in range(10)]
    stored_and_counted([run(place)])

    def check(_):
        try:
            return alerts.check_due()
        finally:
            db.database.close()

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(check, range(16)))

    assert sorted(data["alertId"] for _, data in lines()) == sorted(alert.id for alert in made)


def test_a_busy_workspace_s_alerts_are_looked_at_no_more_often_than_they_must(place, move_clock):
    alert = an_alert(place, "COST_SPIKE", 1000)
    alerts.check_due()
    stored_and_counted([run(place)])
    assert alerts.check_due() == 0

    move_clock(timedelta(seconds=6))

    assert (alerts.check_due(), state(alert)) == (1, (False, 1))
    kit.store([run("ws_other")])
    kit.count()
    move_clock(timedelta(seconds=6))
    assert alerts.check_due() == 0


def test_switching_off_ends_the_episode_and_changing_the_threshold_checks_anew(place, move_clock):
    alert = an_alert(place, "COST_SPIKE", 0)
    stored_and_counted([run(place)])
    alerts.check_due()
    queries.change(place, alert.id, threshold=0.5)
    alerts.check_due()
    assert (state(alert), len(lines())) == ((True, 1), 1)

    queries.change(place, alert.id, is_active=False)
    alerts.check_due()
    assert (state(alert)[0], AlertEpisode.get().ended_because) == (False, "switched_off")
    queries.change(place, alert.id, is_active=True)
    alerts.check_due()

    assert [kind for kind, _ in lines()] == ["alert.triggered", "alert.triggered"]
    queries.change(place, alert.id, threshold=5)
    alerts.check_due()
    assert lines()[-1][0] == "alert.recovered"
