"""A brand with something to ask about, written as a customer writes it."""

from __future__ import annotations

from tests.kit.client import Client

IDENTITY = {
    "brandId": "berthline",
    "name": "Berthline",
    "foundedYear": 2016,
    "headquarters": "Falmouth",
    "coreValues": ["Plain words", "Repair before replace"],
}
PRODUCTS = (
    {
        "brandId": "berthline",
        "name": "Berthline Desk",
        "category": "Harbour management software",
        "shortDescription": "A booking desk for small harbours that works without a signal",
        "features": ["Offline mode", "Card payments"],
        "pricing": {"currency": "GBP", "amount": 49, "billingPeriod": "monthly"},
    },
    {
        "brandId": "berthline",
        "name": "Berthline Gate",
        "pricing": {"currency": "GBP", "amount": 89, "billingPeriod": "monthly"},
    },
)
COMPETITORS = (
    {"brandId": "berthline", "name": "Quayfolio", "domain": "quayfolio.example"},
    {"brandId": "berthline", "name": "Moorsheet"},
)


def write_brand(api: Client, *, voice: bool = False) -> str:
    """The brand's label. Without `voice` nothing is embedded."""
    identity = {name: value for name, value in IDENTITY.items() if voice or name != "coreValues"}
    answers = [api.post("/api/brand-360/identity", identity)]
    answers += [api.post("/api/brand-360/products", one) for one in PRODUCTS]
    answers += [api.post("/api/brand-360/competitors", one) for one in COMPETITORS]
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    return "berthline"
