"""The adapters against aimock, a mock server of others: answers, refused requests, 429 and 529 in each vendor's words."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import requests

from pipelines.clients.llm_once import ask_once
from pipelines.clients.llm_wire import TOOL
from pipelines.clients.platforms import directory
from pipelines.clients.platforms.asking import Question
from pipelines.clients.platforms.faults import PlatformError
from pipelines.perception.judge_model.prompt import SCHEMA
from store.embedded.ports import free_port
from store.kit.settings import settings
from tests.kit.eventually import eventually
from tests.kit.node import packages

ANSWER = "Acme builds boats in Köln 🚤."
KEY = "k-of-a-test"
OTHERS = {
    "gateway": {"protocol": "openai", "base_url": "{url}/v1", "model": "gpt-4o", "api_key": KEY},
    "llama": {"protocol": "ollama", "base_url": "{url}", "model": "llama3.2"},
}
ASKED = ("claude", "chatgpt", "gemini", "gateway", "llama")
VERDICTS = {"verdicts": [{"fact": "f1", "verdict": "supported", "quote": "boats", "claimed": ""}], "sentiment": 0.5}
FIXTURES = [
    {
        "match": {"userMessage": "compare with a tool", "toolName": TOOL},
        "response": {"toolCalls": [{"name": TOOL, "arguments": json.dumps(VERDICTS)}]},
    },
    {"match": {"userMessage": "compare by schema"}, "response": {"content": json.dumps(VERDICTS)}},
    {"match": {"userMessage": "What is Acme?"}, "response": {"content": ANSWER}},
    {
        "match": {"userMessage": "too often"},
        "response": {
            "error": {"message": "slow down", "type": "rate_limit_error", "code": "rate_limit_exceeded"},
            "status": 429,
            "retryAfter": 7,
        },
    },
    {
        "match": {"userMessage": "too busy"},
        "response": {"error": {"message": "busy", "type": "overloaded_error"}, "status": 529},
    },
    {
        "match": {"userMessage": "wrong key"},
        "response": {"error": {"message": "no", "type": "authentication_error"}, "status": 401},
    },
]


class Aimock(NamedTuple):
    """Where it listens."""

    url: str

    def journal(self) -> list[dict]:
        return requests.get(f"{self.url}/__aimock/journal", timeout=5).json()


@pytest.fixture(scope="module")
def aimock(tmp_path_factory) -> Iterator[Aimock]:
    folder = tmp_path_factory.mktemp("aimock")
    program = packages(folder, "@copilotkit/aimock@1.43.0") / ".bin" / "llmock"
    fixtures = folder / "fixtures.json"
    fixtures.write_text(json.dumps({"fixtures": FIXTURES}), encoding="utf-8")
    port = free_port()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(program), "-p", str(port), "-f", str(fixtures), "--strict", "--log-level", "warn"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        mock = Aimock(f"http://127.0.0.1:{port}")
        eventually(lambda: _is_up(mock), within_s=20, what="aimock")
        yield mock
    finally:
        process.terminate()
        process.wait(10)


def _is_up(mock: Aimock) -> bool:
    try:
        return mock.journal() is not None
    except requests.RequestException:
        return False


@pytest.fixture
def ask(aimock, monkeypatch):
    for name, base in {"CLAUDE": "", "CHATGPT": "/v1", "GEMINI": ""}.items():
        monkeypatch.setenv(f"MILLRACE_PLATFORMS__{name}__API_KEY", KEY)
        monkeypatch.setenv(f"MILLRACE_PLATFORMS__{name}__BASE_URL", aimock.url + base)
    monkeypatch.setenv("MILLRACE_PLATFORMS__OTHERS", json.dumps(OTHERS).replace("{url}", aimock.url))
    settings.cache_clear()
    yield lambda name, text: directory.find(name).ask(Question(text, "answer_1"))
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize("name", ASKED)
def test_an_answer_arrives_whole(aimock, ask, name):
    reply = ask(name, "What is Acme?")

    assert (reply.state, reply.text) == ("valid", ANSWER)
    asked = aimock.journal()[-1]
    assert asked["response"]["status"] == 200
    assert asked["body"]["model"] == directory.find(name).model
    assert KEY not in json.dumps(asked)


@pytest.mark.parametrize("name", ASKED)
def test_a_429_is_a_wait_of_as_long_as_it_says(ask, name):
    with pytest.raises(PlatformError) as failed:
        ask(name, "too often")

    assert (failed.value.verdict, failed.value.code) == ("wait", "rate_limited")
    assert failed.value.after is not None
    assert failed.value.after.total_seconds() == 7


@pytest.mark.parametrize(
    ("text", "verdicts"), [("too busy", {"retry"}), ("wrong key", {"pause"}), ("unknown", {"retry"})]
)
@pytest.mark.parametrize("name", ASKED)
def test_other_trouble_is_told_apart(ask, name, text, verdicts):
    with pytest.raises(PlatformError) as failed:
        ask(name, text)

    assert failed.value.verdict in verdicts, failed.value.code


@pytest.mark.parametrize(
    ("provider", "base", "asked"), [("openai", "/v1", "by schema"), ("anthropic", "", "with a tool")]
)
def test_the_judges_model_is_asked_by_its_schema(aimock, monkeypatch, provider, base, asked):
    given = {"PROVIDER": provider, "BASE_URL": f"{aimock.url}{base}", "API_KEY": KEY, "MODEL": "m-1"}
    for name, value in given.items():
        monkeypatch.setenv(f"MILLRACE_LLM__{name}", value)
    settings.cache_clear()
    try:
        whole = ask_once("be careful", f"compare {asked}", SCHEMA, key="cell-1", max_tokens=512)
        with pytest.raises(PlatformError) as fault:
            ask_once("be careful", "too often", SCHEMA, key="cell-1", max_tokens=512)
    finally:
        monkeypatch.undo()
        settings.cache_clear()

    assert (whole.value, whole.trouble) == (VERDICTS, None)
    assert (fault.value.verdict, fault.value.after.total_seconds()) == ("wait", 7)
