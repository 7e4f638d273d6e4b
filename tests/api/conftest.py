"""What the API's tests share: clients of the standing people on the module's stack."""

from __future__ import annotations

import pytest

from tests.kit.client import Client


@pytest.fixture
def mine(api, make, owner) -> Client:
    """The owner's client, with a secret key."""
    return api.with_key(make.key(owner.workspace))


@pytest.fixture
def theirs(api, make, stranger) -> Client:
    """The stranger's client, with a secret key."""
    return api.with_key(make.key(stranger.workspace))
