"""Servers and processes for the whole run; see tests/kit/services.py for who starts what.

`empty_store` for tests on the store in this process, `stack` and `api` for tests over HTTP (one stack per module;
a module's STACK_SETTINGS go into its environment), `own_stack` for tests that kill Postgres or Valkey.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from store.kit.settings import settings
from tests.kit import services as test_services
from tests.kit.client import Client
from tests.kit.factories import colleague, make, owner, stranger  # noqa: F401 - fixtures
from tests.kit.moving_clock import move_clock  # noqa: F401 - a fixture
from tests.kit.services import NO_SERVICES, Emptier, Services
from tests.kit.stack import Stack, private_stack, running_stack

# How long an example takes says what else the machine does.
hypothesis_settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("steady")

_SERVICES = pytest.StashKey[Services]()
_SHARED = pytest.StashKey[dict[str, Any]]()
_HELD = pytest.StashKey[ExitStack]()


def pytest_configure(config: pytest.Config) -> None:
    """Leave the person's own settings behind; as xdist's controller, start the servers that its workers will share."""
    worker_input = getattr(config, "workerinput", None)
    if worker_input is not None:
        _take(config, test_services.copy_for_worker(worker_input["services"], worker_input["workerid"]))
        return
    NO_SERVICES.adopt()
    if getattr(config.option, "tx", None):
        _start(config)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Without xdist the servers are started only when a chosen test needs them."""
    config = session.config
    needed = any("services" in getattr(item, "fixturenames", ()) for item in session.items)
    if needed and not config.option.collectonly and _SERVICES not in config.stash:
        _start(config)
        _take(config, test_services.copy_for_worker(config.stash[_SHARED], "main"))


def _start(config: pytest.Config) -> None:
    held = config.stash[_HELD] = ExitStack()
    try:
        _, template = held.enter_context(test_services.fresh_servers())
    except Exception as error:
        raise pytest.UsageError(f"the test servers cannot be started: {error}") from error
    config.stash[_SHARED] = test_services.as_plain(template)


def _take(config: pytest.Config, mine: Services) -> None:
    config.stash[_SERVICES] = mine
    mine.adopt()
    settings.cache_clear()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker where the servers are."""
    node.workerinput["services"] = node.config.stash[_SHARED]


def pytest_unconfigure(config: pytest.Config) -> None:
    held = config.stash.get(_HELD, None)
    if held is not None:
        held.close()


@pytest.fixture(scope="session")
def services(pytestconfig: pytest.Config) -> Services:
    return pytestconfig.stash[_SERVICES]


@pytest.fixture(scope="session")
def emptier(services: Services) -> Emptier:
    return Emptier(services)


@pytest.fixture
def empty_store(services: Services, emptier: Emptier) -> Services:
    """The store as the migrations left it, for one test."""
    emptier.empty()
    return services


@pytest.fixture(scope="module")
def stack(request: pytest.FixtureRequest, services: Services, emptier: Emptier) -> Iterator[Stack]:
    """API, worker and scheduler for the tests of one module, on an empty store."""
    emptier.empty()
    with running_stack(services, settings=getattr(request.module, "STACK_SETTINGS", {})) as running:
        yield running


@pytest.fixture
def own_stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """A stack for one test with its own Postgres and Valkey, which the test may kill and empty."""
    with private_stack(getattr(request.module, "STACK_SETTINGS", {})) as running:
        yield running


@pytest.fixture
def api(stack: Stack) -> Client:
    """A client of the module's stack, with no key and no session."""
    return stack.client()
