"""One step of the dialogue by the configured model, which calls the tools by the same schemas.

The model proposes; code decides: inputs that the tool's schema refuses are asked for again, and a tool is started only
after the person was told its price and said so, or said it outright.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from pipelines.assistant import dialogue
from pipelines.assistant.dialogue import MOST_SUGGESTIONS, State, Step
from pipelines.assistant.words import is_only, words
from pipelines.clients.llm import LlmClient, LlmError
from pipelines.tools.execute import check
from pipelines.tools.tool import Tool
from store.chats.queries import Turn
from store.kit import structs
from store.kit.errors import InvalidInput

TEXT = {"type": "string"}
SCHEMA = {
    "type": "object",
    "properties": {
        "reply": TEXT,
        "suggestions": {"type": "array", "items": TEXT},
        "tool": TEXT,
        "inputs": {**TEXT, "description": "The tool's inputs so far, as a JSON object."},
        "start": {"type": "boolean"},
    },
    "required": ["reply", "suggestions", "tool", "inputs", "start"],
    "additionalProperties": False,
}
SYSTEM = (
    "You help people use creative tools. Find out which tool they want, ask for the inputs its JSON Schema requires, one "
    "question at a time, suggest at most four next steps, and name the price before you start. Never invent an input. "
    'Answer with `tool` (its id, or ""), `inputs` (what is known, as a JSON object), and `start` true only when the '
    "person has told you to start. The tools:\n{tools}"
)


class _Proposal(Struct):
    reply: str
    suggestions: list[str]
    tool: str
    inputs: str
    start: bool


def step(
    message: str,
    state: State,
    tools: Mapping[str, Tool],
    before: Sequence[Turn],
    *,
    cancelled: Callable[[], bool],
) -> Step:
    """Answer one message. Raises LlmError."""
    told = [
        {"id": one.id, "credits": one.credits, "about": one.description, "schema": one.schema()}
        for one in tools.values()
    ]
    spoken = "\n".join(f"{turn.role}: {turn.content}" for turn in before)
    known = msgspec.json.encode({"tool": state.tool, "inputs": state.inputs}).decode()
    prompt = f"{spoken}\nuser: {message}\n\nKnown so far: {known}"
    system = SYSTEM.format(tools=msgspec.json.encode(told).decode())
    proposal = _read(LlmClient(cancelled=cancelled).complete(system, prompt, SCHEMA))
    tool = tools.get(proposal.tool)
    if tool is None:
        return Step(reply=proposal.reply, suggestions=proposal.suggestions[:MOST_SUGGESTIONS], state=State())
    inputs = _inputs(proposal.inputs)
    wanted = State(tool=tool.id, inputs=inputs, subject=state.subject)
    try:
        check(tool, inputs)
    except InvalidInput as error:
        if proposal.start:
            return dialogue.after_refusal(wanted, tool, field=error.fields.get("field"), message=error.message)
        return Step(reply=proposal.reply, suggestions=proposal.suggestions[:MOST_SUGGESTIONS], state=wanted)
    may_start = (state.ready and state.tool == tool.id) or is_only(message, words()["run"])
    if proposal.start and may_start:
        return Step(reply="", suggestions=[], state=wanted, start=True)
    wanted.ready = True
    reply = proposal.reply
    if proposal.start:  # nobody has been told the price yet
        reply = f"It costs {dialogue.credits_of(tool)}. Shall I create it?"
    return Step(reply=reply, suggestions=proposal.suggestions[:MOST_SUGGESTIONS], state=wanted)


def _read(answer: Any) -> _Proposal:
    try:
        return structs.convert(answer, _Proposal)
    except msgspec.ValidationError as error:
        raise LlmError("bad_answer", "The model's answer does not have the shape that was asked for.") from error


def _inputs(text: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(text or "{}")
    except msgspec.DecodeError as error:
        raise LlmError("bad_answer", "The model's inputs are not JSON.") from error
    return {name: value for name, value in found.items() if value is not None} if isinstance(found, dict) else {}
