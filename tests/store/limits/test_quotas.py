"""A month's quota is used up exactly, whoever races for it, and begins anew with the month."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.kit import clock
from store.kit.db import database, transaction
from store.kit.errors import UsageLimitReached
from store.kit.sections import Quotas
from store.kit.settings import settings
from store.limits import quotas
from store.limits.plans import PLANS, row_of

TABLE = {"free": 3, "pro": 10}


@pytest.fixture
def limited(monkeypatch, empty_store):
    known = msgspec.structs.replace(settings(), quotas=Quotas(jobs=TABLE))
    monkeypatch.setattr(quotas, "settings", lambda: known)


def try_to_charge(workspace_id: str, number: int = 1) -> bool:
    try:
        quotas.charge(workspace_id, "jobs", number)
    except UsageLimitReached:
        return False
    finally:
        database.close()
    return True


@pytest.mark.parametrize("left", [0, 1, 2])
def test_fifty_charges_at_once_use_exactly_what_is_left(limited, make, left):
    workspace = make.workspace(plan="free")
    quotas.charge(workspace.id, "jobs", 3 - left) if left < 3 else None

    with ThreadPoolExecutor(50) as crowd:
        charged = list(crowd.map(lambda _: try_to_charge(workspace.id), range(50)))

    assert charged.count(True) == left
    assert quotas.used(workspace.id, "jobs") == 3


def test_the_first_charge_of_a_month_is_raced_for_too(limited, make):
    workspace = make.workspace(plan="free")

    with ThreadPoolExecutor(50) as crowd:
        charged = list(crowd.map(lambda _: try_to_charge(workspace.id), range(50)))

    assert charged.count(True) == 3


def test_a_charge_larger_than_the_quota_is_refused_and_uses_nothing(limited, make):
    workspace = make.workspace(plan="free")

    assert not try_to_charge(workspace.id, 4)
    assert quotas.used(workspace.id, "jobs") == 0
    assert try_to_charge(workspace.id, 3)


def test_a_refusal_says_what_and_until_when(limited, make):
    workspace = make.workspace(plan="starter")
    quotas.charge(workspace.id, "jobs", 3)

    with pytest.raises(UsageLimitReached) as refused:
        quotas.charge(workspace.id, "jobs")

    told = refused.value.fields
    assert (told["quota"], told["limit"], told["used"]) == ("jobs", 3, 3)
    assert told["resetsAt"].endswith("-01T00:00:00Z")
    assert told["resetsAt"] > clock.rfc3339(clock.utc_now())


def test_a_charge_ends_with_the_work_it_was_for(limited, make):
    workspace = make.workspace(plan="free")
    with pytest.raises(RuntimeError), transaction():
        quotas.charge(workspace.id, "jobs")
        raise RuntimeError

    assert quotas.used(workspace.id, "jobs") == 0


def test_a_new_month_begins_with_nothing_used(limited, make, move_clock):
    workspace = make.workspace(plan="free")
    assert try_to_charge(workspace.id, 3)

    move_clock(timedelta(days=32))

    assert quotas.used(workspace.id, "jobs") == 0
    assert try_to_charge(workspace.id, 3)


@given(st.dictionaries(st.sampled_from(PLANS), st.integers(0, 9)), st.sampled_from(PLANS))
def test_a_plan_without_a_row_has_the_next_lower_one_s(table, plan):
    lower = [name for name in PLANS[: PLANS.index(plan) + 1] if name in table]

    assert row_of(table, plan) == (table[lower[-1]] if lower else None)
