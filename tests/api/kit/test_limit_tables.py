"""The limits of config.yaml are those of the five documents, plan by plan; a missing plan has its next lower one's."""

from __future__ import annotations

import pytest

from api.kit.limiter import Window, windows_of
from api.kit.surface import surface_of
from store.accounts.principals import Principal
from store.kit.settings import load, settings

PATHS = {
    "craudioviz": "/v1/jobs",
    "vistralai": "/api/onboarding/analyze",
    "insydr": "/api/v1/workspaces",
    "runs": "/api/alerts",
    "clisonix": "/v1/ocean/chat",
}
TABLES = {
    "craudioviz": {
        "free": {"hour": 100, "day": 1000},
        "starter": {"hour": 500, "day": 10_000},
        "pro": {"hour": 2000, "day": 50_000},
        "business": {"hour": 10_000, "day": 250_000},
        "enterprise": {},
    },
    "insydr": {
        "free": {"minute": 60},
        "starter": {"minute": 120},
        "pro": {"minute": 300},  # the document's Professional
        "business": {"minute": 300},
        "enterprise": {},
    },
    "runs": {
        "free": {"minute": 10},
        "starter": {"minute": 60},
        "pro": {"minute": 300},
        "business": {"minute": 300},
        "enterprise": {"minute": 1000},
    },
    "clisonix": {
        "free": {"minute": 10, "day": 100},
        "starter": {"minute": 10, "day": 100},
        "pro": {"minute": 100, "day": 10_000},
        "business": {"minute": 100, "day": 10_000},
        "enterprise": {"minute": 1000},
    },
}
SECONDS = {60: "minute", 3600: "hour", 86400: "day"}


class Call:
    """As much of a request as the limiter looks at."""

    client_address = "203.0.113.5"

    def __init__(self, surface: str) -> None:
        self.surface = surface_of(PATHS[surface])


@pytest.fixture(autouse=True)
def as_documented(monkeypatch):
    """config.yaml as it is, without what the test run sets."""
    settings.cache_clear()
    monkeypatch.setattr("api.kit.limiter.settings", lambda: load({}))
    yield
    settings.cache_clear()


def windows(surface: str, plan: str | None, load_kind: str = "normal") -> list[Window]:
    caller = None
    if plan is not None:
        caller = Principal(workspace_id="ws_1", role="ADMIN", plan=plan, kind="user", user_id="user_1")
    return windows_of(Call(surface), caller, load_kind)


def allowance(found: list[Window]) -> dict[str, int]:
    return {SECONDS[window.seconds]: window.limit for window in found}


@pytest.mark.parametrize(("surface", "plan"), [(surface, plan) for surface, plans in TABLES.items() for plan in plans])
def test_a_plan_has_the_documented_allowance(surface, plan):
    found = windows(surface, plan)

    assert allowance(found) == TABLES[surface][plan]
    assert all(":ws_1:" in window.key for window in found)


@pytest.mark.parametrize("surface", TABLES)
def test_who_has_no_account_has_the_free_plan_s_allowance_per_address(surface):
    found = windows(surface, None)

    assert allowance(found) == TABLES[surface]["free"]
    assert all(":203.0.113.5:" in window.key for window in found)


def test_vistralai_limits_addresses_heavy_operations_and_users_whatever_the_plan():
    for plan in ("free", "enterprise"):
        general, per_user = windows("vistralai", plan)
        assert (general.limit, general.seconds, per_user.limit, per_user.seconds) == (100, 60, 1000, 3600)
        assert ":203.0.113.5:" in general.key
        assert ":user_1:" in per_user.key
        _, heavy, _ = windows("vistralai", plan, "heavy")
        assert (heavy.limit, heavy.seconds) == (10, 60)
        assert ":heavy:203.0.113.5:" in heavy.key
    assert [window.limit for window in windows("vistralai", None)] == [100]


def test_a_signed_link_opens_oftener_than_the_free_plan_asks_but_not_for_who_sends_a_key():
    (links,) = windows("craudioviz", None, "link")

    assert (links.limit, links.seconds) == (600, 60)
    assert ":link:203.0.113.5:" in links.key
    assert allowance(windows("craudioviz", "free", "link")) == TABLES["craudioviz"]["free"]


def test_the_surfaces_count_apart():
    keys = [window.key for surface in PATHS for window in windows(surface, "free")]

    assert len(keys) == len(set(keys))
