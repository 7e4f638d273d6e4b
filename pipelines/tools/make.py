"""The one stage of a tool's job: reads the files it names, runs the tool in a child, keeps what it made as an item.

A run that was cut off after the item was kept makes the same again and finds the item there: one job, one item.
"""

from __future__ import annotations

from typing import Any

import msgspec

from pipelines.clients import sandboxed
from pipelines.clients.sandboxed import Limits, Refused
from pipelines.engine import links
from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome, Permanent
from pipelines.tools import catalog
from pipelines.tools.tool import Made, MadeFile, Tool
from store.blobs import queries as blobs
from store.kit import structs
from store.kit.errors import NotFound, PayloadTooLarge
from store.projects import files, items, queries
from store.projects.items import NewFile

PROGRESS_FROM_SECONDS = 2  # quicker tools are done before anybody could read how far they are


def run(ctx: Context) -> Outcome:
    """Make it. A file that cannot be read fails the job for good, and its price is given back."""
    tool = catalog.get(ctx.input["tool"])
    if tool.seconds >= PROGRESS_FROM_SECONDS:
        ctx.progress(0.1, tool.message)
    order = {"inputs": ctx.input["inputs"], "sources": _sources(ctx, tool)}
    limits = Limits(memory_bytes=tool.memory_bytes, seconds=tool.limit_seconds, threads=True)
    try:
        answer = sandboxed.run(f"pipelines.tools.{tool.id}:TOOL", order, limits=limits, check=ctx.check)
    except Refused as refused:
        raise Permanent(refused.code, refused.message) from refused
    made = structs.convert(answer, Made)
    item_id = _keep(ctx, tool, made)
    return Outcome(output=_result(item_id, made))


def _sources(ctx: Context, tool: Tool) -> dict[str, Any]:
    found = {}
    for field in tool.files:
        file_id = ctx.input["inputs"].get(field)
        if file_id is None:
            continue
        try:
            file = files.get(ctx.workspace_id, file_id)
            data = blobs.read_all(ctx.workspace_id, file.blob_id, max_bytes=tool.max_bytes)
        except NotFound as error:
            raise Permanent("file_not_found", f"The file of `{field}` is not there any more.") from error
        except PayloadTooLarge as error:
            most = tool.max_bytes // (1024 * 1024)
            raise Permanent("file_too_large", f"This tool reads files of up to {most} MB.") from error
        found[field] = {"name": file.name, "data": data}
    return found


def _keep(ctx: Context, tool: Tool, made: Made) -> str:
    project_id = ctx.input["project_id"]
    with ctx.transaction():
        number = 1
        if project_id is not None:
            try:
                queries.check(ctx.workspace_id, project_id)
            except NotFound as error:
                raise Permanent("project_not_found", "The project was deleted meanwhile.") from error
            number = items.count(ctx.workspace_id, project_id, kind=tool.makes) + 1
        title = f"{tool.makes.replace('_', ' ').capitalize()} v{number}"
        return items.add(
            ctx.workspace_id,
            project_id=project_id,
            job_id=ctx.job_id,
            kind=tool.makes,
            name=title,
            files=[_file(tool, one) for one in made.files],
        )


def _file(tool: Tool, one: MadeFile) -> NewFile:
    parts = [tool.makes, one.layout, str(one.width) if one.width else None]
    name = one.name or "-".join(part for part in parts if part) + f".{one.format}"
    return NewFile(
        format=one.format, name=name, media_type=one.media_type, data=one.data, layout=one.layout, width=one.width
    )


def _result(item_id: str, made: Made) -> dict[str, Any]:
    """What the contract documents, and the tool's own facts."""
    result = {
        **made.facts,
        "item_id": item_id,
        "url": links.item_path(item_id),
        "formats": list(dict.fromkeys(one.format for one in made.files)),
    }
    layouts = list(dict.fromkeys(one.layout for one in made.files if one.layout))
    if layouts:
        result["layouts"] = layouts
    encoded: dict[str, Any] = msgspec.to_builtins(result)
    return encoded
