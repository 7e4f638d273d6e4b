"""Counters that are killed at any line: every run is counted once."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest

from store.kit import db
from store.kit.clock import utc_now
from store.kit.settings import ROOT
from store.runs import figures
from store.runs.figures import Window
from tests.kit import runs as kit
from tests.kit.eventually import eventually
from tests.kit.runs import run_of

pytestmark = pytest.mark.usefixtures("empty_store")
WORKSPACES = ("ws_a", "ws_b")
BATCHES, RUNS = 240, 30


def waiting() -> int:
    return db.rows("SELECT count(*) FROM run_feed")[0][0]


def test_runs_are_counted_once_although_counters_are_killed():
    first = utc_now() - timedelta(days=2)
    for batch in range(BATCHES):
        kit.store(
            [
                run_of(WORKSPACES[place % 2], first + timedelta(minutes=place * batch % 1000), success=place % 3 > 0)
                for place in range(RUNS)
            ]
        )
    killed_at = []
    while waiting():
        children = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.pipelines.runs.counting_child"], cwd=ROOT, stdout=subprocess.PIPE
            )
            for _ in range(2)
        ]
        try:
            for child in children:
                assert child.stdout is not None
                child.stdout.readline()
            before = waiting()
            eventually(lambda before=before: waiting() <= max(before - 30, 0), within_s=20)
        finally:
            for child in children:
                child.kill()
                child.communicate()
        killed_at.append(waiting())
    kit.count()

    assert sum(left > 0 for left in killed_at) >= 2
    for workspace in WORKSPACES:
        found = figures.totals(workspace, Window(first - timedelta(days=1)))
        assert (found.runs, found.failed) == (BATCHES * RUNS / 2, BATCHES * RUNS / 6)
        rows = figures.groups(workspace, "prompt", Window(first - timedelta(days=1)), limit=10)
        assert [row.sums for row in rows] == [found]
