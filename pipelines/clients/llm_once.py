"""One question to the configured model, asked once: whoever asks decides what to do about a fault, and what it may cost.

The faults are those of the AI platforms (platforms/faults.py): to be waited for, tried again, paused for, or given up,
and `lost` where nobody knows whether the call was paid for. LlmClient (llm.py) is for jobs that want an answer or none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from pipelines.clients import llm_wire
from pipelines.clients.llm_wire import Whole
from pipelines.clients.platforms import claude, openai_faults
from pipelines.clients.platforms.asking import Call, without_nul
from pipelines.clients.platforms.faults import bad_answer
from store.kit.settings import settings

NAME = "The model"  # in messages


def ask_once(
    system: str,
    prompt: str,
    schema: dict[str, Any],
    *,
    key: str,
    max_tokens: int,
    cancelled: Callable[[], bool] | None = None,
) -> Whole:
    """What the model answered, usable or not. `key` is the same each time this very question is asked. Raises PlatformError."""
    wanted = settings().llm
    judge = claude.judge if wanted.provider == "anthropic" else openai_faults.judge(NAME)
    url, headers, payload = llm_wire.question(wanted, system, prompt, schema, max_tokens=max_tokens)
    call = Call(NAME, judge, cancelled=cancelled, seconds=wanted.timeout_seconds)
    body = call.json("POST", url, payload, headers={**headers, "idempotency-key": key})
    try:
        whole = llm_wire.read(wanted, body)
        return msgspec.structs.replace(whole, value=without_nul(whole.value))
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise bad_answer(NAME) from error
