"""perplexity: its Agent API, and for servers that still have it the older shape of Sonar (`dialect: sonar`).

What a call cost is what the platform says it billed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pipelines.clients.counting import billed, counted, section
from pipelines.clients.platforms import openai_faults
from pipelines.clients.platforms.asking import Call, Question, reading
from pipelines.clients.platforms.pages import collected, page, place
from pipelines.pricing import Tokens
from pipelines.replies import Citation, Reply, ReplyState, Usage
from store.kit.settings import settings

URL = "https://api.perplexity.ai"
_MARK = re.compile(r"\[(\d{1,3})\]")


class Perplexity:
    """One a process; asks with the settings of the process."""

    name = "perplexity"
    price_provider = "perplexity"

    @property
    def model(self) -> str:
        return settings().platforms.perplexity.model

    def expected(self) -> Tokens:
        return Tokens(input_tokens=8_000, output_tokens=1_000, searches=2)

    def ask(self, question: Question, *, cancelled: Callable[[], bool] | None = None) -> Reply:
        wanted = settings().platforms.perplexity
        call = Call(self.name, openai_faults.judge(self.name), cancelled=cancelled)
        headers = {"authorization": f"Bearer {wanted.api_key}", "idempotency-key": question.key}
        base = (wanted.base_url or URL).rstrip("/")
        if wanted.dialect == "sonar":
            body, got = call.respond(
                "POST", f"{base}/chat/completions", older_request(wanted.model, question.text), headers=headers
            )
            return reading(self.name, lambda: read_older(body, got.get("x-request-id")))
        body, got = call.respond("POST", f"{base}/v1/responses", request(wanted.model, question.text), headers=headers)
        return reading(self.name, lambda: read(body, got.get("x-request-id")))


def request(model: str, text: str) -> dict[str, Any]:
    """The body of a call to the Agent API."""
    wanted = settings().platforms
    search: dict[str, Any] = {"type": "web_search"}
    if wanted.country:
        search["user_location"] = {"country": wanted.country}
    return {
        "model": model,
        "input": text,
        "tools": [search],
        "max_output_tokens": wanted.answer_tokens,
        "store": False,
    }


def older_request(model: str, text: str) -> dict[str, Any]:
    """The body of a call to Sonar."""
    return {
        "model": model,
        "messages": [{"role": "user", "content": text}],
        "max_tokens": settings().platforms.answer_tokens,
    }


def read(body: Any, request_id: str | None = None) -> Reply:
    """The answer. Raises PlatformError for a response that failed although it came with 200."""
    if body.get("status") == "failed" or body.get("error"):
        raise openai_faults.in_answer(Perplexity.name, body.get("error"))
    results: dict[str, Any] = {}
    queries: list[str] = []
    text = ""
    found: list[Citation | None] = []
    for item in body["output"]:
        if item.get("type") == "search_results":
            results.update({str(one.get("id")): one for one in item.get("results") or ()})
            queries += [one for one in item.get("queries") or () if isinstance(one, str)]
        elif item.get("type") == "message":
            for part in item["content"]:
                if part.get("type") == "output_text":
                    found += _annotated(part, at=len(text))
                    text += part["text"]
    found += _marked(text, results)
    found += [page(one.get("url"), one.get("title"), cited=False) for one in results.values()]
    usage = section(body, "usage")
    state: ReplyState = "truncated" if body.get("status") == "incomplete" else "valid" if text.strip() else "empty"
    return Reply(
        state=state,
        text=text,
        citations=collected(found),
        queries=tuple(queries),
        usage=_usage(usage, searches=_searches(usage)),
        model=str(body.get("model") or ""),
        request_id=request_id or body.get("id"),
    )


def read_older(body: Any, request_id: str | None = None) -> Reply:
    """The answer of Sonar: sources beside the choices, counted from 1 in the text."""
    choice = body["choices"][0]
    text = choice["message"].get("content") or ""
    listed = body.get("search_results") or [{"url": url} for url in body.get("citations") or ()]
    results = {str(number): one for number, one in enumerate(listed, 1)}
    found = [*_marked(text, results), *(page(one.get("url"), one.get("title"), cited=False) for one in listed)]
    usage = section(body, "usage")
    state: ReplyState = "truncated" if choice.get("finish_reason") == "length" else "valid" if text.strip() else "empty"
    renamed = {"input_tokens": usage.get("prompt_tokens"), "output_tokens": usage.get("completion_tokens")}
    return Reply(
        state=state,
        text=text,
        citations=collected(found),
        usage=_usage({**usage, **renamed}, searches=counted(usage.get("num_search_queries"))),
        model=str(body.get("model") or ""),
        request_id=request_id or body.get("id"),
    )


def _annotated(part: Any, *, at: int) -> list[Citation | None]:
    """All of an annotation's fields are optional."""
    return [
        page(
            one.get("url"),
            one.get("title"),
            start=place(one.get("start_index"), at=at),
            end=place(one.get("end_index"), at=at),
        )
        for one in part.get("annotations") or ()
    ]


def _marked(text: str, results: dict[str, Any]) -> list[Citation | None]:
    """What the marks `[n]` in the text point at; n is a result's id."""
    return [
        page(results[mark[1]].get("url"), results[mark[1]].get("title"), start=mark.start(), end=mark.end())
        for mark in _MARK.finditer(text)
        if mark[1] in results
    ]


def _searches(usage: Any) -> int:
    return counted(section(section(usage, "tool_calls_details"), "web_search").get("invocation"))


def _usage(usage: Any, *, searches: int) -> Usage:
    return Usage(
        input_tokens=counted(usage.get("input_tokens")),
        output_tokens=counted(usage.get("output_tokens")),
        cached_tokens=counted(section(usage, "input_tokens_details").get("cache_read_input_tokens")),
        searches=searches,
        cost_nano=billed(section(usage, "cost").get("total_cost")),
    )
