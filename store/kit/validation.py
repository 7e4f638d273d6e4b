"""Turns msgspec's complaint about a value into a sentence for a person and the path of the field."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from store.kit.errors import InvalidInput, MissingField

WORDS = {
    "str": "a string",
    "int": "an integer",
    "float": "a number",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
    "datetime": "a date and time",
    "date": "a date",
    "bytes": "base64 text",
}
MOMENT = "must be a date and time with its zone (RFC 3339), for example 2026-02-03T12:00:00Z"
DAY = "must be a date (RFC 3339), for example 2026-02-03"
_PATH = re.compile(r" - at `(?P<path>[^`]*)`$")
_NAMED = re.compile(r"^Object (?P<fault>missing required|contains unknown) field `(?P<field>[^`]*)`$")
_TYPES = re.compile(r"^Expected `(?P<wanted>[^`]*)`, got `(?P<given>[^`]*)`$")
_BOUND = re.compile(r"^Expected `(?P<kind>int|float)` (?P<sign>>=|<=|>|<) (?P<limit>\S+)$")
_LENGTH = re.compile(r"^Expected `(?P<kind>\w+)` of length (?P<sign>>=|<=|==) (?P<limit>\d+)$")
_FORM = re.compile(r"^Expected `str` matching regex (?P<pattern>.*)$", re.DOTALL)
_STEP = re.compile(r"\[(?P<index>\d+)\]|(?P<name>[^.\[\]]+)")
_forms: dict[str, tuple[str, str | None]] = {}
_SIGNS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than", "==": "exactly"}


def form(pattern: str, sentence: str, *, example: str | None = None) -> str:
    """The pattern, for a declaration; a text that does not match is told the sentence ("must be …") and the example."""
    _forms[repr(pattern)] = (sentence, example)
    return pattern


def refusal(error: msgspec.ValidationError, *, whole: str, within: str = "") -> InvalidInput:
    """The domain error for `error`; `whole` names the thing when no field is to blame ("the body").

    `within` is the path of the checked value in the request, when it is only a part of it.
    """
    text = str(error)
    path = within
    if found := _PATH.search(text):
        path = (within + found["path"].removeprefix("$")).removeprefix(".")
        text = text[: found.start()]
    if found := _NAMED.match(text):
        field = f"{path}.{found['field']}" if path else found["field"]
        if found["fault"] == "missing required":
            return MissingField(f"`{field}` is required.", field=field)
        return InvalidInput(f"`{field}` is not a known field.", field=field)
    subject = f"`{path}`" if path else whole[0].upper() + whole[1:]
    found = _FORM.match(text)
    if found and found["pattern"] in _forms:
        sentence, example = _forms[found["pattern"]]
        shown = {} if example is None else {"expectedFormat": example}
        return InvalidInput(f"{subject} {sentence}.", field=path or None, **shown)
    return InvalidInput(f"{subject} {_fault(text)}.", field=path or None)


def value_at(value: Any, path: str) -> Any:
    """What stands at a path as refusals name it ("items[1].name"); None where there is nothing."""
    for step in _STEP.finditer(path):
        try:
            value = value[int(step["index"])] if step["index"] else value[step["name"]]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _fault(text: str) -> str:
    if found := _TYPES.match(text):
        return f"must be {_names(found['wanted'])}, not {_names(found['given'])}"
    if found := _BOUND.match(text):
        return f"must be {_SIGNS[found['sign']]} {found['limit']}"
    if found := _LENGTH.match(text):
        unit = "characters" if found["kind"] == "str" else "items"
        return f"must have {_SIGNS[found['sign']]} {found['limit']} {unit}"
    if text == "Invalid RFC3339 encoded date":
        return DAY
    if "RFC3339" in text or "timezone" in text:
        return MOMENT
    if text == "Expected `str` matching regex '\\\\S'":
        return "must not be blank"
    if "matching regex" in text:
        return "does not have the form that is asked for"
    if text.startswith("Invalid enum value"):
        return f"does not know the value {text.removeprefix('Invalid enum value ')}"
    if text.startswith("Number out of range"):
        return "is a number out of range"
    return f"is not valid: {text[0].lower()}{text[1:]}"


def _names(kinds: str) -> str:
    return " or ".join(WORDS.get(kind.strip(), kind.strip()) for kind in kinds.split("|"))


def find_nul(value: Any, path: str = "") -> str | None:
    """The path of the first string or key with a NUL character, which Postgres cannot store; None: there is none.

    `value` is decoded JSON; nesting is bounded by the reader, so recursion is too.
    """
    if isinstance(value, str):
        return path if "\0" in value else None
    if isinstance(value, dict):
        for key, inner in value.items():
            place = f"{path}.{key}" if path else str(key)
            if "\0" in str(key):
                return place.replace("\0", "\\u0000")
            if (found := find_nul(inner, place)) is not None:
                return found
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            if (found := find_nul(inner, f"{path}[{index}]")) is not None:
                return found
    return None


def depth(value: Any) -> int:
    """How deep decoded JSON is nested; a plain value is 0. Not recursive: the value may be as deep as it likes."""
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        inner, level = waiting.pop()
        children = inner.values() if isinstance(inner, dict) else inner if isinstance(inner, list) else None
        if children is not None:
            deepest = max(deepest, level)
            waiting.extend((child, level + 1) for child in children)
    return deepest
