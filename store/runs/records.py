"""The shapes that pass between the store of runs and its callers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from msgspec import Raw, Struct


class NewRun(Struct, kw_only=True):
    """A run to store. `cost` is in nano-dollars, None while or because nobody knows it.

    `key` makes it unique in its workspace: what stands behind it is a run whose `fingerprint` is compared.
    """

    workspace_id: str
    at: datetime
    prompt_id: str
    model: str
    provider: str
    success: bool
    run_id: str | None = None
    tokens: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    cost: int | None = None
    cost_is_reported: bool = False
    latency_us: int | None = None
    input: str | None = None
    output: str | None = None
    metadata: Raw | None = None
    key: str | None = None
    fingerprint: str | None = None


class Sums(Struct):
    """What runs come to. `priced` of them have a cost, `timed` a latency; cost in nano-dollars, latency in microseconds."""

    runs: int = 0
    failed: int = 0
    priced: int = 0
    tokens: int = 0
    cost: Decimal = Decimal(0)
    timed: int = 0
    latency_us: Decimal = Decimal(0)

    def add(self, other: Sums) -> None:
        """Count the other's runs as well."""
        for name in Sums.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))
