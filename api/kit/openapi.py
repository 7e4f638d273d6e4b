"""The OpenAPI 3.1 document, from what the operations remember of themselves."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from api.kit import stream
from api.kit.download import File
from api.kit.operation import Operation
from api.kit.relay import Events
from api.kit.surface import Surface, surface_of
from api.kit.upload import FILE

METHODS = ("get", "post", "put", "patch", "delete")
REF = "#/components/schemas/{name}"
TEXT = {"type": "string"}
RAW: dict[Any, str] = {
    str: "text/plain", bytes: "text/html", File: "application/octet-stream", Events: stream.MEDIA_TYPE,
}  # fmt: skip
"""What an operation that returns no JSON declares, and the media type that it has then."""
DETAILS = {"type": "object", "additionalProperties": True}
ERROR = {"type": "object", "properties": {"code": TEXT, "message": TEXT, "details": DETAILS},
         "required": ["code", "message"]}  # fmt: skip
FLAT = {"type": "object", "properties": {"success": {"const": False}, "error": TEXT, "code": TEXT, "details": DETAILS},
        "required": ["success", "error", "code"]}  # fmt: skip
ERRORS: dict[str, dict[str, Any]] = {
    "craudioviz": {"type": "object", "properties": {"error": ERROR}, "required": ["error"]},
    "house": {"type": "object", "properties": {"error": ERROR}, "required": ["error"]},
    "vistralai": FLAT,
    "runs": FLAT,
    "insydr": {"type": "object", "properties": {"detail": TEXT, "code": TEXT, "field": TEXT},
               "required": ["detail", "code"]},
    "clisonix": {"type": "object", "properties": {"success": {"const": False}, "error": ERROR},
                 "required": ["success", "error"]},
}  # fmt: skip
LIMITS = {
    name: {"schema": {"type": "integer"}, "description": text}
    for name, text in {
        "X-RateLimit-Limit": "Requests in the window.",
        "X-RateLimit-Remaining": "Requests left in it.",
        "X-RateLimit-Reset": "Unix time at which it ends.",
    }.items()
}


def operations(routes: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, str, Operation]]:
    """(path, method, operation) of every declared responder."""
    for path, resource in routes:
        for method in METHODS:
            responder = getattr(resource, f"on_{method}", None)
            if responder is not None:
                yield path, method, responder.operation


def document(routes: Iterable[tuple[str, Any]], *, server: str) -> dict[str, Any]:
    """The whole document; `server` is the public base URL."""
    known = list(operations(routes))
    kinds = [kind for _, _, one in known for kind in (one.body, one.query, one.form, one.returns) if _is_schema(kind)]
    unique = list({_name(kind): kind for kind in kinds}.values())
    schemas, components = msgspec.json.schema_components(unique, ref_template=REF)
    by_name = {_name(kind): schema for kind, schema in zip(unique, schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for path, method, one in known:
        paths.setdefault(path, {})[method] = _operation(path, method, one, by_name, components)
    errors = {f"Error_{name}": shape for name, shape in ERRORS.items()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Millrace", "version": "1", "description": "A background job engine with a thin API."},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": {**components, **errors},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "A secret key or a session token."},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "millrace_session"},
                "publishable": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
        },
    }


def _operation(
    path: str, method: str, one: Operation, by_name: dict[str, Any], components: dict[str, Any]
) -> dict[str, Any]:
    surface = surface_of(path)
    told: dict[str, Any] = {
        "operationId": f"{method}_{re.sub(r'[^a-z0-9]+', '_', path.lower()).strip('_')}",
        "summary": one.summary,
        "tags": [surface.name],
        "parameters": [*_path_parameters(one), *_query_parameters(one, by_name, components)],
        "responses": {
            **dict.fromkeys(map(str, (one.status, *one.also)), _answer(surface, one, by_name)),
            "default": {
                "description": "An error in this contract's shape.",
                "content": {
                    "application/json": {"schema": {"$ref": REF.format(name=f"Error_{surface.name}")}},
                    **({} if surface.name != "house" or _is_schema(one.returns) else {"text/html": {"schema": TEXT}}),
                },
            },
        },
    }
    if one.description:
        told["description"] = one.description
    if one.body is not None:
        told["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": by_name[_name(one.body)]}},
        }
    if one.form is not None:
        told["requestBody"] = {
            "required": True,
            "content": {"multipart/form-data": {"schema": _form(by_name[_name(one.form)])}},
        }
    if one.auth == "publishable":
        told["security"] = [{"publishable": []}]
    elif one.auth != "public":
        told["security"] = [{"bearer": []}, {"cookie": []}]
    return told


def _answer(surface: Surface, one: Operation, by_name: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": one.summary}
    if surface.name != "house":
        answer["headers"] = LIMITS
    if one.media_types:
        answer["content"] = {media_type: {} for media_type in one.media_types}
    elif one.returns is File:
        answer["content"] = {RAW[File]: {"schema": {**TEXT, "format": "binary"}}}
    elif one.returns is Events:
        answer["content"] = {RAW[Events]: {}}  # OpenAPI 3.1 has no word for what each event is like
    elif one.returns in RAW:
        answer["content"] = {RAW[one.returns]: {"schema": TEXT}}
    elif _is_schema(one.returns):
        schema = by_name[_name(one.returns)]
        if surface.enveloped:
            schema = {
                "type": "object",
                "properties": {"success": {"const": True}, "data": schema},
                "required": ["success", "data"],
            }
        answer["content"] = {"application/json": {"schema": schema}}
    return answer


def _form(fields: dict[str, Any]) -> dict[str, Any]:
    """A form's schema: its text fields, and the file."""
    file = {"type": "object", "properties": {FILE: {"type": "string", "format": "binary"}}, "required": [FILE]}
    return {"allOf": [fields, file]}


def _path_parameters(one: Operation) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in one.path_parameters]


def _query_parameters(one: Operation, by_name: dict[str, Any], components: dict[str, Any]) -> list[dict[str, Any]]:
    if one.query is None:
        return []
    schema = by_name[_name(one.query)]
    if "$ref" in schema:
        schema = components[schema["$ref"].rsplit("/", 1)[1]]
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", []),
            "schema": {key: value for key, value in field.items() if key != "description"},
            **({"description": field["description"]} if "description" in field else {}),
        }
        for name, field in schema["properties"].items()
    ]


def _is_schema(kind: Any) -> bool:
    return kind is not None and kind is not inspect.Parameter.empty and kind not in RAW


def _name(kind: Any) -> str:
    """Two contracts may call their types the same."""
    return f"{kind.__module__}.{kind.__qualname__}" if isinstance(kind, type) else repr(kind)
