"""Uploads: multipart/form-data (RFC 7578) whose one file goes piece by piece into a blob, never whole into memory.

An operation declares `form=`, a struct of the text fields beside the file; its function takes `form` and `upload`, the
blob. That is unclaimed until the resource keeps it (store/blobs/queries.py), and deleted when the resource raises.
`media_type` is what the client says; what the file really is, its reader finds out.
"""

from __future__ import annotations

import asyncio
from typing import Any

import falcon
import msgspec
from falcon.asgi.multipart import BodyPart
from falcon.media.multipart import MultipartFormHandler, MultipartParseError

from api.kit.request import Request
from api.kit.threads import pool
from store.blobs import queries
from store.blobs.queries import PIECE_BYTES, Blob, Writer
from store.kit import structs
from store.kit.errors import InvalidInput, MissingField, PayloadTooLarge
from store.kit.settings import settings
from store.kit.validation import refusal

FILE = "file"
MAX_TEXT_BYTES = 64 * 1024
MAX_PARTS = 50
MAX_NAME = 255
UNNAMED = "upload"


async def receive(req: Request, workspace_id: str, kind: type) -> tuple[Any, Blob]:
    """The form's text as its struct, and its file. Raises InvalidInput that names the field, and PayloadTooLarge."""
    if (req.content_type or "").partition(";")[0].strip().lower() != falcon.MEDIA_MULTIPART:
        raise InvalidInput("The request needs a multipart/form-data body.", field="Content-Type")
    limit = settings().files.max_bytes
    if (req.content_length or 0) > limit + MAX_PARTS * MAX_TEXT_BYTES:
        raise PayloadTooLarge(f"The file is larger than {limit} bytes.", field=FILE, limit_bytes=limit)
    parts = _Parts()
    try:
        async with asyncio.timeout(settings().files.upload_seconds):
            await _read_parts(req, workspace_id, parts)
        return _as_struct(parts.texts, kind), _given(parts.blob)
    except BaseException as error:
        if parts.blob is not None:
            await discard(parts.blob)
        if isinstance(error, TimeoutError):
            raise falcon.HTTPError(falcon.HTTP_408) from error
        if isinstance(error, MultipartParseError):
            raise InvalidInput(f"The form cannot be read: {error.description or error.title}.") from error
        raise


async def discard(blob: Blob) -> None:
    """Delete a file that nobody kept."""
    await pool("database").run(queries.delete, blob.workspace_id, blob.id)


def _given(blob: Blob | None) -> Blob:
    if blob is None:
        raise MissingField(f"`{FILE}` is missing: the form needs a file of that name.", field=FILE)
    return blob


class _Parts:
    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.blob: Blob | None = None


async def _read_parts(req: Request, workspace_id: str, parts: _Parts) -> None:
    try:
        form = await _HANDLER.deserialize_async(req.stream, req.content_type, req.content_length)
    except falcon.HTTPInvalidHeader as error:
        raise InvalidInput(f"The form cannot be read: {error.description}", field="Content-Type") from error
    async for part in form:
        name = _head(part)
        if name in parts.texts or (name == FILE and parts.blob is not None):
            raise InvalidInput(f"`{name}` is given more than once.", field=name)
        if name != FILE:
            parts.texts[name] = await _text(part, name)
        elif part.filename is None:
            raise InvalidInput(f"`{FILE}` must be a file, with a filename.", field=FILE)
        else:
            parts.blob = await _store(part, workspace_id)


def _head(part: BodyPart) -> str:
    """The part's name, once all of its headers have been read. Raises InvalidInput."""
    try:
        name, _file, media_type = part.name or "", part.filename, part.content_type
    except UnicodeDecodeError:
        raise InvalidInput("The form cannot be read: the headers of a part are not UTF-8 text.", field=FILE) from None
    if "\0" in name or "\0" in media_type:
        raise InvalidInput("The form cannot be read: the headers of a part have a NUL character.", field=FILE)
    return name


async def _store(part: BodyPart, workspace_id: str) -> Blob:
    threads = pool("database")
    writer = await threads.run(
        Writer,
        workspace_id,
        name=_file_name(part.filename),
        media_type=part.content_type[:MAX_NAME],
        max_bytes=settings().files.max_bytes,
    )
    try:
        held = bytearray()
        while chunk := await part.stream.read(64 * 1024):
            held += chunk
            if len(held) >= PIECE_BYTES:
                await threads.run(writer.add, bytes(held))
                held.clear()
        if held:
            await threads.run(writer.add, bytes(held))
        return await threads.run(writer.finish)
    except BaseException as error:
        await threads.run(writer.abandon)
        if isinstance(error, PayloadTooLarge):
            raise PayloadTooLarge(error.message, field=FILE, **error.fields) from error
        raise


async def _text(part: BodyPart, name: str) -> str:
    raw = await part.stream.read(MAX_TEXT_BYTES + 1)
    if len(raw) > MAX_TEXT_BYTES:
        raise InvalidInput(f"`{name}` is longer than {MAX_TEXT_BYTES} bytes.", field=name)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidInput(f"`{name}` is not valid UTF-8.", field=name) from None
    if "\0" in text:
        raise InvalidInput(f"`{name}` contains a NUL character, which cannot be stored.", field=name)
    return text


def _as_struct(texts: dict[str, str], kind: type) -> Any:
    """Text fields are read as their types are: a number from digits, a list or map from JSON."""
    compound = {one.encode_name for one in msgspec.structs.fields(kind) if _is_compound(one.type)}
    values = {name: _value(text) if name in compound else text for name, text in texts.items()}
    try:
        return structs.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise refusal(error, whole="the form") from error


def _value(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _is_compound(kind: Any) -> bool:
    info = msgspec.inspect.type_info(kind)
    kinds = info.types if isinstance(info, msgspec.inspect.UnionType) else (info,)
    return any(
        isinstance(one, msgspec.inspect.ListType | msgspec.inspect.DictType | msgspec.inspect.StructType)
        for one in kinds
    )


def _file_name(given: str | None) -> str:
    """The last part of the name, without what no file name may hold."""
    name = "".join(c for c in (given or "") if c.isprintable()).replace("\\", "/").rpartition("/")[2].strip()
    return name[-MAX_NAME:] or UNNAMED


_HANDLER = MultipartFormHandler()
_HANDLER.parse_options.max_body_part_count = MAX_PARTS
