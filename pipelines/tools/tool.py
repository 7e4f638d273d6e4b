"""What a tool is: plain data and one function, which runs in a sandboxed child (pipelines/clients/sandboxed.py).

A tool's file may be imported anywhere: what its `run` needs is imported inside of it, and named in `needs`, so that the
warm process behind the children loads it once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from store.kit import structs

FileId = Annotated[str, Meta(min_length=1, max_length=60, description="An upload's file_id.", examples=["file_999"])]
MEGABYTE = 1024 * 1024


class Source(Struct, frozen=True):
    """An uploaded file, whole."""

    name: str
    data: bytes


class MadeFile(Struct, frozen=True, kw_only=True):
    """One file of what a tool made. `layout` and `width` where there are several of a format."""

    format: str
    media_type: str
    data: bytes
    layout: str | None = None
    width: int | None = None
    name: str | None = None


class Made(Struct, frozen=True, kw_only=True):
    """What a tool made: files, the best first, and facts that stand in the job's result beside them."""

    files: list[MadeFile]
    facts: dict[str, Any] = {}


class Tool(Struct, frozen=True, kw_only=True):
    """`inputs` is the struct that inputs are checked against, and the schema that is told. `seconds` is a guess.

    `makes` is the type of the items it makes; `files` are the inputs that name uploads, each at most `max_bytes`.
    """

    id: str
    name: str
    category: str
    description: str
    credits: int
    seconds: int
    makes: str
    inputs: type[Struct]
    run: Callable[[Any, Mapping[str, Source]], Made]
    files: tuple[str, ...] = ()
    max_bytes: int = 50 * MEGABYTE
    needs: tuple[str, ...] = ()
    memory_bytes: int = 1024 * MEGABYTE
    limit_seconds: int = 60
    message: str = "Generating design..."

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the inputs."""
        (reference,), parts = msgspec.json.schema_components([self.inputs], ref_template="#/$defs/{name}")
        own = parts.pop(reference["$ref"].rsplit("/", 1)[1])
        own.pop("title", None)
        whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **own, "additionalProperties": False}
        return {**whole, "$defs": parts} if parts else whole

    def prepare(self) -> None:
        """In the warm process, once: load what `run` needs."""
        for module in self.needs:
            loaded = import_module(module)
            getattr(loaded, "warm_up", lambda: None)()

    def __call__(self, order: Any) -> Any:
        """In a child: from msgpack values to msgpack values."""
        inputs = structs.convert(order["inputs"], self.inputs)
        sources = {field: Source(**source) for field, source in order["sources"].items()}
        return msgspec.to_builtins(self.run(inputs, sources), builtin_types=(bytes,))
