"""Language model servers on loopback that answer by the two wire formats and write down what they were asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

from tests.kit.fake_web import FakeWeb, Request

Entries = Callable[[str], list[dict[str, Any]]]
Trouble = Callable[[Request, int], bool]


class FakeModels:
    """`entries` makes the answer's entries from the prompt, or `reply` the whole of it; `status` other than 200 makes every
    call fail. `trouble` gets the running request and its number, and says whether it has answered."""

    def __init__(self, web: FakeWeb, entries: Entries = lambda prompt: []) -> None:
        self.entries = entries
        self.status = 200
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.tokens = 1000
        self.raw: str | None = None
        self.reply: Callable[[str], Any] = lambda prompt: {"entries": self.entries(prompt)}
        self.trouble: Trouble | None = None
        self._lock = threading.Lock()
        web.on("/v1/chat/completions", self._openai)
        web.on("/v1/messages", self._anthropic)

    def _openai(self, request: Request) -> None:
        body = self._noted(request)
        if self._has_trouble(request):
            return
        text = self.raw or json.dumps(self.reply(body["messages"][-1]["content"]))
        self._answer(
            request,
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "model": body["model"],
                "choices": [
                    {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
                ],
                "usage": {
                    "prompt_tokens": self.tokens - 100, "completion_tokens": 100, "total_tokens": self.tokens
                },
            },
        )  # fmt: skip

    def _anthropic(self, request: Request) -> None:
        body = self._noted(request)
        (tool,) = body["tools"]
        assert body["tool_choice"] == {"type": "tool", "name": tool["name"]}
        if self._has_trouble(request):
            return
        reply = self.reply(body["messages"][-1]["content"])
        self._answer(
            request,
            {
                "id": "msg_1",
                "type": "message",
                "role": "assistant",
                "model": body["model"],
                "stop_reason": "tool_use",
                "content": [
                    {"type": "text", "text": "Here."},
                    {"type": "tool_use", "id": "toolu_1", "name": tool["name"], "input": reply},
                ],
                "usage": {"input_tokens": self.tokens - 100, "output_tokens": 100},
            },
        )

    def _noted(self, request: Request) -> dict[str, Any]:
        body = json.loads(request.body)
        with self._lock:
            self.asked.append(body)
            self.headers.append({name.lower(): value for name, value in request.headers.items()})
        return body

    def _has_trouble(self, request: Request) -> bool:
        return self.trouble is not None and self.trouble(request, len(self.asked))

    def _answer(self, request: Request, answer: dict[str, Any]) -> None:
        body = json.dumps(answer if self.status == 200 else {"error": {"message": "no"}}).encode()
        request.answer(self.status, body, Content_Type="application/json")
