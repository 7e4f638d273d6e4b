"""An empty store of sites, and settings of the crawl for one test."""

from __future__ import annotations

import pytest

from store.kit import db
from store.kit.settings import settings


@pytest.fixture
def empty_sites(services, setting) -> None:
    """No crawl, no copy, no robots.txt and no gate from the tests before; quick retries."""
    for table in ("site_crawl", "page_copy", "robots_copy", "host_gate"):
        db.rows(f"DELETE FROM {table}")
    setting(retry_seconds=0.05)


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch):
    """`setting(delay_seconds=0.2)`: keys of the crawl section."""

    def put(**keys: object) -> None:
        for key, value in keys.items():
            monkeypatch.setenv(f"MILLRACE_CRAWL__{key.upper()}", str(value))
        settings.cache_clear()

    yield put
    monkeypatch.undo()
    settings.cache_clear()
