"""A crawl whose process is killed goes on elsewhere at once, and no stored page is fetched again."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter

import pytest

from tests.kit.eventually import eventually
from tests.kit.fake_web import FakeWeb
from tests.kit.services import ROOT, Services
from tests.pipelines.onboarding.crawl.crawling import Run

pytestmark = pytest.mark.usefixtures("empty_sites")

CHILD = """
import sys
from tests.pipelines.onboarding.crawl.crawling import Run
Run(sys.argv[1], job_id="job_killed").crawl()
"""


def test_a_killed_crawl_goes_on_at_once_and_fetches_no_stored_page_again(services: Services) -> None:
    with FakeWeb(latency=0.05) as web:
        for number in range(20):
            links = "".join(f'<a href="/p{n}">Page {n}</a>' for n in range(20))
            web.page(f"/p{number}" if number else "/", f"<html><body>Page {number} {links}")
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, web.url], cwd=ROOT, env=services.environment(), stderr=subprocess.DEVNULL
        )
        try:
            run = Run(web.url, job_id="job_killed")
            eventually(lambda: len(run.read_paths()) >= 4, within_s=30)
            web.latency = 60
            eventually(lambda: web.active == 2)
        finally:
            child.kill()
            child.wait()
        web.latency = 0.02
        stored = set(run.read_paths())
        before = len(web.hits)
        started = time.monotonic()
        output = run.crawl().output
        assert web.hits[before].at - started < 1, "the dead process's slots at the host are free"
    again = {path for path, times in Counter(web.paths()).items() if times > 1}
    assert len(stored) >= 4 and not stored & again
    assert len(again) == 2, "what was under way at the kill"
    assert output["pages"] == 20
