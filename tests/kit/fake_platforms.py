"""All AI platforms on one loopback server, in the shapes of tests/kit/platform_bodies.py.

`answer(platform, question)` is what they say; `asked` what they were asked, with headers and bodies. A test that wants
trouble puts its own answer on `trouble[platform]`, which gets the running request and its number and says whether it
has answered.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from tests.kit import platform_bodies as bodies
from tests.kit.fake_web import FakeWeb, Request

DOCUMENTED = ("claude", "chatgpt", "gemini", "perplexity", "google_aio")
KEY = "key-that-nobody-may-see"
Trouble = Callable[[Request, int], bool]


class Asked(NamedTuple):
    """One question that arrived."""

    platform: str
    question: str
    body: Any
    headers: dict[str, str]
    path: str


class FakePlatforms:
    """Every platform answers at once, however often it is asked."""

    def __init__(self, web: FakeWeb, answer: Callable[[str, str], str] = lambda platform, question: "Acme.") -> None:
        self.web = web
        self.answer = answer
        self.asked: list[Asked] = []
        self.trouble: dict[str, Trouble] = {}
        self._lock = threading.Lock()
        web.on("/claude/v1/messages", lambda request: self._serve("claude", request, bodies.claude))
        web.on("/chatgpt/v1/responses", lambda request: self._serve("chatgpt", request, bodies.chatgpt))
        web.on("/perplexity/v1/responses", lambda request: self._serve("perplexity", request, bodies.perplexity))
        web.on("/google/search.json", lambda request: self._serve("google_aio", request, bodies.serpapi))
        web.on(
            "/gemini/v1beta/models/gemini-3.8-flash:generateContent",
            lambda request: self._serve("gemini", request, bodies.gemini),
        )
        web.on("/local/v1/chat/completions", lambda request: self._serve("local", request, bodies.chat))

    def environment(self, *names: str, **more: object) -> dict[str, str]:
        """Settings of a process that asks these platforms here; `more` goes to each of them."""
        bases = {
            "claude": "/claude", "chatgpt": "/chatgpt/v1", "gemini": "/gemini", "perplexity": "/perplexity",
            "google_aio": "/google",
        }  # fmt: skip
        found = {}
        for name in names or DOCUMENTED:
            given = {"api_key": KEY, "base_url": self.web.url + bases[name], **more}
            found |= {f"MILLRACE_PLATFORMS__{name.upper()}__{key.upper()}": str(value) for key, value in given.items()}
        return found

    def count(self) -> Counter[tuple[str, str]]:
        """How often each question was asked of each platform."""
        with self._lock:
            return Counter((one.platform, one.question) for one in self.asked)

    def _serve(self, platform: str, request: Request, body_of: Callable[..., dict[str, Any]]) -> None:
        body = json.loads(request.body) if request.body else None
        question = _question(platform, body, request.path)
        headers = {name.lower(): value for name, value in request.headers.items()}
        with self._lock:
            self.asked.append(Asked(platform, question, body, headers, request.path))
            number = sum(one.platform == platform for one in self.asked)
        trouble = self.trouble.get(platform)
        if trouble is not None and trouble(request, number):
            return
        answer = json.dumps(body_of(self.answer(platform, question))).encode()
        request.answer(200, answer, Content_Type="application/json")


def _question(platform: str, body: Any, path: str) -> str:
    if platform == "google_aio":
        return parse_qs(urlsplit(path).query)["q"][0]
    if platform == "gemini":
        return str(body["contents"][0]["parts"][0]["text"])
    return str(body["input"] if "input" in body else body["messages"][0]["content"])
