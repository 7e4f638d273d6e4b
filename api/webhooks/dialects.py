"""How each surface spells webhooks: paths, field names, roles."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from msgspec import Struct

from api.kit.admission import Role
from api.webhooks import types


class Dialect(Struct, frozen=True, kw_only=True):
    """One surface's spelling. `writers` is the least role that may change something."""

    surface: str
    path: str
    events_field: str
    create: type[Any]
    patch: type[Any]
    view: type[Any]
    is_camel: bool = False
    writers: Role = "MEMBER"

    @property
    def names_workspace(self) -> bool:
        """Whether the path says in which workspace."""
        return "{workspace_id}" in self.path

    def spelled(self, kind: type[Any]) -> type[Any]:
        """A snake_case type in this surface's field case."""
        return camel(kind) if self.is_camel else kind  # type: ignore[arg-type]


@cache
def camel(kind: type[Any]) -> type[Any]:
    """The same struct with camelCase on the wire; structs inside it are respelled too."""
    fields: list[Any] = []
    for field in msgspec.structs.fields(kind):
        wire = _camel_inside(field.type)
        if field.default is not msgspec.NODEFAULT:
            fields.append((field.name, wire, field.default))
        else:
            fields.append((field.name, wire))
    made = msgspec.defstruct(f"Runs{kind.__name__}", fields, rename="camel", kw_only=True, module=__name__)
    made.__doc__ = kind.__doc__
    return made


def _camel_inside(kind: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, Struct):
        return camel(kind)
    if getattr(kind, "__origin__", None) is list and issubclass(kind.__args__[0], Struct):
        return list[camel(kind.__args__[0])]  # type: ignore[misc]
    return kind


CRAUDIOVIZ = Dialect(
    surface="craudioviz",
    path="/v1/webhooks",
    events_field="events",
    create=types.CreateWebhook,
    patch=types.PatchWebhook,
    view=types.WebhookView,
)
INSYDR = Dialect(
    surface="insydr",
    path="/api/v1/workspaces/{workspace_id}/webhooks",
    events_field="event_types",
    create=types.CreateInsydrWebhook,
    patch=types.PatchInsydrWebhook,
    view=types.InsydrWebhookView,
)
RUNS = Dialect(
    surface="runs",
    path="/api/webhooks",
    events_field="events",
    create=camel(types.CreateWebhook),
    patch=camel(types.PatchWebhook),
    view=camel(types.WebhookView),
    is_camel=True,
    writers="ADMIN",  # run tracking's members only look
)
