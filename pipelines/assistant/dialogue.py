"""One step of the dialogue without a model. Pure: what is known and a message in, a reply and what is known then out.

A tool is started only when its inputs are together and the message says so; starting costs credits, so the reply that
asks for the word names the price.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from msgspec import Struct

from pipelines.assistant import slots
from pipelines.assistant.words import is_only, places, says, words
from pipelines.tools.tool import Tool

MOST_SUGGESTIONS = 4
LONGEST_SURE = 3  # letters; nearly every short word is nearly another
NEARLY = 0.8
_NOT = re.compile(
    r"(?:\b(?:don['’]?t|do not|not|without|nicht|kein(?:e[nmrs]?)?)\s+(?:\w+\s+){0,3}|\bno\s+)$", re.IGNORECASE
)
_SUBJECT = re.compile(
    r"\bfor\s+(?:my|our|the|a|an)\s+((?:[a-z][\w-]*\s*){1,3}?)(?=$|[.,!?;:\"“‘']|\s+(?:called|named|in|with|using|that|and)\b)"
)


class State(Struct, kw_only=True):
    """What a chat knows. `asked` is the field that the last reply asked for, `ready` that it asked for the word to start;
    `later` are tools that were wanted as well, `last` is what was started last: its tool, inputs and job."""

    tool: str | None = None
    inputs: dict[str, Any] = {}
    asked: str | None = None
    ready: bool = False
    subject: str = ""
    later: list[str] = []
    last: dict[str, Any] | None = None


class Step(Struct, frozen=True, kw_only=True):
    """A reply with what to suggest; `start`: the tool is to be started with `state.inputs`."""

    reply: str
    suggestions: list[str]
    state: State
    start: bool = False


def step(message: str, state: State, tools: Mapping[str, Tool]) -> Step:
    """Answer one message."""
    known = words()
    found = _wanted(message, known["tools"], tools, may_guess=state.tool is None)
    wanted = state.tool if state.tool in found else next(iter(found), None)
    if state.tool is not None and wanted in (None, state.tool):
        if is_only(message, known["stop"]):
            return Step(
                reply="All right, I have stopped. What else can I do?", suggestions=_offers(tools), state=State()
            )
        return _go_on(message, state, tools[state.tool])
    if wanted is not None:
        subject = _SUBJECT.search(message)
        begun = State(tool=wanted, subject=subject[1].strip() if subject else "", later=found[1:])
        return _go_on(message, begun, tools[wanted], is_new=True, later=[tools[name] for name in found[1:]])
    if state.last is not None and says(message, known["status"]):
        return Step(reply=_where(state.last["job_id"]), suggestions=_offers(tools), state=state)
    if state.last is not None and says(message, known["again"]):
        again = State(tool=state.last["tool"], inputs=state.last["inputs"])
        return _go_on("", again, tools[state.last["tool"]])
    if says(message, [*known["help"], *known["price"]]):
        return Step(reply=_list_of(tools), suggestions=_offers(tools), state=state)
    opening = "Hello! " if says(message, known["greeting"]) else "I am not sure what you would like to make. "
    return Step(reply=f"{opening}{_list_of(tools)}", suggestions=_offers(tools), state=state)


def after_start(tool: Tool, job_id: str, state: State, tools: Mapping[str, Tool]) -> Step:
    """The reply once the tool's job is accepted. The next word begins anew."""
    following = [f"Use {tools[name].name}" for name in state.later if name in tools]
    return Step(
        reply=f"I have started {tool.name}: {job_id}. {_where(job_id)}",
        suggestions=[*following, "Check the job's status", "Make another version"][:MOST_SUGGESTIONS],
        state=State(last={"tool": tool.id, "inputs": state.inputs, "job_id": job_id}),
    )


def after_refusal(state: State, tool: Tool, *, field: str | None, message: str) -> Step:
    """The reply when the inputs, or the balance, did not do: `field` is asked for again."""
    name = (field or "").removeprefix("inputs.").split("[")[0].split(".")[0] or None
    inputs = {key: value for key, value in state.inputs.items() if key != name}
    again = State(
        tool=state.tool, inputs=inputs, asked=name, ready=name is None, subject=state.subject, later=state.later
    )
    return Step(reply=f"That did not work: {message}", suggestions=_suggestions(tool, again), state=again)


