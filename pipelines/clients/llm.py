"""Language models: any OpenAI-compatible server, or Anthropic. They answer by a JSON schema, or in words as they come.

One `LlmClient` is made per job and carries its token budget. Every call goes through the guarded client, so a model
on a private address needs `egress.allow`. Whatever goes wrong is an LlmError that says what, for the result to tell.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from pipelines.clients import llm_wire
from pipelines.clients.fetch_errors import FetchError
from pipelines.clients.llm_stream import StreamReader, stream_request
from pipelines.clients.web import Limits, Response, call_json
from store.kit import log
from store.kit.settings import settings

logger = log.get("pipelines.clients.llm")
MAX_ANSWER_TOKENS = 4096
CHARACTERS_PER_TOKEN = 3  # a careful guess before the call; what is counted is what the provider says

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
        url, headers, payload = llm_wire.question(self._wanted, system, prompt, schema, max_tokens=MAX_ANSWER_TOKENS)
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
        try:
            whole = llm_wire.read(self._wanted, answer)
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise LlmError("bad_answer", "The model's answer does not have the provider's shape.") from error
        spent = whole.used.input_tokens + whole.used.output_tokens
        self.tokens_used += spent or (len(system) + len(prompt)) // CHARACTERS_PER_TOKEN
        if whole.trouble is not None:
            raise LlmError(whole.trouble, llm_wire.MESSAGES[whole.trouble])
        return whole.value


def _refusal(response: Response) -> LlmError:
    """What a status other than 200 means; the provider's own words stay out, they may repeat the prompt."""
    status = response.status
    if status in (401, 403):
        return LlmError("unauthorized", f"The model's server refused the key (status {status}).")
    if status == 429:
        return LlmError("rate_limited", "The model's server asks to slow down (status 429).")
    return LlmError("unreachable", f"The model's server answered with status {status}.", retry_helps=status >= 500)
