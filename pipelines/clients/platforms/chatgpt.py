"""chatgpt: OpenAI's Responses API with its web search tool."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipelines.clients.counting import counted, section
from pipelines.clients.platforms import openai_faults
from pipelines.clients.platforms.asking import Call, Question, reading
from pipelines.clients.platforms.pages import collected, page, place
from pipelines.pricing import Tokens
from pipelines.replies import Citation, Reply, ReplyState, Usage
from store.kit.settings import settings

URL = "https://api.openai.com/v1"


class ChatGpt:
    """One a process; asks with the settings of the process."""

    name = "chatgpt"
    price_provider = "openai"

    @property
    def model(self) -> str:
        return settings().platforms.chatgpt.model

    def expected(self) -> Tokens:
        return Tokens(input_tokens=10_000, output_tokens=1_500, searches=2)

    def ask(self, question: Question, *, cancelled: Callable[[], bool] | None = None) -> Reply:
        wanted = settings().platforms.chatgpt
        call = Call(self.name, openai_faults.judge(self.name), cancelled=cancelled)
        headers = {"authorization": f"Bearer {wanted.api_key}", "idempotency-key": question.key}
        url = f"{(wanted.base_url or URL).rstrip('/')}/responses"
        body, got = call.respond("POST", url, request(wanted.model, question.text), headers=headers)
        return reading(self.name, lambda: read(body, got.get("x-request-id")))


def request(model: str, text: str) -> dict[str, Any]:
    """The body of a call. Without a country the search would take place in the United States."""
    wanted = settings().platforms
    location = {"type": "approximate"} | ({"country": wanted.country} if wanted.country else {})
    return {
        "model": model,
        "input": text,
        "tools": [{"type": "web_search", "user_location": location}],
        "include": ["web_search_call.action.sources"],
        "max_output_tokens": wanted.answer_tokens,
        "store": False,
    }


def read(body: Any, request_id: str | None = None) -> Reply:
    """The answer. Raises PlatformError for a response that failed although it came with 200."""
    if body.get("status") == "failed" or body.get("error"):
        raise openai_faults.in_answer(ChatGpt.name, body.get("error"))
    text, refusal = "", ""
    found: list[Citation | None] = []
    queries: list[str] = []
    searches = 0
    for item in body["output"]:
        if item.get("type") == "web_search_call":
            action = item.get("action") or {}
            if action.get("type", "search") == "search":
                searches += 1
                queries += _queries(action)
                found += [page(one.get("url"), cited=False) for one in action.get("sources") or ()]
        elif item.get("type") == "message" and item.get("phase") != "commentary":
            for part in item["content"]:
                if part.get("type") == "refusal":
                    refusal += part.get("refusal") or ""
                elif part.get("type") == "output_text":
                    found += _cited(part, at=len(text))
                    text += part["text"]
    state = _state(body, text, refusal)
    return Reply(
        state=state,
        text=text or refusal,
        citations=collected(found),
        queries=tuple(queries),
        usage=_usage(section(body, "usage"), searches),
        model=str(body.get("model") or ""),
        request_id=request_id,
    )


def _state(body: Any, text: str, refusal: str) -> ReplyState:
    if body.get("status") == "incomplete":
        reason = (body.get("incomplete_details") or {}).get("reason")
        return "refused" if reason == "content_filter" else "truncated"
    if text.strip():
        return "valid"
    return "refused" if refusal else "empty"


def _cited(part: Any, *, at: int) -> list[Citation | None]:
    """The places in a part's text, as places in the whole text."""
    return [
        page(
            one.get("url"),
            one.get("title"),
            start=place(one.get("start_index"), at=at),
            end=place(one.get("end_index"), at=at),
        )
        for one in part.get("annotations") or ()
        if one.get("type") == "url_citation"
    ]


def _queries(action: Any) -> list[str]:
    asked = action.get("queries") or [action.get("query")]
    return [one for one in asked if isinstance(one, str) and one]


def _usage(usage: Any, searches: int) -> Usage:
    """`input_tokens` of this platform has the cached ones in, `output_tokens` the reasoning."""
    return Usage(
        input_tokens=counted(usage.get("input_tokens")),
        output_tokens=counted(usage.get("output_tokens")),
        cached_tokens=counted(section(usage, "input_tokens_details").get("cached_tokens")),
        searches=searches,
    )
