"""Language models: any OpenAI-compatible server, or Anthropic. They answer by a JSON schema, or in words as they come.

One `LlmClient` is made per job and carries its token budget. Every call goes through the guarded client, so a model
on a private address needs `egress.allow`. Whatever goes wrong is an LlmError that says what, for the result to tell.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from pipelines.clients.fetch_errors import FetchError
from pipelines.clients.llm_stream import StreamReader, address, stream_request
from pipelines.clients.web import Limits, Response, call_json
from store.kit import log
from store.kit.sections import Llm
from store.kit.settings import settings

logger = log.get("pipelines.clients.llm")
MAX_ANSWER_TOKENS = 4096
CHARACTERS_PER_TOKEN = 3  # a careful guess before the call; what is counted is what the provider says
TOOL = "record"

Code = Literal["budget_spent", "unreachable", "unauthorized", "rate_limited", "refused", "cut_off", "bad_answer"]


class LlmError(Exception):
    """No usable answer. `code` is one of Code, the text a sentence for the job's result."""

    def __init__(self, code: Code, message: str, *, retry_helps: bool = False) -> None:
        super().__init__(message)
        self.code: Code = code
        self.message = message
        self.retry_helps = retry_helps


class LlmClient:
    """Asks the configured model; `tokens_used` counts input and output of every answered call."""

    def __init__(self, *, tokens_used: int = 0, cancelled: Callable[[], bool] | None = None) -> None:
        self.tokens_used = tokens_used
        self._wanted = settings().llm
        self._cancelled = cancelled

    @property
    def model(self) -> str:
        """Provider and model, as results name them."""
        return f"{self._wanted.provider}:{self._wanted.model}"

    def complete(self, system: str, prompt: str, schema: dict[str, Any]) -> Any:
        """The model's answer as JSON values of `schema`'s shape (not validated here). Raises LlmError.

        A server's hiccup is tried once more; a call that the budget cannot hold is not made.
        """
        self._check_budget(len(system) + len(prompt))
        try:
            return self._ask(system, prompt, schema)
        except LlmError as error:
            if not error.retry_helps:
                raise
            logger.warning("llm.call_failed", code=error.code, detail=error.message)
        return self._ask(system, prompt, schema)

    def stream(
        self,
        system: str,
        messages: list[dict[str, str]],
        tell: Callable[[str], None],
        *,
        temperature: float = 0,
        max_tokens: int = MAX_ANSWER_TOKENS,
    ) -> None:
        """Call `tell` with the pieces of the model's words as they come; `messages` are `{role, content}`.

        Never tried again: what was told cannot be taken back. Raises LlmError, and whatever `tell` raises.
        """
        self._check_budget(len(system) + sum(len(one["content"]) for one in messages))
        wanted = self._wanted
        reader = StreamReader(wanted.provider, tell)
        url, headers, payload = stream_request(wanted, system, messages, temperature=temperature, max_tokens=max_tokens)
        limits = Limits(read_seconds=wanted.timeout_seconds, total_seconds=wanted.timeout_seconds, max_redirects=0)
        try:
            response = call_json(
                "POST", url, payload, headers=headers, limits=limits, cancelled=self._cancelled, told=reader.feed
            )
        except FetchError as error:
            raise LlmError("unreachable", f"The model could not be asked: {error.message}") from error
        if response.status != 200:
            raise _refusal(response)
        self.tokens_used += reader.tokens or (len(system) + reader.letters) // CHARACTERS_PER_TOKEN
        if reader.trouble:
            raise LlmError("cut_off" if reader.letters else "bad_answer", reader.trouble)

    def _check_budget(self, characters: int) -> None:
        expected = characters // CHARACTERS_PER_TOKEN + MAX_ANSWER_TOKENS
        if self.tokens_used + expected > self._wanted.job_token_budget:
            raise LlmError(
                "budget_spent",
                f"The job's budget of {self._wanted.job_token_budget} tokens is spent ({self.tokens_used} used).",
            )

    def _ask(self, system: str, prompt: str, schema: dict[str, Any]) -> Any:
        ask = _ask_anthropic if self._wanted.provider == "anthropic" else _ask_openai
        url, headers, payload = ask(self._wanted, system, prompt, schema)
        limits = Limits(
            read_seconds=self._wanted.timeout_seconds, total_seconds=self._wanted.timeout_seconds, max_redirects=0
        )
        try:
            response = call_json("POST", url, payload, headers=headers, limits=limits, cancelled=self._cancelled)
            answer = response.json() if response.status == 200 else None
        except FetchError as error:
            raise LlmError(
                "unreachable", f"The model could not be asked: {error.message}", retry_helps=error.retry_helps
            ) from error
        if response.status != 200:
            raise _refusal(response)
        read = _read_anthropic if self._wanted.provider == "anthropic" else _read_openai
        try:
            text_or_value, tokens, ending = read(answer)
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise LlmError("bad_answer", "The model's answer does not have the provider's shape.") from error
        self.tokens_used += tokens or (len(system) + len(prompt)) // CHARACTERS_PER_TOKEN
        if ending is not None:
            raise ending
        return _value(text_or_value)


