"""The vendors' own SDKs as oracles: what our adapters send is what the SDKs send, and the bodies that our fakes serve
are what the SDKs can read, held strictly against their models.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import anthropic
import openai
import perplexity
import pytest
from anthropic.types import Message, MessageParam, WebSearchTool20260318Param
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming as MessageParams
from google import genai
from google.genai import types as google
from openai.types.chat import ChatCompletion
from openai.types.responses import Response, WebSearchToolParam
from openai.types.responses.response_create_params import ResponseCreateParamsNonStreaming as ResponseParams
from perplexity.types.response_create_params import ResponseCreateParamsNonStreaming as AgentParams
from perplexity.types.response_create_params import ToolWebSearchTool
from pydantic import ConfigDict, TypeAdapter

from pipelines.clients.platforms import chatgpt, claude, gemini
from pipelines.clients.platforms import perplexity as agent
from tests.kit import platform_bodies as bodies
from tests.kit.fake_web import FakeWeb, Request

TEXT = "Acme baut Boote. 🚤"
MODEL = "a-model"
Served = tuple[FakeWeb, Callable[[dict[str, Any]], None]]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """A server, and how to say what it answers."""
    with FakeWeb() as web:

        def serve(body: dict[str, Any]) -> None:
            def answer(request: Request) -> None:
                request.answer(200, json.dumps(body).encode(), Content_Type="application/json")

            web.fallback = answer

        yield web, serve


@pytest.fixture(params=["", "DE"], ids=["anywhere", "in a country"])
def country(request, monkeypatch) -> Iterator[str]:
    from store.kit.settings import settings

    monkeypatch.setenv("MILLRACE_PLATFORMS__COUNTRY", request.param)
    settings.cache_clear()
    yield request.param
    monkeypatch.undo()
    settings.cache_clear()


def holds(kind: Any, value: Any) -> bool:
    """Whether `value` has the parameters of an SDK's TypedDict and no others."""
    kind.__pydantic_config__ = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    TypeAdapter(kind).validate_python(value)
    return True


def last(web: FakeWeb) -> tuple[str, Any]:
    return web.hits[-1].path, json.loads(web.hits[-1].body)


def test_claude_is_asked_as_anthropic_asks_it(served, country):
    web, serve = served
    body = bodies.claude(TEXT)
    serve(body)
    sent = claude.request(MODEL, "What is Acme?", [{"role": "assistant", "content": body["content"]}])
    client = anthropic.Anthropic(api_key="k", base_url=web.url, _strict_response_validation=True, max_retries=0)

    told = client.messages.create(**sent)

    assert last(web) == ("/v1/messages", sent)
    assert holds(MessageParams, sent)
    assert holds(WebSearchTool20260318Param, sent["tools"][0])
    assert all(holds(MessageParam, one) for one in sent["messages"])
    assert web.hits[-1].headers["anthropic-version"] == claude.VERSION
    assert "".join(block.text for block in told.content if block.type == "text") == TEXT
    assert Message.model_validate(body).stop_reason == "end_turn"


def test_chatgpt_is_asked_as_openai_asks_it(served, country):
    web, serve = served
    body = bodies.chatgpt(TEXT)
    serve(body)
    sent = chatgpt.request(MODEL, "What is Acme?")
    client = openai.OpenAI(api_key="k", base_url=f"{web.url}/v1", _strict_response_validation=True, max_retries=0)

    told = client.responses.create(**sent)

    assert last(web) == ("/v1/responses", sent)
    assert holds(ResponseParams, sent)
    assert holds(WebSearchToolParam, sent["tools"][0])
    assert told.output_text.endswith(TEXT)
    assert Response.model_validate(body).output[2].content[0].annotations[0].type == "url_citation"


def test_perplexity_is_asked_as_its_agent_api_is_asked(served, country):
    web, serve = served
    serve(bodies.perplexity(TEXT))
    sent = agent.request(MODEL, "What is Acme?")
    client = perplexity.Perplexity(api_key="k", base_url=web.url, _strict_response_validation=True, max_retries=0)

    told = client.responses.create(**sent)

    assert last(web) == ("/v1/responses", sent)
    assert holds(AgentParams, sent)
    assert holds(ToolWebSearchTool, sent["tools"][0])
    assert told.output_text == f"{TEXT}[1][2]"
    assert told.usage.cost.total_cost == 0.0055


def test_gemini_is_asked_as_google_asks_it(served):
    web, serve = served
    body = bodies.gemini(TEXT)
    serve(body)
    sent = gemini.request("What is Acme?")
    client = genai.Client(api_key="k", http_options=google.HttpOptions(base_url=web.url, api_version="v1beta"))

    told = client.models.generate_content(
        model="gemini-3.8-flash",
        contents="What is Acme?",
        config=google.GenerateContentConfig(
            tools=[google.Tool(google_search=google.GoogleSearch())],
            max_output_tokens=sent["generationConfig"]["maxOutputTokens"],
        ),
    )

    assert last(web) == ("/v1beta/models/gemini-3.8-flash:generateContent", sent)
    assert told.text == TEXT
    support = told.candidates[0].grounding_metadata.grounding_supports[0]
    assert TEXT.encode()[: support.segment.end_index].decode() == TEXT
    assert google.GenerateContentResponse.model_validate(body).usage_metadata.thoughts_token_count == 50


def test_a_chat_completion_of_ours_is_one(served):
    web, serve = served
    serve(bodies.chat(TEXT))
    client = openai.OpenAI(api_key="k", base_url=f"{web.url}/v1", _strict_response_validation=True, max_retries=0)

    told = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "?"}], max_tokens=9)

    assert told.choices[0].message.content == TEXT
    assert ChatCompletion.model_validate(bodies.sonar(TEXT)).choices[0].finish_reason == "stop"
