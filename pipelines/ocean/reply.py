"""The one stage of ocean: the model's words, or what the workspace's documents say when there is no model.

A model that is configured and cannot be asked fails the job with its reason: nobody is given a quote for an answer
that they asked a model for. The session remembers both sides once the answer is whole.
"""

from __future__ import annotations

from typing import Any

import msgspec

from pipelines.answers.respond import respond
from pipelines.clients import wordpieces
from pipelines.clients.llm import LlmClient, LlmError
from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome, Permanent
from pipelines.engine.relay import Relay
from pipelines.ocean.pipeline import OceanInput
from store.agents.conversations import Turn as Exchange
from store.agents.values import DEFAULTS, Config
from store.chats import queries as chats
from store.chats.queries import Said, Turn
from store.kit import log, structs
from store.kit.settings import settings
from store.knowledge import collections

logger = log.get("pipelines.ocean.reply")
REMEMBERED_TURNS = 20
LONGEST_QUOTE = 1500
WITHOUT_MODEL = "extractive"
RETRYABLE = ("unreachable", "rate_limited")
SYSTEM = "You are Curiosity Ocean, a helpful assistant. Say so when you do not know something."
NO_MODEL = "No language model is configured on this server, so I can only quote the documents of this workspace."
NOTHING_SAID = f"{NO_MODEL} None of them answers that."
NO_DOCUMENTS = "No language model is configured on this server, and this workspace has no documents to answer from."


def run(ctx: Context) -> Outcome:
    """Answer the job's message."""
    wanted = structs.convert(ctx.input, OceanInput)
    chat = chats.find(ctx.workspace_id, "ocean", wanted.owner, wanted.session_id)
    before = chats.turns(chat.id, last=REMEMBERED_TURNS) if chat else []
    relay = Relay(ctx)

    def tell(text: str) -> None:
        relay.send({"type": "token", "content": text})

    speak = _from_model if settings().llm.provider != "none" else _from_documents
    result = speak(ctx, wanted, before, tell)
    with ctx.transaction():
        held = chats.ensure(ctx.workspace_id, "ocean", wanted.owner, wanted.session_id)
        spoken = {name: result[name] for name in ("model", "tokens_used", "sources", "note") if result.get(name)}
        chats.add(
            held.id,
            [
                Said(role="user", content=wanted.message),
                Said(role="assistant", content=result["response"], data=spoken),
            ],
        )
    return Outcome(output={**result, "session_id": wanted.session_id})


def _from_model(ctx: Context, wanted: OceanInput, before: list[Turn], tell: Any) -> dict[str, Any]:
    client = LlmClient(cancelled=ctx.cancelled)
    said: list[str] = []

    def hear(piece: str) -> None:
        said.append(piece)
        tell(piece)

    messages = [{"role": turn.role, "content": turn.content} for turn in before]
    messages.append({"role": "user", "content": wanted.message})
    options = wanted.options
    note = None
    try:
        client.stream(SYSTEM, messages, hear, temperature=options.temperature, max_tokens=options.max_tokens)
    except LlmError as error:
        ctx.check()  # a call that a cancel ended is no failure of the model
        if error.code != "cut_off" or not said:
            raise Permanent(f"model_{error.code}", error.message, retryable=error.code in RETRYABLE) from error
        note = "cut_off"
    return {
        "response": "".join(said),
        "tokens_used": client.tokens_used,
        "model": settings().llm.model,
        **({"note": note} if note else {}),
    }


def _from_documents(ctx: Context, wanted: OceanInput, before: list[Turn], tell: Any) -> dict[str, Any]:
    known = [one.id for one in collections.page(ctx.workspace_id)]
    if not known:
        tell(NO_DOCUMENTS)
        return _quoted(wanted, NO_DOCUMENTS, [])
    reply = respond(ctx.workspace_id, wanted.message, _agent(known), _exchanges(before), tell=tell).reply
    return _quoted(wanted, reply.text, [msgspec.to_builtins(one) for one in reply.sources])


def _quoted(wanted: OceanInput, text: str, sources: list[Any]) -> dict[str, Any]:
    return {
        "response": text,
        "tokens_used": sum(wordpieces.count([wanted.message, text])),
        "model": WITHOUT_MODEL,
        "sources": sources,
        "note": "no_model_configured",
    }


def _agent(collection_ids: list[str]) -> Config:
    """How the documents are quoted: as an agent over all of them would, who says that there is no model."""
    flat = {name: value for group in DEFAULTS.values() for name, value in group.items()}
    flat["max_response_length"] = LONGEST_QUOTE
    return Config(
        agent_id="",
        version="",
        name="Curiosity Ocean",
        greeting_message=NO_MODEL,
        fallback_message=NOTHING_SAID,
        collection_ids=collection_ids,
        **flat,
    )


def _exchanges(before: list[Turn]) -> list[Exchange]:
    """What was said, as questions with their answers."""
    return [
        Exchange(asked.content, told.content, is_answered=bool(told.data.get("sources")))
        for asked, told in zip(before[::2], before[1::2], strict=False)
    ]
