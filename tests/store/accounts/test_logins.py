"""Guessing gets slower, for the one who guesses, and is never shut out for good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.accounts import logins
from store.kit.db import database, row
from store.kit.errors import QuotaExceeded
from store.kit.settings import settings

pytestmark = pytest.mark.usefixtures("empty_store")
EMAIL, HOME, ELSEWHERE = "ada@example.com", "192.0.2.1", "192.0.2.2"


def use_up(tries: int) -> None:
    for _ in range(tries):
        logins.count_try(EMAIL, HOME)


def refusal(address: str = HOME) -> timedelta | None:
    try:
        logins.count_try(EMAIL, address)
    except QuotaExceeded as refused:
        return refused.retry_after
    return None


def test_after_the_free_tries_each_wrong_password_costs_a_longer_pause(move_clock):
    use_up(settings().accounts.login_tries)
    for seconds in (1, 2, 4, 8):
        told = refusal()
        assert told is not None
        assert timedelta(seconds=seconds - 0.9) < told <= timedelta(seconds=seconds)
        move_clock(timedelta(seconds=seconds))
        assert refusal() is None


def test_hammering_during_the_pause_does_not_make_it_longer(move_clock):
    use_up(settings().accounts.login_tries)
    for _ in range(20):
        assert refusal() is not None
    move_clock(timedelta(seconds=1))
    assert refusal() is None


def test_a_guesser_cannot_hold_up_the_same_account_elsewhere():
    use_up(settings().accounts.login_tries)

    assert refusal(HOME) is not None
    assert refusal(ELSEWHERE) is None


def test_the_right_password_forgets_the_wrong_ones():
    use_up(settings().accounts.login_tries)

    logins.forget(EMAIL, HOME)

    assert refusal() is None


def test_a_quiet_quarter_of_an_hour_forgets_everything(move_clock):
    use_up(settings().accounts.login_tries)
    move_clock(logins.WINDOW + timedelta(seconds=1))

    use_up(settings().accounts.login_tries)

    assert refusal() is not None


def test_guesses_made_at_once_are_all_counted():
    def guess(_: int) -> bool:
        with database.connection_context():
            return refusal() is None

    with ThreadPoolExecutor(10) as threads:
        let_through = sum(threads.map(guess, range(50)))

    assert let_through == settings().accounts.login_tries


def test_old_counters_go_without_anyone_tidying_up(move_clock):
    for number in range(15):
        logins.count_try(f"nobody{number}@example.com", HOME)
    move_clock(logins.WINDOW + timedelta(seconds=1))

    logins.count_try(EMAIL, HOME)

    assert row("SELECT count(*) FROM login_counter") == (1,)


def test_one_ipv6_line_counts_as_one_address():
    assert logins.network("2001:db8:1:2::7") == logins.network("2001:db8:1:2:ffff::1")
    assert logins.network("2001:db8:1:2::7") != logins.network("2001:db8:1:3::7")
    assert logins.network("::ffff:192.0.2.1") == "192.0.2.1"


@given(st.integers(0, 10_000), st.integers(1, 100))
def test_the_pause_only_grows_and_has_an_end(tries, free):
    pause = logins.wait_after(tries, free=free)

    assert pause <= logins.LONGEST_WAIT
    assert pause <= logins.wait_after(tries + 1, free=free)
    assert (pause == timedelta(0)) == (tries < free)
