"""The two wire formats of a question that is answered by a JSON schema: what is sent, and what an answer says."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

from pipelines.clients.counting import counted, section
from pipelines.clients.llm_stream import address
from pipelines.pricing import Tokens
from store.kit.sections import Llm

TOOL = "record"
Trouble = Literal["refused", "cut_off", "bad_answer"]
MESSAGES: dict[Trouble, str] = {
    "refused": "The model refused to answer.",
    "cut_off": "The model's answer was longer than allowed.",
    "bad_answer": "The model's answer is not JSON.",
}


class Whole(Struct, frozen=True):
    """What a model answered: JSON `value`s, not validated, or why there are none. `used` is paid for in any case."""

    value: Any
    used: Tokens
    trouble: Trouble | None = None


def question(
    wanted: Llm, system: str, prompt: str, schema: dict[str, Any], *, max_tokens: int
) -> tuple[str, dict[str, str], dict[str, Any]]:
    """(URL, headers, body) of the call."""
    payload = {"model": wanted.model, "temperature": 0, "max_tokens": max_tokens}
    payload |= _anthropic(system, prompt, schema) if wanted.provider == "anthropic" else _openai(system, prompt, schema)
    return *address(wanted), payload


def read(wanted: Llm, answer: Any) -> Whole:
    """What the body of a 200 says. KeyError, IndexError, TypeError, AttributeError without the provider's shape."""
    text, used, trouble = _of_anthropic(answer) if wanted.provider == "anthropic" else _of_openai(answer)
    if trouble is not None:
        return Whole(None, used, trouble)
    if not isinstance(text, str):
        return Whole(text, used)
    try:
        return Whole(msgspec.json.decode(text), used)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return Whole(None, used, "bad_answer")


def _openai(system: str, prompt: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Chat completions with a strict JSON schema, which the compatible servers speak as well."""
    return {
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": prompt}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": TOOL, "strict": True, "schema": schema},
        },
    }


def _of_openai(answer: Any) -> tuple[Any, Tokens, Trouble | None]:
    choice = answer["choices"][0]
    message = choice["message"]
    usage = section(answer, "usage")
    written = counted(usage.get("completion_tokens"))
    used = Tokens(
        input_tokens=counted(usage.get("prompt_tokens")) or max(counted(usage.get("total_tokens")) - written, 0),
        output_tokens=written,
        cached_tokens=counted(section(usage, "prompt_tokens_details").get("cached_tokens")),
    )
    if message.get("refusal"):
        return None, used, "refused"
    if choice.get("finish_reason") == "length":
        return None, used, "cut_off"
    return message["content"], used, None


def _anthropic(system: str, prompt: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Messages with one forced tool whose input is the schema: every model of theirs that uses tools can do it."""
    return {
        "system": system,
        "messages": [{"role": "user", "content": prompt}],
        "tools": [{"name": TOOL, "description": "Record what was found.", "input_schema": schema}],
        "tool_choice": {"type": "tool", "name": TOOL},
    }


def _of_anthropic(answer: Any) -> tuple[Any, Tokens, Trouble | None]:
    usage = section(answer, "usage")
    written, cached = (counted(usage.get(f"cache_{name}_input_tokens")) for name in ("creation", "read"))
    used = Tokens(
        input_tokens=counted(usage.get("input_tokens")) + written + cached,
        output_tokens=counted(usage.get("output_tokens")),
        cached_tokens=cached,
        cache_write_tokens=written,
    )
    if answer.get("stop_reason") == "refusal":
        return None, used, "refused"
    if answer.get("stop_reason") == "max_tokens":
        return None, used, "cut_off"
    found = [block["input"] for block in answer["content"] if block.get("type") == "tool_use"]
    return found[0], used, None
