"""claude: Anthropic's Messages API with its web search tool.

No sampling parameters: from version 2026-10-21 on they are refused, and repeats are there to show the spread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipelines.clients.counting import counted, section
from pipelines.clients.platforms import faults
from pipelines.clients.platforms.asking import Call, Question, reading
from pipelines.clients.platforms.faults import PlatformError, Refusal
from pipelines.clients.platforms.pages import collected, page
from pipelines.pricing import Tokens
from pipelines.replies import Citation, Reply, ReplyState, Usage
from store.kit.settings import settings

URL = "https://api.anthropic.com"
VERSION = "2026-10-21"
SEARCH = "web_search_20260318"
MOST_SEARCHES = 3
MOST_TURNS = 4  # a turn of the platform's that it paused is taken up this often
_ENOUGH = "max_uses_exceeded"  # the one search error that says nothing about the answer
_ENDS: dict[str, ReplyState] = {
    "max_tokens": "truncated",
    "model_context_window_exceeded": "truncated",
    "refusal": "refused",
}


class Claude:
    """One a process; asks with the settings of the process."""

    name = "claude"
    price_provider = "anthropic"

    @property
    def model(self) -> str:
        return settings().platforms.claude.model

    def expected(self) -> Tokens:
        return Tokens(input_tokens=15_000, output_tokens=1_200, searches=2)

    def ask(self, question: Question, *, cancelled: Callable[[], bool] | None = None) -> Reply:
        wanted = settings().platforms.claude
        call = Call(self.name, judge, cancelled=cancelled)
        headers = {"x-api-key": wanted.api_key, "anthropic-version": VERSION, "idempotency-key": question.key}
        url = f"{(wanted.base_url or URL).rstrip('/')}/v1/messages"
        turns: list[Any] = []
        for turn in range(MOST_TURNS):
            told = [{"role": "assistant", "content": one["content"]} for one in turns[-1:]]
            sent = headers | {"idempotency-key": f"{question.key}-{turn}"} if turn else headers
            body, got = call.respond("POST", url, request(wanted.model, question.text, told), headers=sent)
            if not isinstance(body, dict) or not isinstance(body.get("content"), list):
                raise faults.bad_answer(self.name)
            if turns:  # what it had before the pause stands in front
                body["content"] = [*turns[-1]["content"], *body["content"]]
            turns.append(body)
            if body.get("stop_reason") != "pause_turn":
                break
        return reading(self.name, lambda: read(turns, got.get("request-id")))


def request(model: str, text: str, told: list[Any]) -> dict[str, Any]:
    """The body of a call; `told` is what the assistant has said so far."""
    wanted = settings().platforms
    search: dict[str, Any] = {"type": SEARCH, "name": "web_search", "max_uses": MOST_SEARCHES}
    if wanted.country:
        search["user_location"] = {"type": "approximate", "country": wanted.country}
    return {
        "model": model,
        "max_tokens": wanted.answer_tokens,
        "messages": [{"role": "user", "content": text}, *told],
        "tools": [search],
    }


def read(turns: list[Any], request_id: str | None = None) -> Reply:
    """The answer of a last turn that carries all content; usage is summed over the turns."""
    last = turns[-1]
    text = ""
    found: list[Citation | None] = []
    queries: list[str] = []
    note = None
    for block in last["content"]:
        kind = block.get("type")
        if kind == "text":
            start, text = len(text), text + block["text"]
            found += [
                page(one.get("url"), one.get("title"), start=start, end=len(text))
                for one in block.get("citations") or ()
            ]
        elif kind == "server_tool_use" and isinstance((block.get("input") or {}).get("query"), str):
            queries.append(block["input"]["query"])
        elif kind == "web_search_tool_result":
            content = block.get("content")
            if isinstance(content, list):
                found += [page(one.get("url"), one.get("title"), cited=False) for one in content]
            elif isinstance(content, dict) and content.get("error_code") != _ENOUGH:
                note = "search_unavailable"
    state: ReplyState = _ENDS.get(last.get("stop_reason") or "", "valid" if text.strip() else "empty")
    return Reply(
        state=state,
        text=text,
        citations=collected(found),
        queries=tuple(queries),
        usage=_usage(turns),
        model=str(last.get("model") or ""),
        request_id=request_id,
        note=note,
    )


def _usage(turns: list[Any]) -> Usage:
    """`input_tokens` of this platform leaves the cached ones out; ours has them in."""
    plain = cached = written = output = searches = 0
    for one in (section(turn, "usage") for turn in turns):
        plain += counted(one.get("input_tokens"))
        cached += counted(one.get("cache_read_input_tokens"))
        written += counted(one.get("cache_creation_input_tokens"))
        output += counted(one.get("output_tokens"))
        searches += counted(section(one, "server_tool_use").get("web_search_requests"))
    return Usage(input_tokens=plain + cached + written, output_tokens=output, cached_tokens=cached, searches=searches)


def judge(refusal: Refusal) -> PlatformError | None:
    """What Anthropic's error types mean; the others go by their status."""
    error = refusal.error()
    details = error.get("details")
    if isinstance(details, dict) and details.get("error_code") == "enforced_spend_limit_reached":
        return faults.unpaid(Claude.name)
    if error.get("type") == "billing_error":
        return faults.unpaid(Claude.name)
    if error.get("type") == "overloaded_error":
        after = refusal.wait()
        return PlatformError("wait" if after else "retry", "overloaded", "claude is overloaded.", after=after)
    return None
