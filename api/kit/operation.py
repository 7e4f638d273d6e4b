"""@operation: what stands between Falcon and a resource's plain function.

It admits the caller, decodes query and body into structs, runs the function (a plain one on the database
threads, an async one in place), encodes what comes back and remembers itself for OpenAPI.

The function takes what it names: `caller`, `body`, `query`, `request`, `form` and `upload` (api/kit/upload.py), and the
path's parameters.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Literal
from urllib.parse import parse_qsl

import falcon
import msgspec
from falcon.asgi import Response

from api.kit import body as bodies
from api.kit import upload as uploads
from api.kit.admission import Auth, Role, admit
from api.kit.answer import Answer
from api.kit.request import Request
from api.kit.surface import encoder
from api.kit.threads import PoolName, pool
from store.kit import structs
from store.kit.errors import InvalidInput
from store.kit.validation import refusal

GIVEN = ("self", "caller", "body", "query", "request", "form", "upload")
Load = Literal["normal", "heavy", "link"]
_INDEX = re.compile(r"\[\d{0,4}\]$")  # how PHP and many a JavaScript library repeat a parameter: tags[]=a, tags[0]=a
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")


class Operation(msgspec.Struct, kw_only=True):
    """What one responder promises; OpenAPI and the generated tests read it."""

    summary: str
    body: Any
    query: Any
    form: Any
    returns: Any
    status: int
    also: tuple[int, ...]
    auth: Auth
    role: Role
    load: Load
    description: str
    media_types: tuple[str, ...]
    path_parameters: tuple[str, ...]


def operation(
    summary: str,
    *,
    body: Any = None,
    query: Any = None,
    form: Any = None,
    returns: Any = None,
    status: int = 200,
    also: tuple[int, ...] = (),
    auth: Auth = "required",
    role: Role = "MEMBER",
    load: Load = "normal",
    threads: PoolName = "database",
    reads: Callable[[Request], Awaitable[Any]] | None = None,
    media_types: tuple[str, ...] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Awaitable[None]]]:
    """Declare a responder. `also`: other statuses with the same answer. `load="heavy"` counts against the surface's limit for heavy work as well;
    `"link"`: who comes without credentials counts against its limit for links instead of the free plan's.

    A `workspace_id` in the path is where the caller acts: another's is 404. `role`: the least to be there.
    `reads`, where it is given, reads the body, and `body` only says what may be in it. `media_types`: of an answer that may
    have one of several.
    """

    def declare(function: Callable[..., Any]) -> Callable[..., Awaitable[None]]:
        names = tuple(inspect.signature(function).parameters)
        known = Operation(
            summary=summary,
            body=body,
            query=query,
            form=form,
            returns=returns,
            status=status,
            also=also,
            auth=auth,
            role=role,
            load=load,
            description=inspect.getdoc(function) or "",
            media_types=media_types,
            path_parameters=tuple(name for name in names if name not in GIVEN),
        )
        if form is not None and auth != "required":
            raise ValueError(f"{summary}: a file needs a workspace that it belongs to")
        is_async = inspect.iscoroutinefunction(function)
        decoder = None if body is None or reads is not None else structs.decoder(body)
        lists, moments = _fields(query) if query is not None else (frozenset(), frozenset())
        wants_caller, wants_request = "caller" in names, "request" in names

        @wraps(function)
        async def responder(self: Any, req: Request, resp: Response, **arguments: Any) -> None:
            req.place = arguments.get("workspace_id")
            caller = await admit(req, auth, load, role=role)
            if wants_caller:
                arguments["caller"] = caller
            if wants_request:
                arguments["request"] = req
            if query is not None:
                arguments["query"] = _query(req, query, lists, moments)
            if reads is not None:
                arguments["body"] = await reads(req)
            elif decoder is not None:
                arguments["body"] = bodies.decode(await bodies.read(req), decoder)
            if form is not None and caller is not None:
                arguments["form"], arguments["upload"] = await uploads.receive(req, caller.workspace_id, form)
            try:
                if is_async:
                    result = await function(self, **arguments)
                else:
                    result = await pool(threads).run(function, self, **arguments)
            except BaseException:
                if "upload" in arguments:
                    await uploads.discard(arguments["upload"])
                raise
            _respond(req, resp, result, status)

        responder.operation = known  # type: ignore[attr-defined]
        return responder

    return declare


def _query(req: Request, kind: type, lists: frozenset[str], moments: frozenset[str]) -> Any:
    """The query string as a struct; a list where the struct wants one. Raises InvalidInput."""
    try:
        pairs = parse_qsl(req.query_string, keep_blank_values=True, errors="strict", max_num_fields=100)
    except UnicodeDecodeError:
        raise InvalidInput("The query string is not valid UTF-8.") from None
    except ValueError:
        raise InvalidInput("The query string has too many parameters.") from None
    found: dict[str, Any] = {}
    for name, value in pairs:
        if "\0" in name or "\0" in value:
            shown = name.replace("\0", "\\u0000")
            raise InvalidInput(f"`{shown}` contains a NUL character, which cannot be stored.", field=shown)
        if name in moments and not _MOMENT.match(value):  # msgspec would take a number for Unix time
            raise InvalidInput(
                f"`{name}` must be a date and time with its zone, like 2026-02-03T12:00:00Z.", field=name
            )
        whole = _INDEX.sub("", name)
        if whole in lists:
            found.setdefault(whole, []).append(value)
        else:
            found[name] = value
    try:
        return structs.convert(found, kind, strict=False)
    except msgspec.ValidationError as error:
        raise refusal(error, whole="the query") from error


def _fields(kind: type) -> tuple[frozenset[str], frozenset[str]]:
    """The parameters that may be repeated, and those that are moments; asked once, because msgspec takes a while."""
    fields = msgspec.inspect.type_info(kind).fields  # type: ignore[attr-defined]

    def of(wanted: type) -> frozenset[str]:
        return frozenset(
            one.encode_name for one in fields if any(isinstance(each, wanted) for each in _kinds(one.type))
        )

    return of(msgspec.inspect.ListType), of(msgspec.inspect.DateTimeType)


def _kinds(info: Any) -> tuple[Any, ...]:
    return info.types if isinstance(info, msgspec.inspect.UnionType) else (info,)


def _respond(req: Request, resp: Response, result: Any, status: int) -> None:
    answer = result if isinstance(result, Answer) else None
    if answer is not None:
        status = answer.status or status
        _put_headers(resp, answer)
        if answer.etag is not None and _matches(req.header(b"if-none-match"), answer.etag):
            resp.status_code = 304
            resp.delete_header("Content-Length")
            return
        if answer.stream is not None:
            resp.status_code, resp.stream = status, answer.stream
            return
        if answer.content_type is not None:
            resp.status_code, resp.data = status, answer.body
            return
        result = answer.body
    resp.status_code = status
    if status != 204:
        resp.content_type = falcon.MEDIA_JSON
        meta = None if answer is None or answer.meta is None else encoder.encode(answer.meta)
        resp.data = req.surface.success(encoder.encode(result), meta)


def _put_headers(resp: Response, answer: Answer) -> None:
    if answer.location is not None:
        resp.set_header("Location", answer.location)
    if answer.retry_after is not None:
        resp.set_header("Retry-After", str(answer.retry_after))
    if answer.etag is not None:
        resp.set_header("ETag", answer.etag)
        resp.set_header("Cache-Control", "private, no-cache")
    if answer.content_type is not None:
        resp.content_type = answer.content_type
    for name, value in answer.headers.items():
        resp.set_header(name, value)
    for cookie in answer.cookies:
        resp.append_header("Set-Cookie", cookie)


def _matches(given: str | None, etag: str) -> bool:
    """RFC 9110 section 13.1.2: weak comparison with any of the listed tags."""
    if given is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in given.split(",")]
    return "*" in tags or etag.removeprefix("W/") in tags
