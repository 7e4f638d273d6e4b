"""Platforms that config names: any server of chat completions (a gateway, vLLM, …), and Ollama. No search, no citations."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pipelines.clients.counting import counted, section
from pipelines.clients.platforms import openai_faults
from pipelines.clients.platforms.asking import Call, Question, reading
from pipelines.clients.platforms.pages import collected, page, place
from pipelines.pricing import Tokens
from pipelines.replies import Reply, ReplyState, Usage
from store.kit.sections import OtherPlatform
from store.kit.settings import settings

_THOUGHTS = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>\s*", re.DOTALL)


class Other:
    """One of `platforms.others`."""

    def __init__(self, name: str, wanted: OtherPlatform) -> None:
        self.name = name
        self._wanted = wanted

    @property
    def price_provider(self) -> str | None:
        """What runs on Ollama costs nobody a list price; a gateway's models go by their names."""
        return None if self._wanted.protocol == "ollama" else ""

    @property
    def model(self) -> str:
        return self._wanted.model

    def expected(self) -> Tokens:
        return Tokens(input_tokens=100, output_tokens=1_000)

    def ask(self, question: Question, *, cancelled: Callable[[], bool] | None = None) -> Reply:
        wanted, base = self._wanted, self._wanted.base_url.rstrip("/")
        call = Call(self.name, openai_faults.judge(self.name), cancelled=cancelled)
        headers = {"authorization": f"Bearer {wanted.api_key}"} if wanted.api_key else {}
        message = [{"role": "user", "content": question.text}]
        if wanted.protocol == "ollama":
            options = {"num_predict": settings().platforms.answer_tokens}
            payload = {"model": wanted.model, "messages": message, "stream": False, "options": options}
            body = call.json("POST", f"{base}/api/chat", payload, headers=headers)
            return reading(self.name, lambda: read_ollama(body))
        payload = {"model": wanted.model, "messages": message, "max_tokens": settings().platforms.answer_tokens}
        body, got = call.respond(
            "POST", f"{base}/chat/completions", payload, headers={**headers, "idempotency-key": question.key}
        )
        return reading(self.name, lambda: read_chat(self.name, body, got.get("x-request-id")))


def read_chat(name: str, body: Any, request_id: str | None = None) -> Reply:
    """A chat completion; some gateways put an error into a 200."""
    if body.get("error"):
        raise openai_faults.in_answer(name, body["error"])
    choice = body["choices"][0]
    message = choice["message"]
    text = _said(message.get("content"))
    found = [
        page(one.get("url"), one.get("title"), start=place(one.get("start_index")), end=place(one.get("end_index")))
        for one in _annotated(message.get("annotations"))
    ]
    usage = section(body, "usage")
    return Reply(
        state=_state(choice.get("finish_reason"), text, refusal=message.get("refusal")),
        text=text or message.get("refusal") or "",
        citations=collected(found),
        usage=Usage(
            input_tokens=counted(usage.get("prompt_tokens")),
            output_tokens=counted(usage.get("completion_tokens")),
            cached_tokens=counted(section(usage, "prompt_tokens_details").get("cached_tokens")),
        ),
        model=str(body.get("model") or ""),
        request_id=request_id or body.get("id"),
    )


def read_ollama(body: Any) -> Reply:
    """An answer of Ollama's /api/chat."""
    text = _said(body["message"].get("content"))
    return Reply(
        state=_state(body.get("done_reason"), text),
        text=text,
        usage=Usage(input_tokens=counted(body.get("prompt_eval_count")), output_tokens=counted(body.get("eval_count"))),
        model=str(body.get("model") or ""),
    )


def _said(content: Any) -> str:
    """What people would read: the text of all parts, without the thoughts that some models put before it."""
    if isinstance(content, list):
        content = "".join(one["text"] for one in content if one.get("type") == "text")
    return _THOUGHTS.sub("", content or "", count=1)


def _annotated(annotations: Any) -> list[dict[str, Any]]:
    listed = annotations if isinstance(annotations, list) else []
    return [section(one, "url_citation") for one in listed if isinstance(one, dict)]


def _state(ending: object, text: str, *, refusal: object = None) -> ReplyState:
    if refusal or ending == "content_filter":
        return "refused"
    if ending == "length":
        return "truncated"
    return "valid" if text.strip() else "empty"
