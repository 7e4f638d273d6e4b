"""/v1/ocean/v2 as Clisonix documents it, with a model behind it and without one."""

from __future__ import annotations

import json

import pytest

from tests.kit.eventually import eventually
from tests.kit.fake_web import FakeWeb
from tests.kit.speaker import Speaker

MODEL = FakeWeb()
STACK_SETTINGS = {
    "MILLRACE_LLM__PROVIDER": "ollama",
    "MILLRACE_LLM__BASE_URL": f"{MODEL.url}/v1",
    "MILLRACE_EGRESS__ALLOW": '["127.0.0.0/8"]',
}


@pytest.fixture(scope="module", autouse=True)
def model_server():
    with MODEL:
        yield


@pytest.fixture
def model():
    speaker = Speaker()
    MODEL.on("/v1/chat/completions", speaker.answer)
    yield speaker
    speaker.held.clear()


@pytest.fixture
def mine(api, make):
    return api.with_key(make.key())


def frames(answer):
    return [json.loads(line[6:]) for line in answer.iter_lines() if line.startswith(b"data: ")]


def test_an_answer_is_as_documented_and_the_session_is_remembered(mine, model):
    asked = {
        "message": "What is machine learning?",
        "session_id": "s-1",
        "options": {"temperature": 0.1, "max_tokens": 7},
    }

    answer = mine.post("/v1/ocean/v2/chat", asked)
    mine.post("/v1/ocean/v2/chat", {"message": "And why?", "session_id": "s-1"})
    mine.post("/v1/ocean/v2/chat", {"message": "And why?", "session_id": "s-2"})

    told = answer.json()
    assert answer.status_code == 200
    assert told["data"] == {
        "response": "Machine learning is statistics.", "session_id": "s-1", "tokens_used": 256, "model": "llama3.1:8b",
    }  # fmt: skip
    assert set(told["meta"]) == {"latency_ms", "timestamp"}
    first, again, other = model.asked
    assert (first["model"], first["temperature"], first["max_tokens"]) == ("llama3.1:8b", 0.1, 7)
    assert [one["content"] for one in again["messages"][1:]] == [
        "What is machine learning?", "Machine learning is statistics.", "And why?",
    ]  # fmt: skip
    assert [one["content"] for one in other["messages"][1:]] == ["And why?"]


def test_a_session_without_a_name_is_given_one_and_is_nobody_elses(api, make, mine, model):
    session = mine.post("/v1/ocean/v2/chat", {"message": "Hello?"}).json()["data"]["session_id"]

    api.with_key(make.key()).post("/v1/ocean/v2/chat", {"message": "What did I say?", "session_id": session})

    assert len(model.asked[-1]["messages"]) == 2


def test_a_stream_tells_the_words_as_they_come(mine, model):
    with mine.post("/v1/ocean/v2/stream", {"message": "What?", "session_id": "s-3"}, stream=True) as answer:
        told = frames(answer)

    assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert told == [
        {"type": "start"},
        *({"type": "token", "content": word} for word in model.words),
        {"type": "done", "tokens_used": 256, "model": "llama3.1:8b", "session_id": "s-3"},
    ]


def test_a_client_who_leaves_cancels_the_answer(mine, model):
    model.held.set()
    with mine.post("/v1/ocean/v2/stream", {"message": "Long?"}, stream=True) as answer:
        lines = answer.iter_lines()
        eventually(lambda: b'"token"' in next(lines))

    assert model.left.wait(20)
    assert eventually(lambda: mine.get("/v1/jobs?pipeline=ocean&status=cancelled").json()["jobs"])


def test_a_model_that_cannot_be_asked_is_told_as_such(mine, model):
    model.status = 401
    refused = mine.post("/v1/ocean/v2/chat", {"message": "Hello?"})
    with mine.post("/v1/ocean/v2/stream", {"message": "Hello?"}, stream=True) as answer:
        told = frames(answer)

    assert refused.status_code in (400, 422, 503)
    assert "refused the key" in refused.json()["error"]["message"]
    assert [one["type"] for one in told] == ["start", "error"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "message"),
        ({"message": "  "}, "message"),
        ({"message": "x" * 16_001}, "message"),
        ({"message": "x", "session_id": "a b"}, "session_id"),
        ({"message": "x", "options": {"temperature": 3}}, "options.temperature"),
        ({"message": "x", "options": {"max_tokens": 0}}, "options.max_tokens"),
    ],
)
def test_a_bad_message_names_its_field(mine, body, field):
    answer = mine.post("/v1/ocean/v2/chat", body)

    assert answer.status_code == 400
    assert answer.json()["error"]["details"]["field"] == field
