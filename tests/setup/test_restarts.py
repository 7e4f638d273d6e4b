"""What the supervisor brings back, and when it gives up. Real servers, stand-in parts."""

from __future__ import annotations

import psutil
import psycopg2
import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.eventually import eventually
from tests.kit.whole_stack import WholeStack, whole_stack
from workers.supervisor import LONGEST_PAUSE_SECONDS, pause_seconds


@given(st.integers(1, 10_000))
def test_pauses_grow_and_stay_below_the_longest(deaths):
    assert 0.25 <= pause_seconds(deaths) <= pause_seconds(deaths + 1) <= LONGEST_PAUSE_SECONDS


def test_pauses_double_from_a_quarter_of_a_second():
    assert [pause_seconds(deaths) for deaths in range(1, 8)] == [0.25, 0.5, 1, 2, 4, 8, 10]


@pytest.mark.parametrize("name", ["worker-web", "scheduler", "api"])
def test_a_killed_part_comes_back(up: WholeStack, name: str):
    _kill_and_wait(up, name)

    eventually(up.is_healthy)


def test_a_killed_postgres_comes_back_on_the_same_address_and_data(up: WholeStack):
    with psycopg2.connect(up.database_url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    connection.close()

    _kill_and_wait(up, "postgres")

    assert eventually(lambda: _answer(up.database_url)) == 42


def test_a_killed_valkey_comes_back_on_the_same_address(up: WholeStack):
    _kill_and_wait(up, "valkey")

    with redis.Redis.from_url(up.redis_url) as client:
        eventually(lambda: _pings(client))


def test_a_killed_part_takes_its_own_children_with_it(up: WholeStack):
    serving = eventually(lambda: up.child("api").children(), what="the API's processes")

    _kill_and_wait(up, "api")

    assert psutil.wait_procs(serving, timeout=5)[1] == []
    eventually(up.is_healthy)


@pytest.mark.long
def test_a_part_that_keeps_dying_stops_everything_with_its_last_words(project):
    with whole_stack(project, env={"STAND_IN_SCHEDULER": "dies"}) as stack:
        assert stack.process.wait(60) == 1

        assert "5 times in a row" in stack.output()
        assert "the disk of the moon is full" in stack.output().split("Its last words:")[1]
        assert stack.survivors() == []


def _kill_and_wait(stack: WholeStack, name: str) -> None:
    before = eventually(lambda: stack.child(name), what=f"{name} to run")
    before.kill()
    eventually(
        lambda: (now := stack.child(name)) is not None and now.pid != before.pid, within_s=15, what=f"a new {name}"
    )


def _answer(url: str) -> int | None:
    try:
        connection = psycopg2.connect(url)
    except psycopg2.OperationalError:
        return None
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT answer FROM kept")
        ((found,),) = cursor.fetchall()
    connection.close()
    return found


def _pings(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
