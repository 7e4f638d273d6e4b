"""The streamed half of the two wire formats: what is asked, and how the server-sent events are read. Called by llm.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from pipelines.clients.counting import counted, section
from store.kit.sections import Llm

OPENAI_URL = "https://api.openai.com/v1"
OLLAMA_URL = "http://127.0.0.1:11434/v1"  # what it speaks there is OpenAI's format
ANTHROPIC_URL = "https://api.anthropic.com"
ANTHROPIC_VERSION = "2023-06-01"
CUT_OFF = "The model's answer was longer than allowed."


def address(wanted: Llm) -> tuple[str, dict[str, str]]:
    """Where the configured provider is asked, and with which headers."""
    if wanted.provider == "anthropic":
        headers = {"x-api-key": wanted.api_key, "anthropic-version": ANTHROPIC_VERSION}
        return f"{(wanted.base_url or ANTHROPIC_URL).rstrip('/')}/v1/messages", headers
    headers = {"authorization": f"Bearer {wanted.api_key}"} if wanted.api_key else {}
    own = OLLAMA_URL if wanted.provider == "ollama" else OPENAI_URL
    return f"{(wanted.base_url or own).rstrip('/')}/chat/completions", headers


def stream_request(
    wanted: Llm, system: str, messages: list[dict[str, str]], *, temperature: float, max_tokens: int
) -> tuple[str, dict[str, str], dict[str, Any]]:
    """URL, headers and body of a streamed call."""
    payload: dict[str, Any] = {
        "model": wanted.model,
        "temperature": temperature,
        "max_tokens": max_tokens,
        "stream": True,
    }
    if wanted.provider == "anthropic":
        payload |= {"system": system, "messages": messages}
    else:
        payload |= {
            "messages": [{"role": "system", "content": system}, *messages],
            "stream_options": {"include_usage": True},
        }
    url, headers = address(wanted)
    return url, headers | {"accept": "text/event-stream"}, payload


class StreamReader:
    """Reads the bytes of a stream as they come and tells the words. `trouble` is why it is not whole, if it isn't."""

    def __init__(self, provider: str, tell: Callable[[str], None]) -> None:
        self._read = self._anthropic if provider == "anthropic" else self._openai
        self._tell = tell
        self._rest = b""
        self._is_over = False
        self._trouble = ""
        self.tokens = 0
        self.letters = 0

    @property
    def trouble(self) -> str:
        return self._trouble or ("" if self._is_over else "The model's answer broke off.")

    def feed(self, data: bytes) -> None:
        """The next bytes."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                self._event(line[5:].strip())

    def _event(self, data: bytes) -> None:
        if data == b"[DONE]":
            self._is_over = True
            return
        try:
            self._read(msgspec.json.decode(data))
        except (msgspec.DecodeError, KeyError, IndexError, TypeError, AttributeError):
            self._trouble = "The model's answer does not have the provider's shape."

    def _openai(self, event: Any) -> None:
        if usage := event.get("usage"):
            self.tokens = counted(usage.get("total_tokens"))
        for choice in event.get("choices") or ():
            self._say(choice["delta"].get("content"))
            if reason := choice.get("finish_reason"):
                self._is_over = True
                self._trouble = CUT_OFF if reason == "length" else self._trouble

    def _anthropic(self, event: Any) -> None:
        kind = event["type"]
        if kind == "content_block_delta":
            self._say(event["delta"].get("text"))
        elif kind == "message_start":
            self.tokens += counted(event["message"]["usage"].get("input_tokens"))
        elif kind == "message_delta":
            self.tokens += counted(section(event, "usage").get("output_tokens"))
            if event["delta"].get("stop_reason") == "max_tokens":
                self._trouble = CUT_OFF
        elif kind == "message_stop":
            self._is_over = True
        elif kind == "error":
            self._trouble = "The model's server reported an error in the middle of its answer."

    def _say(self, text: str | None) -> None:
        if text:
            self.letters += len(text)
            self._tell(text)
