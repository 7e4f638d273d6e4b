"""Using a tool: inputs are checked by its schema, what they name by whose it is; then its job is accepted and charged."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import msgspec

from pipelines.engine import estimate
from pipelines.engine.submit import Submission, submit
from pipelines.tools import catalog
from pipelines.tools.pipeline import name_of
from pipelines.tools.tool import Tool
from store.jobs.records import Accepted
from store.kit import structs
from store.kit.errors import InvalidInput, NotFound
from store.kit.validation import refusal
from store.projects import files, queries

_FAULT = re.compile(r"(?P<field>\w+): (?P<fault>.+?)(?: - at `.*`)?$")


def execute(
    workspace_id: str,
    tool_id: str,
    inputs: Any,
    *,
    project_id: str | None,
    surface: str,
    sandbox: bool,
    created_by: str | None = None,
    idempotency_key: str | None = None,
) -> Accepted:
    """Submit a tool's job. Raises InvalidInput that names the field, NotFound, PaymentRequired."""
    tool = catalog.get(tool_id)
    checked = check(tool, inputs)
    queries.check(workspace_id, project_id)
    for field in tool.files:
        file_id = getattr(checked, field)
        if file_id is not None:
            _check_file(workspace_id, file_id, field)
    order = {"tool": tool.id, "inputs": msgspec.to_builtins(checked), "project_id": project_id}
    return submit(
        Submission(
            workspace_id=workspace_id,
            pipeline=name_of(tool),
            input=order,
            surface=surface,
            created_by=created_by,
            idempotency_key=idempotency_key,
            sandbox=sandbox,
        )
    )


def check(tool: Tool, inputs: Any) -> Any:
    """The inputs as the tool's struct. Raises InvalidInput that names the field, as `inputs.text`."""
    try:
        return structs.convert(inputs, tool.inputs)
    except msgspec.ValidationError as error:
        raise _named(error) or refusal(error, whole="inputs", within="inputs") from error


def _named(error: msgspec.ValidationError) -> InvalidInput | None:
    """What a tool says of fields that do not go together, as `field: what is wrong`."""
    found = _FAULT.match(str(error))
    if found is None or found["field"] not in _fields():
        return None
    field = f"inputs.{found['field']}"
    return InvalidInput(f"`{field}`: {found['fault']}.", field=field)


@lru_cache(maxsize=1)
def _fields() -> frozenset[str]:
    return frozenset(field for tool in catalog.tools().values() for field in tool.inputs.__struct_fields__)


def seconds(tool: Tool) -> int:
    """How long a job of the tool is thought to take: as lately, else the tool's own guess."""
    return estimate.whole(name_of(tool)) or tool.seconds


def _check_file(workspace_id: str, file_id: str, field: str) -> None:
    try:
        files.get(workspace_id, file_id)
    except NotFound as error:
        raise NotFound(error.message, code="file_not_found", field=f"inputs.{field}", id=file_id) from None
