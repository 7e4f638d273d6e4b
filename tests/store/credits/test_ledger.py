"""The credit ledger: whatever happens in whatever order, the balance is what its lines say, and never negative."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.credits import accounts, entries, ledger
from store.kit import db
from store.kit.errors import PaymentRequired
from store.kit.ids import new_id

ACTS = st.lists(st.tuples(st.sampled_from(["reserve", "settled", "refund", "buy"]), st.integers(0, 5)), max_size=25)


@contextmanager
def cursor():
    with db.transaction(), db.database.connection().cursor() as one:
        yield one


def charge(workspace_id, job_id, *, run=1, price=10):
    return ledger.Charge(workspace_id=workspace_id, job_id=job_id, run=run, pipeline="tools.logo_maker", price=price)


def lines(workspace_id):
    return db.rows(
        "SELECT kind, amount, balance_after, job_id FROM credit_entry WHERE workspace_id = %s ORDER BY seq",
        (workspace_id,),
    )


def test_a_balance_starts_with_the_plans_allowance_which_comes_once_a_month(empty_store, make, move_clock):
    place = make.workspace(plan="pro")

    first, again = accounts.look(place.id), accounts.look(place.id)
    move_clock(timedelta(days=32))
    later = accounts.look(place.id)

    assert (first.balance, again.balance, later.balance) == (2000, 2000, 4000)
    assert first.monthly_allowance == 2000
    assert [one.kind for one in entries.page(place.id, "live", limit=10, offset=0)] == ["allowance", "allowance"]


def test_a_higher_plan_adds_the_difference_and_a_lower_one_takes_nothing(empty_store, make):
    place = make.workspace(plan="free")
    before = accounts.look(place.id).balance
    for plan in ("starter", "free", "starter", "pro"):
        place.plan = plan
        place.save()
        after = accounts.look(place.id).balance

    assert (before, after) == (50, 2000)


def test_too_small_a_balance_is_told_and_nothing_is_written(empty_store, make):
    place = make.workspace(plan="free")
    accounts.look(place.id)

    with pytest.raises(PaymentRequired) as refused, cursor() as one:
        ledger.reserve(one, charge(place.id, "job_1", price=51))

    assert refused.value.message == "You need 51 credits but have 50"
    assert refused.value.fields == {"required": 51, "available": 50}
    assert [kind for kind, *_ in lines(place.id)] == ["allowance"]


def test_the_low_balance_is_told_at_each_crossing_only(empty_store, make):
    place = make.workspace(plan="starter")
    told = []
    with cursor() as one:
        for number, price in enumerate((400, 1, 10, 10)):  # 100, 99, 89, 79
            told.append(ledger.reserve(one, charge(place.id, f"job_{number}", price=price)))
        ledger.end(one, [ledger.Ending(charge=charge(place.id, "job_0", price=400), kind="refund")])
        told.append(ledger.reserve(one, charge(place.id, "job_9", price=400)))

    assert [crossing and crossing.current_balance for crossing in told] == [None, 99, None, None, 79]


def test_fifty_at_once_on_a_balance_for_one_and_exactly_one_is_served(empty_store, make):
    place = make.workspace(plan="free")  # 50 credits

    def try_to(number: int) -> bool:
        try:
            with cursor() as one:
                ledger.reserve(one, charge(place.id, f"job_{number}", price=50))
        except PaymentRequired:
            return False
        finally:
            db.database.close()
        return True

    with ThreadPoolExecutor(10) as crowd:
        served = list(crowd.map(try_to, range(50)))

    assert served.count(True) == 1
    assert accounts.look(place.id).balance == 0


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_the_lines_always_explain_the_balance(empty_store, make, acts):
    """A run is charged once and ended once, whoever says so how often."""
    place = make.workspace(plan="free")
    accounts.look(place.id)
    taken, ended = set(), set()
    for act, number in acts:
        job = f"{place.id}_{number}"
        with cursor() as one:
            if act == "reserve" and job not in taken:
                try:
                    ledger.reserve(one, charge(place.id, job, price=20))
                    taken.add(job)
                except PaymentRequired:
                    assert accounts.look(place.id).balance < 20
            elif act in ("settled", "refund") and job in taken:
                ledger.end(one, [ledger.Ending(charge=charge(place.id, job, price=20), kind=act)])
                ended.add(job)
            elif act == "buy":
                held = accounts.hold(one, place.id)
                accounts.add(one, place.id, "live", 7)
                entries.write(one, entries.Entry(workspace_id=place.id, mode="live", kind="purchase", amount=7,
                                                 balance_after=held.balance + 7, job_id=new_id("job"), run=1))  # fmt: skip
    found = lines(place.id)
    balance = accounts.look(place.id).balance

    assert balance == sum(amount for _, amount, *_ in found) == found[-1][2] >= 0
    assert sorted(job for kind, _, _, job in found if kind in ("settled", "refund")) == sorted(ended)
    assert all(after >= 0 for _, _, after, _ in found)
