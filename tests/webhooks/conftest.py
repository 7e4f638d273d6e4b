"""What the tests of deliveries share: a receiver, and settings of this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from store.kit.settings import settings
from tests.kit.receivers import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def configured(monkeypatch, services) -> Iterator[Callable[..., None]]:
    """`configured(schedule_seconds="[0, 0]")` sets settings of webhooks for this process."""

    def configure(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"MILLRACE_WEBHOOKS__{name.upper()}", str(value))
        settings.cache_clear()

    yield configure
    monkeypatch.undo()
    settings.cache_clear()
