"""A worker that dies in the middle of an onboarding: the next one goes on where it was."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.api.vistralai.analyses import analyze, finished, person, reviews
from tests.kit.eventually import eventually
from workers.demo_site import served

AT_ONCE = 2  # requests that may be under way when the worker dies


@pytest.mark.long
def test_a_crawl_goes_on_after_its_worker_died_and_fetches_no_page_twice(stack):
    with served() as site:
        site.texts["/robots.txt"] += "Crawl-delay: 0.2\n"
        api = person(stack)
        job_id = analyze(api, site.url, "brand_123")
        eventually(lambda: len(pages_asked_for(site)) > 4, within_s=20)

        stack.worker.kill()
        before = pages_asked_for(site)
        stack.worker.start()
        last = finished(api, job_id)

        assert last["status"] == "completed", last
        assert last["result"]["pages"]["read"] > len(before)
        again = [path for path, times in Counter(pages_asked_for(site)).items() if times > 1]
        assert len(again) <= AT_ONCE
        assert set(again) <= set(before)
        assert reviews(api, job_id)["identity"]["extractedData"]["name"] == "Berthline"


def pages_asked_for(site):
    return [path for _, path, status in site.hits if path.endswith("/") and status in (200, 304)]
