"""The project's own website, and one analysis of it for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.vistralai.analyses import Analysed, analyze, finished, person
from workers.demo_site import DemoSite, served


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with served() as running:
        yield running


@pytest.fixture(scope="module")
def analysed(stack, site) -> Analysed:
    api, seen = person(stack), []
    job_id = analyze(api, site.url, "brand_123")
    last = finished(api, job_id, seen)
    assert last["status"] == "completed", last
    return Analysed(api, job_id, last["result"], seen)
