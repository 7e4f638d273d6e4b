"""What callers of a platform wait for: turns of its rate, waits that it asked for, pauses."""

from __future__ import annotations

import pytest

from store.kit import db
from store.perception import gates

NAME = "claude"


@pytest.fixture(autouse=True)
def _empty(empty_store):
    pass


def enter(per_minute: int = 60, patience: float = 60) -> gates.Gate:
    return gates.enter(NAME, per_minute=per_minute, patience_seconds=patience)


def test_a_few_go_at_once_and_the_others_one_after_the_other():
    turns = [enter() for _ in range(6)]

    assert all(turn.granted for turn in turns)
    waits = [turn.wait_seconds for turn in turns]
    assert waits[0] == 0
    assert waits == sorted(waits)
    assert waits[-1] == pytest.approx(5, abs=0.5)
    assert gates.enter("gemini", per_minute=60, patience_seconds=60).wait_seconds == 0


def test_a_turn_that_is_far_off_is_not_taken():
    for _ in range(5):
        enter()

    late = enter(patience=2)
    assert not late.granted
    assert late.wait_seconds == 1
    assert enter().wait_seconds == pytest.approx(5, abs=0.5), "it cost nobody a turn"


def test_without_a_rate_nobody_waits():
    assert [gates.enter(NAME, per_minute=0, patience_seconds=1).wait_seconds for _ in range(50)] == [0] * 50


def test_a_wait_that_was_asked_for_holds_for_all_and_is_never_shortened():
    gates.block(NAME, 30)
    gates.block(NAME, 3)

    held = gates.look(NAME)
    assert not held.granted
    assert held.wait_seconds == pytest.approx(30, abs=1)
    turn = enter()
    assert turn.granted
    assert turn.wait_seconds == pytest.approx(30, abs=1)
    assert gates.look("gemini").granted


def test_a_pause_says_why_and_ends():
    gates.pause(NAME, 60, "billing")

    for gate in (enter(), enter(per_minute=0), gates.look(NAME)):
        assert (gate.granted, gate.reason) == (False, "billing")
        assert gate.paused_seconds == pytest.approx(60, abs=1)

    db.rows("UPDATE platform_gate SET paused_until = now()")
    assert enter().granted