def _ask_openai(
    wanted: Llm, system: str, prompt: str, schema: dict[str, Any]
) -> tuple[str, dict[str, str], dict[str, Any]]:
    """Chat completions with a strict JSON schema, which the compatible servers speak as well."""
    payload = {
        "model": wanted.model,
        "temperature": 0,
        "max_tokens": MAX_ANSWER_TOKENS,
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": prompt}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": TOOL, "strict": True, "schema": schema},
        },
    }
    return *address(wanted), payload


def _read_openai(answer: Any) -> tuple[Any, int, LlmError | None]:
    choice = answer["choices"][0]
    message = choice["message"]
    tokens = int((answer.get("usage") or {}).get("total_tokens") or 0)
    if message.get("refusal"):
        return None, tokens, LlmError("refused", "The model refused to answer.")
    if choice.get("finish_reason") == "length":
        return None, tokens, LlmError("cut_off", "The model's answer was longer than allowed.")
    return message["content"], tokens, None


def _ask_anthropic(
    wanted: Llm, system: str, prompt: str, schema: dict[str, Any]
) -> tuple[str, dict[str, str], dict[str, Any]]:
    """Messages with one forced tool whose input is the schema: every model of theirs that uses tools can do it."""
    payload = {
        "model": wanted.model,
        "max_tokens": MAX_ANSWER_TOKENS,
        "temperature": 0,
        "system": system,
        "messages": [{"role": "user", "content": prompt}],
        "tools": [{"name": TOOL, "description": "Record what the pages say.", "input_schema": schema}],
        "tool_choice": {"type": "tool", "name": TOOL},
    }
    return *address(wanted), payload


def _read_anthropic(answer: Any) -> tuple[Any, int, LlmError | None]:
    usage = answer.get("usage") or {}
    counted = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    tokens = sum(int(usage.get(name) or 0) for name in counted)
    if answer.get("stop_reason") == "refusal":
        return None, tokens, LlmError("refused", "The model refused to answer.")
    if answer.get("stop_reason") == "max_tokens":
        return None, tokens, LlmError("cut_off", "The model's answer was longer than allowed.")
    used = [block["input"] for block in answer["content"] if block.get("type") == "tool_use"]
    return used[0], tokens, None


def _refusal(response: Response) -> LlmError:
    """What a status other than 200 means; the provider's own words stay out, they may repeat the prompt."""
    status = response.status
    if status in (401, 403):
        return LlmError("unauthorized", f"The model's server refused the key (status {status}).")
    if status == 429:
        return LlmError("rate_limited", "The model's server asks to slow down (status 429).")
    return LlmError("unreachable", f"The model's server answered with status {status}.", retry_helps=status >= 500)


def _value(given: Any) -> Any:
    """JSON that came as text, decoded."""
    if not isinstance(given, str):
        return given
    try:
        return msgspec.json.decode(given)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise LlmError("bad_answer", "The model's answer is not JSON.") from error