def _go_on(message: str, state: State, tool: Tool, *, is_new: bool = False, later: Sequence[Tool] = ()) -> Step:
    known = words()
    schema = tool.schema()
    is_word = is_only(message, known["run"])
    told = {} if is_word else slots.read(message, schema, asked=state.asked)
    state = State(
        tool=tool.id, inputs={**state.inputs, **told}, ready=state.ready, subject=state.subject, later=state.later
    )
    missing = _missing(schema, state.inputs)
    if missing is None and is_word:
        return Step(reply="", suggestions=[], state=state, start=True)
    order = f"One thing at a time: first {_and([tool, *later])}. " if later else ""
    if missing is not None:
        state.asked, state.ready = missing, False
        opening = f"I'll help you {_purpose(tool, state)}. " if is_new else "" if told else "I need one more thing. "
        if says(message, known["price"]):
            opening = f"{tool.name} costs {credits_of(tool)}. "
        return Step(
            reply=order + opening + _question(tool, missing, state), suggestions=_suggestions(tool, state), state=state
        )
    state.ready = True
    summary = ", ".join(f"{name}: {_shown(value)}" for name, value in state.inputs.items())
    return Step(
        reply=f"{order}I have what {tool.name} needs ({summary}). It costs {credits_of(tool)}. Shall I create it?",
        suggestions=["Create it", *_suggestions(tool, state)][:MOST_SUGGESTIONS],
        state=state,
    )


def _wanted(message: str, names: Mapping[str, list[str]], tools: Mapping[str, Tool], *, may_guess: bool) -> list[str]:
    """The tools that the message speaks of, by what people call them, in its order. Quotes, names and what is not wanted
    are passed over. `may_guess`: a word that is nearly a tool's counts where no word is one.
    """
    spoken = [(name, phrase) for name, phrases in names.items() if name in tools for phrase in phrases]
    spoken += [(name, tool.name.lower()) for name, tool in tools.items()]
    text = slots.outside_names(message)
    found = [
        (place, -len(phrase), name)
        for name, phrase in spoken
        for place in places(text, phrase)
        if not _NOT.search(text[:place])
    ]
    if not found and may_guess:
        short = {phrase: name for name, phrase in spoken if " " not in phrase and len(phrase) > LONGEST_SURE}
        for word in re.finditer(r"[a-z]{4,}", text.lower()):
            near = get_close_matches(word[0], short, n=1, cutoff=NEARLY)
            if near and not _NOT.search(text[: word.start()]):
                found.append((word.start(), -len(near[0]), short[near[0]]))
    ends, wanted = 0, []
    for place, length, name in sorted(found):
        if place >= ends:  # not within a longer name: "qr" in "qr code"
            ends = place - length
            wanted.append(name)
    return list(dict.fromkeys(wanted))


def _missing(schema: dict[str, Any], inputs: dict[str, Any]) -> str | None:
    """The first required field that is not known; one of the file's or text's where a tool takes either."""
    required = schema.get("required") or ([] if {"text", "file_id"} & inputs.keys() else ["text"])
    return next((name for name in required if name not in inputs), None)


def _question(tool: Tool, field: str, state: State) -> str:
    asked = _phrases(tool, field)
    if asked is None:
        told = tool.schema()["properties"][field].get("description", "")
        return f"What should `{field}` be?{f' {told}' if told else ''}"
    return str(asked["ask"]).format(subject=state.subject or "brand")


def _suggestions(tool: Tool, state: State) -> list[str]:
    """What could be said next: what is missing, then what may be chosen and was not."""
    properties = tool.schema()["properties"]
    open_fields = [name for name in properties if name not in state.inputs]
    first = [state.asked] if state.asked else []
    found = []
    for name in [*first, *(one for one in open_fields if one != state.asked)]:
        asked = _phrases(tool, name)
        if asked is None:
            continue
        options = slots.choices(properties[name])
        listed = f" ({', '.join(options)})" if 0 < len(options) <= 5 else ""
        found.append(f"{asked['suggest']}{listed}")
    return list(dict.fromkeys(found))[:MOST_SUGGESTIONS]


def _phrases(tool: Tool, field: str) -> dict[str, str] | None:
    known = words()
    found: dict[str, str] | None = known["own_questions"].get(tool.id, {}).get(field) or known["questions"].get(field)
    return found


def _purpose(tool: Tool, state: State) -> str:
    name = tool.name.lower().removesuffix(" maker")
    if tool.id.endswith("_maker"):
        return f"create a {state.subject} {name}" if state.subject else f"create a {name}"
    return tool.description[0].lower() + tool.description[1:]


def credits_of(tool: Tool) -> str:
    """The tool's price in words."""
    return f"{tool.credits} credit{'s' if tool.credits != 1 else ''}"


def _and(wanted: Sequence[Tool]) -> str:
    return ", then ".join(tool.name for tool in wanted)


def _where(job_id: str) -> str:
    return f"GET /v1/jobs/{job_id} tells how far it is, and has the result."


def _list_of(tools: Mapping[str, Tool]) -> str:
    listed = "; ".join(f"{tool.name} ({credits_of(tool)})" for tool in tools.values())
    return f"I can run these tools for you: {listed}."


def _offers(tools: Mapping[str, Tool]) -> list[str]:
    return [f"Use {tool.name}" for tool in list(tools.values())[:MOST_SUGGESTIONS]]


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)[:80]
