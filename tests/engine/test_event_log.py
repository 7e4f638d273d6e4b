"""The log: nobody who reads it by cursor skips a late committer, and everybody sees the same order."""

from __future__ import annotations

import psycopg2
import pytest

from store.jobs import events, repair
from store.kit import db
from store.kit.errors import Gone, InvalidInput
from tests.engine.seen import OTHER, WORKSPACE, count
from tests.kit.eventually import eventually
from tests.kit.settled import settled

TELL = "INSERT INTO event (workspace_id, job_id, type, data) VALUES (%s, %s, %s, '{}')"


@pytest.fixture
def writer(empty_engine):
    """`writer()` opens a connection of its own, not yet in a transaction."""
    opened = []

    def connection():
        opened.append(psycopg2.connect(empty_engine.database_url))
        return opened[-1]

    yield connection
    for one in opened:
        one.close()


def tell(name: str, *, workspace: str = WORKSPACE, job: str | None = None) -> None:
    db.rows(TELL, (workspace, job, name))


def told(number: int) -> list[events.Event]:
    """The workspace's first lines once so many are served: an open transaction of any database here holds them up."""

    def look() -> list[events.Event]:
        found = events.of_workspace(WORKSPACE, after=events.START, limit=number)
        assert len(found) == number
        return found

    return eventually(look)


class Reader:
    """Reads page by page from where it stopped."""

    def __init__(self) -> None:
        self.cursor = events.START
        self.seen: list[str] = []

    def look(self, limit: int = 100) -> list[str]:
        found = events.of_workspace(WORKSPACE, after=self.cursor, limit=limit)
        if found:
            self.cursor = events.parse_cursor(found[-1].cursor)
        self.seen += [event.type for event in found]
        return [event.type for event in found]


def test_a_reader_does_not_pass_a_transaction_that_commits_late(writer):
    tell("first")
    late = writer()
    late.cursor().execute(TELL, (WORKSPACE, None, "late"))
    tell("second")
    tell("third")
    reader = Reader()

    before = eventually(reader.look)
    late.commit()
    settled()
    after = reader.look()

    assert before == ["first"]
    assert after == ["late", "second", "third"]
    assert reader.look() == []


def test_many_late_committers_in_any_order_are_each_seen_once_and_in_one_order(writer):
    reader, impatient = Reader(), Reader()
    waiting = []
    for number in range(20):
        one = writer()
        one.cursor().execute(TELL, (WORKSPACE, None, f"late {number}"))
        waiting.append(one)
        tell(f"prompt {number}")
        if number % 3 == 0:
            waiting.pop(len(waiting) // 2).commit()
        impatient.look(limit=2)
    for one in reversed(waiting):
        one.commit()
        impatient.look(limit=1)
    settled()
    while impatient.look(limit=3):
        pass
    reader.look()

    assert impatient.seen == reader.seen
    assert len(reader.seen) == len(set(reader.seen)) == 40


def test_what_was_rolled_back_holds_nobody_up(writer):
    late = writer()
    late.cursor().execute(TELL, (WORKSPACE, None, "never"))
    tell("after")
    reader = Reader()
    assert reader.look() == []

    late.rollback()

    settled()
    assert reader.look() == ["after"]


def test_a_feed_holds_its_own_workspace_only_and_a_job_its_own_lines(empty_engine):
    tell("mine", job="job_1")
    tell("theirs", workspace=OTHER, job="job_2")

    assert [event.type for event in told(1)] == ["mine"]
    assert [event.type for event in events.of_workspace(WORKSPACE, after=events.START, limit=9)] == ["mine"]
    assert [event.type for event in events.of_job(WORKSPACE, "job_1", after=events.START, limit=9)] == ["mine"]
    assert events.of_job(WORKSPACE, "job_2", after=events.START, limit=9) == []


def test_a_cursor_from_before_the_oldest_line_kept_is_gone(empty_engine):
    for number in range(10):
        tell(f"line {number}")
    found = told(10)
    early, kept = (events.parse_cursor(found[at].cursor) for at in (2, 6))
    db.rows("UPDATE event SET created_at = now() - interval '40 days' WHERE type < 'line 5'")
    with db.plain_cursor() as cursor:
        while repair.prune(cursor):
            pass

    with pytest.raises(Gone):
        events.of_workspace(WORKSPACE, after=early, limit=10)
    assert [event.type for event in events.of_workspace(WORKSPACE, after=kept, limit=10)] == [
        f"line {n}" for n in (7, 8, 9)
    ]
    assert len(events.of_workspace(WORKSPACE, after=events.START, limit=10)) == 5


def test_a_cursor_is_gone_when_every_line_is(empty_engine):
    for number in range(3):
        tell(f"line {number}")
    first = told(3)[0]
    db.rows("UPDATE event SET created_at = now() - interval '40 days'")
    with db.plain_cursor() as cursor:
        repair.prune(cursor)
    assert count("event") == 0

    with pytest.raises(Gone):
        events.of_workspace(WORKSPACE, after=events.parse_cursor(first.cursor), limit=10)


@pytest.mark.parametrize("text", ["1", "a-b", "-", "1-", "-1", "1-2-3", "²-1", "1" * 30 + "-1", f"{1 << 63}-0", "1 -2"])
def test_what_is_no_cursor_is_refused(text):
    with pytest.raises(InvalidInput):
        events.parse_cursor(text)
