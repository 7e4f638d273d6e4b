"""Reads a request's body within bounds and decodes it, refusing what the store could not keep.

Too large: refused by Content-Length and by counting, after draining a bounded rest, because a client that is
still sending would otherwise see a reset connection and never the 413.
"""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

import falcon
import msgspec
from falcon.asgi import Request

from store.kit import structs
from store.kit.errors import InvalidInput, PayloadTooLarge
from store.kit.settings import settings
from store.kit.validation import depth, find_nul, refusal, value_at

T = TypeVar("T")
MAX_DEPTH = 64
MAX_SHOWN = 200  # characters of a refused value
CHUNK_BYTES = 64 * 1024
DRAIN_BYTES = 8 * 1024 * 1024
DRAIN_SECONDS = 5.0


async def read(req: Request, *, limit: int | None = None) -> bytes:
    """The whole body, up to `limit` bytes (`server.max_body_bytes` unless told).

    Raises PayloadTooLarge, and HTTPError 408 when it does not arrive in time.
    """
    try:
        async with asyncio.timeout(settings().server.body_seconds):
            return await _read(req, limit or settings().server.max_body_bytes)
    except TimeoutError as error:
        raise falcon.HTTPError(falcon.HTTP_408) from error


async def _read(req: Request, limit: int) -> bytes:
    announced = req.content_length
    if announced is not None and announced > limit:
        await _drain(req, announced)
        raise _too_large(limit)
    if announced is not None:
        return await req.stream.read()
    chunks, size = [], 0
    while chunk := await req.stream.read(CHUNK_BYTES):
        size += len(chunk)
        if size > limit:
            await _drain(req, size)
            raise _too_large(limit)
        chunks.append(chunk)
    return b"".join(chunks)


def decode(raw: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """The body as the decoder's type. Raises InvalidInput that names the field."""
    try:
        _check_depth(raw)
        value = _decoded(raw, decoder)
        if b"\\u0000" in raw and (path := find_nul(_plain.decode(raw))) is not None:
            raise InvalidInput(f"`{path}` contains a NUL character, which cannot be stored.", field=path)
    except RecursionError:
        raise _too_deep() from None
    return value


def items(raw: bytes) -> list[bytes]:
    """The items of a body that is a JSON list, as text, each to be decoded by itself. Raises InvalidInput."""
    try:
        return [bytes(one) for one in _decoded(raw, _raws)]
    except RecursionError:
        raise _too_deep() from None


def _decoded(raw: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    if not raw:
        raise InvalidInput("The request needs a JSON body.")
    try:
        if not raw.isascii():
            raw.decode("utf-8")  # msgspec checks only the strings that it decodes, not those inside a Raw
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise _refusal(error, raw) from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"The body is not valid UTF-8 (at byte {error.start}).") from error
    except msgspec.DecodeError as error:
        raise InvalidInput(f"The body is not valid JSON: {_reason(error)}.") from error


def _refusal(error: msgspec.ValidationError, raw: bytes) -> InvalidInput:
    """Where a form was asked for, the answer shows what was given beside it."""
    refused = refusal(error, whole="the body")
    if "expectedFormat" in refused.fields:
        given = value_at(_plain.decode(raw), refused.fields.get("field") or "")
        refused.fields["value"] = given[:MAX_SHOWN] if isinstance(given, str) else given
    return refused


def _check_depth(raw: bytes) -> None:
    """Raises InvalidInput; what is no JSON is told by whoever decodes it."""
    if raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH:
        return
    try:
        nested = depth(_plain.decode(raw))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return
    if nested > MAX_DEPTH:
        raise _too_deep()


_plain: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
_raws = structs.decoder(list[msgspec.Raw])


def _too_large(limit: int) -> PayloadTooLarge:
    return PayloadTooLarge(f"The body is larger than {limit} bytes.", limit_bytes=limit)


def _too_deep() -> InvalidInput:
    return InvalidInput(f"The body is nested deeper than {MAX_DEPTH} levels.")


def _reason(error: msgspec.DecodeError) -> str:
    text = str(error).removeprefix("JSON is malformed: ")
    return "it ends too early" if "truncated" in text else text


async def _drain(req: Request, announced: int) -> None:
    if announced > DRAIN_BYTES:
        return
    seen = 0
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            while chunk := await req.stream.read(CHUNK_BYTES):
                seen += len(chunk)
                if seen > DRAIN_BYTES:
                    return
    except TimeoutError:
        return  # a client this slow is not worth waiting for; it gets the answer and a closed connection
