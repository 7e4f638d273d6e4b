"""What the tests of the engine share: test pipelines, a table to count effects in, and fleets of real processes.

`fleet` is one per module, on an emptied store, with FLEET_SETTINGS of the module; `empty_engine` empties the
store for one test that needs no processes, or its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest

from pipelines.engine import acceptor, control
from store.kit import db, redis
from store.kit.settings import settings
from tests.engine import declared
from tests.kit.fleet import Fleet, fleet_on
from tests.kit.services import Emptier, Services, fresh_servers

EFFECTS = """
DROP SCHEMA IF EXISTS engine_test CASCADE;
CREATE SCHEMA engine_test;
CREATE TABLE engine_test.effect (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind text NOT NULL, name text, job_id text NOT NULL, run integer, stage integer, idx integer,
    attempt integer, token bigint, pid integer)
"""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """What the processes of a fleet said belongs to the report of a failed test."""
    report = yield
    for name in ("fleet", "own_fleet"):
        fleet = getattr(item, "funcargs", {}).get(name)
        if report.when == "call" and report.failed and fleet is not None:
            report.sections.append(("processes", fleet.output()))
    return report


@pytest.fixture(scope="module", autouse=True)
def _pipelines_of_the_tests() -> Iterator[None]:
    with declared.added():
        yield


def _execute(services: Services, sql: str) -> None:
    connection = psycopg2.connect(services.database_url)
    with connection, connection.cursor() as cursor:
        cursor.execute(sql)
    connection.close()


@pytest.fixture(scope="module")
def engine(services: Services, emptier: Emptier) -> Iterator[Services]:
    """An empty store with the table of effects."""
    emptier.empty()
    acceptor._backlog._counted.clear()
    _execute(services, EFFECTS)
    yield services
    _execute(services, "DROP SCHEMA engine_test CASCADE")


@pytest.fixture
def empty_engine(engine: Services, emptier: Emptier) -> Services:
    emptier.empty()
    acceptor._backlog._counted.clear()
    _execute(engine, "TRUNCATE engine_test.effect")
    return engine


@pytest.fixture(scope="module")
def fleet(request: pytest.FixtureRequest, engine: Services) -> Iterator[Fleet]:
    """Two worker processes of four threads under one keeper, and a scheduler, unless FLEET says otherwise."""
    with fleet_on(engine, getattr(request.module, "FLEET_SETTINGS", {})) as running:
        running.scheduler()
        for wanted in getattr(request.module, "FLEET", ({"processes": 2},)):
            running.worker(**wanted)
        yield running


@pytest.fixture
def own_fleet(request: pytest.FixtureRequest, empty_engine: Services) -> Iterator[Fleet]:
    """A fleet for one test, with nothing started yet."""
    with fleet_on(empty_engine, getattr(request.module, "FLEET_SETTINGS", {})) as running:
        yield running


@pytest.fixture(scope="module")
def own_servers(request: pytest.FixtureRequest, services: Services) -> Iterator:
    """A Postgres and a Valkey that a module may kill; this process is moved onto them for that while."""
    with fresh_servers(fast=False) as (servers, mine):  # what was committed must survive a kill
        _move_to(mine)
        try:
            _execute(mine, EFFECTS)
            yield servers, mine
        finally:
            _move_to(services)


def _move_to(services: Services) -> None:
    services.adopt()
    settings.cache_clear()
    redis.client.cache_clear()
    db.database.close()
    acceptor._session.close()
    acceptor._backlog._counted.clear()
    acceptor._pusher._quiet_until = control._pusher._quiet_until = 0.0
