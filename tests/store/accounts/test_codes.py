"""Mailed codes, and counters of attempts, on the store itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from store.accounts import attempts, codes, tokens, users
from store.accounts.attempts import Act
from store.accounts.tables import AttemptCounter, MailCode
from store.kit.db import database
from store.kit.errors import QuotaExceeded

pytestmark = pytest.mark.usefixtures("empty_store")
HERE = "192.0.2.1"
THREE = Act("three", 3, timedelta(hours=1))


@pytest.fixture
def person(make):
    return make.user()


def issued(person, *, is_contested: bool = False) -> str:
    return tokens.mail_code(codes.issue(person.id, is_contested=is_contested))


def test_a_code_has_six_digits_and_lets_its_owner_in(person):
    code = issued(person)

    assert code.isdigit()
    assert len(code) == 6
    assert codes.spend(person.email.upper(), code, address=HERE).id == person.id
    assert users.get(person.id).verified_at is not None


def test_a_code_is_over_after_ten_minutes(person, move_clock):
    code = issued(person)
    move_clock(timedelta(minutes=9, seconds=59))
    assert codes.spend(person.email, "no", address=HERE) is None
    move_clock(timedelta(seconds=2))

    assert codes.spend(person.email, code, address=HERE) is None


def test_the_code_is_nowhere_in_the_table(person):
    code = issued(person)
    row = MailCode.get(MailCode.user == person.id)

    assert code.encode() not in bytes(row.code_sha256)
    assert bytes(row.code_sha256) != tokens.sha256(code)


def test_a_right_code_is_taken_once_by_twenty_at_once(person):
    code = issued(person)

    def spend(_: int) -> bool:
        with database.connection_context():
            return codes.spend(person.email, code, address=HERE) is not None

    with ThreadPoolExecutor(20) as threads:
        assert list(threads.map(spend, range(20))).count(True) == 1


def test_once_contested_stays_contested_until_somebody_comes_in(person):
    issued(person, is_contested=True)
    code = issued(person)
    password = users.get(person.id).password_hash

    codes.spend(person.email, code, address=HERE)

    assert password is not None
    assert users.get(person.id).password_hash is None


def test_a_window_has_its_fill_and_then_begins_again(move_clock):
    assert [attempts.take(THREE, "a") for _ in range(5)] == [True, True, True, False, False]
    assert attempts.take(THREE, "b")
    move_clock(timedelta(minutes=59))
    assert not attempts.take(THREE, "a")
    move_clock(timedelta(minutes=2))
    assert attempts.take(THREE, "a")


def test_fifty_attempts_at_once_are_counted_one_by_one():
    def take(_: int) -> bool:
        with database.connection_context():
            return attempts.take(THREE, "a")

    with ThreadPoolExecutor(20) as threads:
        assert list(threads.map(take, range(50))).count(True) == 3


def test_an_address_is_told_how_long_to_wait_and_an_ipv6_line_is_one():
    for _ in range(3):
        attempts.take_from(THREE, "2001:db8::1")

    with pytest.raises(QuotaExceeded) as refused:
        attempts.take_from(THREE, "2001:db8::2:3")
    assert timedelta(minutes=59) < refused.value.retry_after <= timedelta(hours=1)
    attempts.take_from(THREE, "2001:db8:0:1::1")


def test_counters_that_are_over_are_cleared_away(move_clock):
    for number in range(5):
        attempts.take(THREE, str(number))
    move_clock(timedelta(hours=2))

    attempts.take(THREE, "last")

    assert AttemptCounter.select().count() == 1
