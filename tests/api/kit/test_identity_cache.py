"""What an API process remembers of callers, and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from api.kit import identity
from store.accounts import sessions
from store.accounts.principals import Principal
from store.kit.errors import Unauthenticated
from store.kit.settings import settings

pytestmark = pytest.mark.usefixtures("services")
SOMEBODY = Principal(workspace_id="ws_1", role="OWNER", plan="free", kind="user", session_id="sess_1")


class Asked:
    """A request with nothing but headers."""

    def __init__(self, **headers: str) -> None:
        self._headers = {name.replace("_", "-").encode(): value for name, value in headers.items()}

    def header(self, name: bytes) -> str | None:
        return self._headers.get(name)


def bearer(text: str) -> Asked:
    return Asked(authorization=f"Bearer {text}")


@pytest.fixture
def questions(monkeypatch) -> list[str]:
    """The credentials that the database was asked about; it knows all that begin with `good`."""
    asked: list[str] = []

    def principal(text: str, wanted: str | None) -> Principal:
        asked.append(text)
        if text.startswith("away"):
            raise ConnectionError("the database is away")
        if not text.startswith("good"):
            raise Unauthenticated("no")
        return SOMEBODY

    monkeypatch.setattr(identity, "_principal", principal)
    for room in (identity._known, identity._unknown, identity._asking):
        room.clear()
    return asked


async def refused(request: Asked) -> bool:
    try:
        await identity.authenticate(request)
    except Unauthenticated:
        return True
    return False


def test_a_caller_is_asked_about_once_however_many_calls_are_made_at_once(questions):
    async def calls() -> None:
        found = await asyncio.gather(*(identity.authenticate(bearer("good")) for _ in range(100)))
        assert found == [SOMEBODY] * 100
        assert await identity.authenticate(bearer("good")) == SOMEBODY

    asyncio.run(calls())

    assert questions == ["good"]


def test_a_stranger_is_remembered_as_well(questions):
    async def calls() -> None:
        for _ in range(10):
            assert await refused(bearer("bad"))

    asyncio.run(calls())

    assert questions == ["bad"]


def test_what_was_checked_is_believed_only_for_the_time_of_the_settings(questions, monkeypatch):
    now = 1000.0
    monkeypatch.setattr(identity.time, "monotonic", lambda: now)
    believed = settings().accounts.key_cache_seconds

    async def call() -> None:
        await identity.authenticate(bearer("good"))

    asyncio.run(call())
    now += believed - 0.001
    asyncio.run(call())
    assert len(questions) == 1
    now += 0.002
    asyncio.run(call())
    assert len(questions) == 2


def test_guessing_keeps_the_memory_bounded_and_pushes_nobody_out(questions, monkeypatch):
    monkeypatch.setattr(identity, "KNOWN", 3)
    monkeypatch.setattr(identity, "UNKNOWN", 5)

    async def calls() -> None:
        await identity.authenticate(bearer("good"))
        for number in range(50):
            assert await refused(bearer(f"bad{number}"))
        assert await identity.authenticate(bearer("good")) == SOMEBODY
        for number in range(10):
            await identity.authenticate(bearer(f"good{number}"))

    asyncio.run(calls())

    assert questions.count("good") == 1
    assert len(identity._unknown) == 5
    assert len(identity._known) == 3


def test_one_credential_in_two_workspaces_is_two_questions(questions):
    async def calls() -> None:
        await identity.authenticate(bearer("good"))
        await identity.authenticate(Asked(authorization="Bearer good", x_workspace_id="ws_2"))

    asyncio.run(calls())

    assert questions == ["good", "good"]


def test_an_outage_is_told_to_all_who_wait_and_not_remembered(questions):
    async def calls() -> list[BaseException | Principal | None]:
        return await asyncio.gather(*(identity.authenticate(bearer("away")) for _ in range(5)), return_exceptions=True)

    assert [type(one) for one in asyncio.run(calls())] == [ConnectionError] * 5
    assert [type(one) for one in asyncio.run(calls())] == [ConnectionError] * 5
    assert questions == ["away", "away"]


def test_a_caller_who_hangs_up_does_not_spoil_it_for_the_others(questions):
    async def calls() -> Principal | None:
        first = asyncio.ensure_future(identity.authenticate(bearer("good")))
        second = asyncio.ensure_future(identity.authenticate(bearer("good")))
        await asyncio.sleep(0)
        first.cancel()
        return await second

    assert asyncio.run(calls()) == SOMEBODY


def test_an_ended_session_is_forgotten_at_once_where_it_was_ended(questions):
    async def calls() -> None:
        await identity.authenticate(bearer("good"))
        await identity.authenticate(Asked(cookie="millrace_session=good2"))
        identity.forget_session("sess_1")
        await identity.authenticate(bearer("good"))

    asyncio.run(calls())

    assert questions == ["good", "good2", "good"]


@pytest.fixture
def at(monkeypatch) -> Callable[[str], None]:
    def choose(public_url: str) -> None:
        chosen = msgspec.structs.replace(settings(), public_url=public_url)
        monkeypatch.setattr(identity, "settings", lambda: chosen)

    return choose


def test_over_https_the_cookie_is_bound_to_host_and_encryption(at, questions):
    session = sessions.NewSession(id="sess_1", user_id="user_1", token="good", lifetime=timedelta(hours=24))
    at("https://jobs.example.com")

    cookie = identity.session_cookie(session)

    assert cookie == "__Host-millrace_session=good; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax; Secure"
    assert asyncio.run(identity.authenticate(Asked(cookie="__Host-millrace_session=good"))) == SOMEBODY
    assert asyncio.run(identity.authenticate(Asked(cookie="millrace_session=good"))) is None
    at("http://127.0.0.1:8000")
    assert identity.session_cookie(session) == "millrace_session=good; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax"
