"""`./run.sh demo` against a running stack: the story comes to its end and says what is true."""

from __future__ import annotations

import subprocess
import sys

from store.kit.settings import ROOT

TOLD_WITHIN_S = 90


def told(stack, url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "workers.demo", "--url", url],
        cwd=ROOT, env=stack.env, capture_output=True, text=True, timeout=TOLD_WITHIN_S, check=False,
    )  # fmt: skip


def test_the_demo_tells_the_main_job_to_its_end(stack):
    done = told(stack, stack.url)

    assert done.returncode == 0, done.stdout + done.stderr
    for words in (
        '"status":"started"',
        "headquarters = Falmouth, Cornwall",
        "/office/  skipped: robots_disallow",
        "vision = A safe berth for every sailor, every night.  (person, locked)",
        "products = Berthline Desk, Berthline Gate, Berthline Meter",
        "19 pages, 19 unchanged (19 answered 304 Not Modified)",
    ):
        assert words in done.stdout, words


def test_the_demo_says_when_there_is_no_stack(stack):
    done = told(stack, "http://127.0.0.1:9")

    assert done.returncode == 1
    assert "the API does not answer" in done.stderr
