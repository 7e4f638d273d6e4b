"""What a message says of a schema's fields. Pure: a JSON Schema and words in, values out, each as the schema wants it.

Nothing is guessed: a value is a word of an enum, a color, a size, an address, a file's id, something in quotes or after
"called", or, for the field that was just asked for, the message itself.
"""

from __future__ import annotations

import re
from typing import Any

from pipelines.assistant.words import is_only, words

FREE_TEXT = ("text", "title")  # the fields that a name in quotes can be for, the first that the tool has
_QUOTED = re.compile(r"[\"“”«]([^\"“”«»]{1,200})[\"”»]|(?<!\w)['‘]([^'‘’]{1,200}(?:['’]\w[^'‘’]{0,100})?)['’](?!\w)")
_NAMED = re.compile(
    r"\b(?:called|named|name is|name it|says?|reading|titled)\s+"
    r"([A-Z0-9][\w&'’.-]*(?:\s+(?:(?:of|the|and|in|for)\s+){0,2}[A-Z0-9&][\w&'’.-]*)*)"
)
_HEX = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")
_SIZE = re.compile(r"\b(\d{2,5})\s*(?:x|×|by)\s*(\d{2,5})\b", re.IGNORECASE)
_FILE = re.compile(r"\bfile_[0-9a-z]{3,40}\b")
_URL = re.compile(r"https?://[^\s\"'<>]+[^\s\"'<>.,;:!?)]")
_LEAD = re.compile(
    r"^(?:(?:well|ok|okay|sure|yes)\s*[,:]\s+)?(?:(?:it's|it is|its name is|call it|name it)\s+|[\w ]{0,40}?\b(?:is|are|should be|should say)\s+)"
    r"(?:called|named|titled)?\s*[:,]?\s*",
    re.IGNORECASE,
)


_QUESTION = re.compile(
    r"^(?:what|how|why|which|who|when|where)\b.*\b(?:is|are|do|does|did|can|could|will|would|should|much|many|costs?)\b"
    r"|^(?:well,? )?(?:i (?:do not|don['’]?t) know|dunno|no idea|not sure|i am not sure|keine ahnung|weiß nicht)\b",
    re.IGNORECASE,
)


def read(message: str, schema: dict[str, Any], *, asked: str | None = None) -> dict[str, Any]:
    """The fields that the message speaks of. `asked`: the field that the reply before asked for."""
    fields = schema["properties"]
    found: dict[str, Any] = {}
    unnamed = outside_names(message)
    for name, field in fields.items():
        plain = _plain(field)
        value = _value(name, plain, unnamed if plain.get("enum") else message)
        if value is not None:
            found[name] = value
    text = next((name for name in FREE_TEXT if name in fields), None)
    if "file_id" in found and text not in schema.get("required", ()):
        text = None  # the tool takes either
    if text is not None and text not in found:
        said = _said(message, may_be_whole=asked == text)
        if said:
            found[text] = said
    if asked is not None and asked in fields and asked not in found:
        field = _plain(fields[asked])
        if field.get("type") == "string" and not {"pattern", "enum"} & field.keys() and (said := _whole(message)):
            found[asked] = said
    return found


def outside_names(message: str) -> str:
    """The message without what it quotes or names: "a logo called Moon" asks for no moon."""
    return _NAMED.sub(" ", _QUOTED.sub(" ", message))


def choices(field: dict[str, Any]) -> list[str]:
    """The words that a field allows, if it allows only some."""
    plain = _plain(field)
    return list(plain.get("enum") or _plain(plain.get("items") or {}).get("enum") or ())


def _plain(field: dict[str, Any]) -> dict[str, Any]:
    """The field's own schema, without the null that it may also be."""
    options = [one for one in field.get("anyOf", ()) if one.get("type") != "null"]
    return {**field, **options[0]} if options else field


def _value(name: str, field: dict[str, Any], message: str) -> Any:
    if name == "file_id":
        found = _FILE.search(message)
        return found[0] if found else None
    if field.get("enum"):
        return next(iter(_mentioned(field["enum"], message)), None)
    if field.get("type") == "array":
        items = _plain(field.get("items") or {})
        listed = _mentioned(items["enum"], message) if items.get("enum") else _colors(items, message)
        return listed[: field.get("maxItems", 10)] or None
    if _is_color(field):
        return _named_color(name, message)
    if field.get("type") in ("integer", "number"):
        return _number(name, field, message)
    return None


def _mentioned(options: list[str], message: str) -> list[str]:
    """The options that the message names, in its order. One letter is no word of a message."""
    places = {
        option: found.start()
        for option in options
        if len(str(option)) > 1
        and (found := re.search(rf"(?<![\w-]){re.escape(str(option))}(?:ly|ish)?(?![\w-])", message, re.IGNORECASE))
    }
    return sorted(places, key=places.__getitem__)


def _is_color(field: dict[str, Any]) -> bool:
    return str(field.get("pattern", "")).startswith("^#")


def _colors(items: dict[str, Any], message: str) -> list[str]:
    if not _is_color(items):
        return []
    known = words()["colors"]
    pattern = re.compile(rf"{_HEX.pattern}|(?<![\w-])(?:{'|'.join(known)})(?![\w-])", re.IGNORECASE)
    found = [known.get(one[0].lower(), one[0]) for one in pattern.finditer(_QUOTED.sub(" ", message))]
    return list(dict.fromkeys(found))


def _named_color(name: str, message: str) -> str | None:
    """A single color counts only beside the field's name: "background #fff", "white background"."""
    spoken = name.replace("_", " ")
    color = rf"({_HEX.pattern}|{'|'.join(words()['colors'])})"
    found = re.search(
        rf"{spoken}\s+(?:color\s+)?(?:is\s+|in\s+|of\s+|:\s*)?{color}\b", message, re.IGNORECASE
    ) or re.search(rf"{color}\s+{spoken}\b", message, re.IGNORECASE)
    return words()["colors"].get(found[1].lower(), found[1]) if found else None


def _number(name: str, field: dict[str, Any], message: str) -> int | float | None:
    size = _SIZE.search(message)
    if size and name in ("width", "height"):
        return int(size[1] if name == "width" else size[2])
    spoken = name.replace("_", " ")
    number = r"(-?\d{1,5}(?:\.\d+)?)"
    adjective = {"width": "wide", "height": "(?:high|tall)"}.get(name, spoken)
    found = re.search(rf"\b{spoken}\s*(?:of|is|to|:|=)?\s*{number}", message, re.IGNORECASE) or re.search(
        rf"{number}\s*(?:px|pixels)?\s*{adjective}\b", message, re.IGNORECASE
    )
    if not found:
        return None
    return int(float(found[1])) if field["type"] == "integer" else float(found[1])


def _said(message: str, *, may_be_whole: bool) -> str | None:
    """The name or text that the message gives: quoted, an address, after "called", or all of it."""
    quoted = _QUOTED.search(message)
    if quoted:
        return (quoted[1] or quoted[2]).strip() or None
    address = _URL.search(message)
    if address:
        return address[0]
    named = _NAMED.search(message)
    if named:
        return named[1].rstrip(".!?")
    return _whole(message) if may_be_whole else None


def _whole(message: str) -> str | None:
    """The message as an answer, without "it is called" before it; None where it is another kind of answer."""
    known = words()
    answers = [*known["run"], *known["stop"], *known["skip"], *known["help"], *known["price"]]
    if message.rstrip().endswith("?") or _QUESTION.search(message.strip()) or is_only(message, answers):
        return None
    text = _LEAD.sub("", message.strip(), count=1).strip(" .!\"'“”‘’")
    return text or message.strip()
