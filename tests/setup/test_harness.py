"""The test harness itself: each process has its own database, and a test finds it empty."""

from __future__ import annotations

import psycopg2
import pytest

from store.kit.settings import settings
from tests.kit.eventually import eventually


def test_this_process_reads_the_test_services_from_its_settings(services):
    assert settings().database.url == services.database_url
    assert settings().redis.url == services.redis_url
    assert str(settings().data_dir) == services.data_dir


def test_the_database_has_pgvector_and_the_schema(empty_store):
    with psycopg2.connect(empty_store.database_url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension WHERE extname = 'vector'")
        assert cursor.fetchall() == [("vector",)]
        cursor.execute("SELECT count(*) > 0 FROM schema_migration")
        assert cursor.fetchall() == [(True,)]
    connection.close()


def test_eventually_shows_the_last_answer_when_the_time_is_over():
    with pytest.raises(AssertionError, match="last answer: 0"):
        eventually(lambda: 0, within_s=0.05)


def test_eventually_raises_the_assertion_that_kept_failing():
    def check():
        raise AssertionError("still dark")

    with pytest.raises(AssertionError, match="still dark"):
        eventually(check, within_s=0.05)
