"""Every adapter on a fake server whose answer a test sets: the same cases for all of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pipelines.clients.platforms import directory
from pipelines.clients.platforms.asking import Question
from pipelines.replies import Reply
from store.kit.settings import settings
from tests.kit import platform_bodies as bodies
from tests.kit.fake_web import FakeWeb, Request

KEY = "sk-secret-of-a-test"
ADAPTERS: dict[str, tuple[Callable[..., dict[str, Any]], dict[str, str]]] = {
    "claude": (bodies.claude, {"CLAUDE__API_KEY": KEY, "CLAUDE__BASE_URL": "{url}"}),
    "chatgpt": (bodies.chatgpt, {"CHATGPT__API_KEY": KEY, "CHATGPT__BASE_URL": "{url}/v1"}),
    "gemini": (bodies.gemini, {"GEMINI__API_KEY": KEY, "GEMINI__BASE_URL": "{url}"}),
    "perplexity": (bodies.perplexity, {"PERPLEXITY__API_KEY": KEY, "PERPLEXITY__BASE_URL": "{url}"}),
    "sonar": (
        bodies.sonar,
        {"PERPLEXITY__API_KEY": KEY, "PERPLEXITY__BASE_URL": "{url}", "PERPLEXITY__DIALECT": "sonar"},
    ),
    "serpapi": (bodies.serpapi, {"GOOGLE_AIO__API_KEY": KEY, "GOOGLE_AIO__BASE_URL": "{url}"}),
    "dataforseo": (
        bodies.dataforseo,
        {
            "GOOGLE_AIO__API_KEY": f"login:{KEY}",
            "GOOGLE_AIO__BASE_URL": "{url}",
            "GOOGLE_AIO__SOURCE": "dataforseo",
        },
    ),
    "chat": (
        bodies.chat,
        {
            "OTHERS": '{{"chat": {{"protocol": "openai", "base_url": "{url}/v1", "model": "m", "api_key": "'
            + KEY
            + '"}}}}'
        },
    ),
    "ollama": (bodies.ollama, {"OTHERS": '{{"ollama": {{"protocol": "ollama", "base_url": "{url}", "model": "m"}}}}'}),
}
PLATFORM = {"sonar": "perplexity", "serpapi": "google_aio", "dataforseo": "google_aio"}


class Adapter:
    """One adapter and the server it asks."""

    def __init__(self, case: str, web: FakeWeb) -> None:
        self.case = case
        self.web = web
        self.body = ADAPTERS[case][0]
        found = directory.find(PLATFORM.get(case, case))
        assert found is not None
        self.platform = found

    @property
    def sent(self) -> Any:
        """The body of the last call."""
        return json.loads(self.web.hits[-1].body)

    def ask(self, text: str = "What is Acme?") -> Reply:
        return self.platform.ask(Question(text, "answer_1"))

    def answers(self, body: Any, *, status: int = 200, **headers: str) -> None:
        """Let the server answer every call with this."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()

        def answer(request: Request) -> None:
            request.answer(status, raw, {"Content-Type": "application/json", **headers})

        self.web.fallback = answer


@pytest.fixture(scope="module")
def web() -> Iterator[FakeWeb]:
    with FakeWeb() as running:
        yield running


@pytest.fixture
def adapter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, web: FakeWeb) -> Iterator[Adapter]:
    """The adapter that the test is parametrized with, and a server without a past."""
    web.hits.clear()
    for name, value in ADAPTERS[request.param][1].items():
        monkeypatch.setenv(f"MILLRACE_PLATFORMS__{name}", value.format(url=web.url))
    monkeypatch.setenv("MILLRACE_PLATFORMS__TIMEOUT_SECONDS", "0.6")
    settings.cache_clear()
    yield Adapter(request.param, web)
    monkeypatch.undo()
    settings.cache_clear()
