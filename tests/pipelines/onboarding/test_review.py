"""What a proposed value starts as: the rules between a crawl and what people said before. Pure."""

from __future__ import annotations

import pytest

from pipelines.onboarding.result import Proposed
from pipelines.onboarding.review import Held, _apart, _settled


def proposed(value, *, confidence=0.9, accepted=True, field="mission", **more):
    return Proposed(
        field=field, value=value, confidence=confidence, accepted=accepted, evidence=[], alternatives=[], **more
    )


@pytest.fixture(autouse=True)
def _services(services):
    """The settings' threshold is read from the test configuration."""


def test_what_is_sure_and_undisputed_is_approved_without_a_person():
    settled = _settled(proposed("M"), held=None, last=None)

    assert (settled.status, settled.final_value) == ("auto_approved", "M")


@pytest.mark.parametrize("doubt", [{"confidence": 0.69}, {"accepted": False}])
def test_what_is_doubtful_waits_for_a_person(doubt):
    assert _settled(proposed("M", **doubt), held=None, last=None).status == "pending"


def test_what_a_person_rejected_before_is_not_approved_by_itself():
    assert _settled(proposed("M"), held=None, last=("rejected", "M")).status == "pending"
    assert _settled(proposed("N"), held=None, last=("rejected", "M")).status == "auto_approved"


def test_a_locked_field_that_the_site_agrees_with_asks_nobody():
    assert _settled(proposed("M"), held=Held("M", is_locked=True), last=None).status == "auto_approved"


def test_a_locked_field_that_the_site_newly_contradicts_is_put_up_again():
    settled = _settled(proposed("Site's"), held=Held("Mine", is_locked=True), last=("approved", "Mine"))

    assert (settled.status, settled.final_value) == ("pending", None)


def test_a_contradiction_that_a_person_has_seen_is_carried_over():
    edited = _settled(proposed("Site's"), held=Held("Mine", is_locked=True), last=("edited", "Site's"))
    rejected = _settled(proposed("Site's"), held=Held("Mine", is_locked=True), last=("rejected", "Site's"))

    assert (edited.status, edited.final_value) == ("edited", "Mine")
    assert (rejected.status, rejected.final_value) == ("rejected", None)


def test_an_unlocked_field_follows_the_site():
    assert _settled(proposed("New"), held=Held("Old", is_locked=False), last=None).status == "auto_approved"


def test_a_removed_entry_stays_removed():
    held = Held({"name": "Acme"}, is_locked=True, is_removed=True)

    assert _settled(proposed({"name": "Acme"}), held=held, last=None).status == "rejected"


def test_a_locked_entry_agrees_when_the_site_says_nothing_else():
    held = Held({"name": "Desk", "sku": "D1", "pricing": {"amount": 49, "currency": "GBP"}}, is_locked=True)

    same = _settled(proposed({"name": "Desk", "pricing": {"amount": 49.0}}), held=held, last=None)
    dearer = _settled(proposed({"name": "Desk", "pricing": {"amount": 59}}), held=held, last=None)

    assert (same.status, dearer.status) == ("auto_approved", "pending")


def test_a_sure_product_with_a_doubtful_price_is_two_fields():
    price = {"amount": 49, "currency": "GBP"}
    sure = proposed(
        {"name": "Desk", "pricing": price}, parts={"pricing": {"confidence": 0.9, "sources": []}}, field="Desk"
    )
    doubtful = proposed(
        {"name": "Desk", "pricing": price}, parts={"pricing": {"confidence": 0.4, "sources": []}}, field="Desk"
    )

    assert [one.field for one in _apart(sure)] == ["Desk"]
    product, its_price = _apart(doubtful)
    assert (product.value, product.accepted) == ({"name": "Desk"}, True)
    assert (its_price.field, its_price.value, its_price.accepted) == (
        "Desk (pricing)",
        {"name": "Desk", "pricing": price},
        False,
    )
