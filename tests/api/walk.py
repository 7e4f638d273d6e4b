"""Every operation of the API with a call that its types accept, for tests that are generated over all routes.

A new path parameter must be told here: how to make a real one (OWNED), or that it belongs to nobody (SHARED).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec
from msgspec import inspect as types

from api.app import ROUTES
from api.kit import openapi
from api.kit.operation import Operation
from api.kit.surface import surface_of
from pipelines.engine.submit import Submission, submit
from pipelines.webhooks import management
from store.accounts import keys
from store.agents import conversations, questions
from store.agents import queries as agents
from store.agents.conversations import Place
from store.agents.questions import Asked
from store.blobs import queries as blobs
from store.brands import entries, reviews, sections
from store.brands import queries as brands
from store.brands.entries import ID_KINDS
from store.brands.reviews import Proposal
from store.chats import queries as chats
from store.kit.clock import utc_now
from store.kit.db import transaction
from store.kit.ids import new_id
from store.projects import files, items
from store.projects import queries as projects
from tests.api.runs import owned as of_runs
from tests.api.vistralai import owned as of_scans
from tests.api.vistralai.owned import LABEL, PERSON
from tests.kit import knowledge

AFAR = {"X-Forwarded-For": "203.0.113.9"}  # not from the operator's machine
EVENTS = {"craudioviz": "job.completed", "insydr": "job.failed", "runs": "alert.triggered"}
NOBODY_LISTENS = "http://127.0.0.1:9/hook"
VALUES: dict[str, Any] = {
    "email": "walker@example.com",
    "password": "correct horse battery",
    "url": NOBODY_LISTENS,
    "websiteUrl": "https://acme.example",
    "pipeline": "diagnostics.echo",
    "jobs": [{"pipeline": "diagnostics.echo"}],
    "timezone": "UTC",
    "inputs": {"text": "Walked"},
    "cron": "0 6 * * *",
}
"""Fields whose meaning their type does not tell."""


def _job(workspace_id: str, _surface: str, _made: dict[str, str]) -> str:
    later = utc_now() + timedelta(days=30)
    return submit(Submission(workspace_id=workspace_id, pipeline="diagnostics.echo", input={}, run_at=later)).id


def _webhook(workspace_id: str, surface: str, _made: dict[str, str]) -> str:
    made = management.create(
        workspace_id, surface, url=NOBODY_LISTENS, events=[EVENTS[surface]], events_field="events", name=None,
        headers=None, secret=None,
    )  # fmt: skip
    return made.endpoint.id


def _delivery(workspace_id: str, surface: str, made: dict[str, str]) -> str:
    return management.ping(workspace_id, surface, made["webhook_id"])


def _project(workspace_id: str, _surface: str, _made: dict[str, str]) -> str:
    made = projects.create(workspace_id, name="Walked", description=None, tags=[], settings_={}, sandbox=False)
    return str(made.id)


def _item(workspace_id: str, _surface: str, _made: dict[str, str]) -> str:
    picture = items.NewFile(format="png", name="a.png", media_type="image/png", data=b"x")
    return items.add(workspace_id, project_id=None, job_id=new_id("job"), kind="logo", name="Walked", files=[picture])


def _file(workspace_id: str, _surface: str, _made: dict[str, str]) -> str:
    blob = blobs.write(workspace_id, [b"x"], name="a.txt", media_type="text/plain", max_bytes=10)
    return str(files.add(blob, project_id=None, media_type="text/plain", plan="free", sandbox=False).id)


def _agent(workspace_id: str, _surface: str, _made: dict[str, str]) -> str:
    return agents.create(workspace_id, {"name": "Walked", "agent_type": "SUPPORT"}).id


def _document(workspace_id: str, _surface: str, _made: dict[str, str]) -> str:
    collection_id = knowledge.collection(workspace_id)
    return knowledge.indexed(workspace_id, collection_id, ["We open at nine."], [knowledge.vector()])


def _question(workspace_id: str, _surface: str, _made: dict[str, str]) -> str:
    with transaction():
        asked = Asked(new_id("message"), "Do you ship to Mars?", [1.0, *[0.0] * 383], 0.1, is_answered=False)
        questions.assign(workspace_id, asked)
    return questions.unanswered(workspace_id, status=None, limit=1, offset=0)[0][0].id


def _conversation(workspace_id: str, surface: str, made: dict[str, str]) -> str:
    agent_id = _agent(workspace_id, surface, made)
    place = Place(workspace_id=workspace_id, agent_id=agent_id, key_id="key_1", visitor="v", session="walked")
    with transaction():
        return conversations.enter(place).id


OWNED: dict[str, Callable[[str, str, dict[str, str]], str]] = {
    "workspace_id": lambda workspace_id, _surface, _made: workspace_id,
    "job_id": _job,
    "key_id": lambda workspace_id, _surface, _made: keys.create(workspace_id, name="walked").row.id,
    "webhook_id": _webhook,
    "delivery_id": _delivery,
    **of_runs.OWNED,
    "chat_id": lambda workspace_id, _surface, _made: chats.ensure(workspace_id, "assistant", "walker").id,
    "agent_id": _agent,
    "conversation_id": _conversation,
    "collection_id": lambda workspace_id, _surface, _made: knowledge.collection(workspace_id),
    "document_id": _document,
    "question_id": _question,
    "project_id": _project,
    "item_id": _item,
    "file_id": _file,
}
SHARED = {"tool_id": "qr_code", "lane": "web", "asset": "docs.js"}


def _analysis(workspace_id: str, _surface: str, _made: dict[str, str]) -> str:
    wanted = {"brandId": LABEL, "websiteUrl": "https://acme.example"}
    later = utc_now() + timedelta(days=30)
    return submit(Submission(workspace_id=workspace_id, pipeline="onboarding", input=wanted, run_at=later)).id


def _review(workspace_id: str, _surface: str, _made: dict[str, str]) -> str:
    proposal = Proposal(
        field="mission", value="Carry water", confidence=0.5, evidence=[], alternatives=[], status="pending",
        final_value=None,
    )  # fmt: skip
    brand = brands.ensure(workspace_id, LABEL)
    made = reviews.open_review(workspace_id, brand.id, job_id=new_id("job"), data_type="identity", proposals=[proposal])
    assert made
    return made


def _entry(kind: str) -> Callable[[str, str, dict[str, str]], str]:
    def make(workspace_id: str, _surface: str, _made: dict[str, str]) -> str:
        brand = brands.ensure(workspace_id, LABEL)
        return str(entries.add(brand, kind, {"name": new_id("job")}, source=PERSON).id)

    return make


def _brand(workspace_id: str, _surface: str, _made: dict[str, str]) -> str:
    brand = brands.ensure(workspace_id, LABEL)
    sections.edit(brand, "identity", {"name": "Acme"}, source=PERSON)
    sections.edit(brand, "market-position", {"market_segment": "Water"}, source=PERSON)
    sections.edit(brand, "positioning", {"primary_benefit": "Water"}, source=PERSON)
    return str(brand.label)


def _listed(workspace_id: str, path: str, made: dict[str, str]) -> str:
    return _entry(path.rsplit("/", 1)[-1])(workspace_id, path, made)


def _import(workspace_id: str, _surface: str, _made: dict[str, str]) -> str:
    wanted = {"organizationId": LABEL, "websiteUrl": "https://acme.example"}
    later = utc_now() + timedelta(days=30)
    return submit(Submission(workspace_id=workspace_id, pipeline="magic_import", input=wanted, run_at=later)).id


OWNED |= {"import_id": _import} | of_scans.OWNED
OWNED |= {f"{ID_KINDS[kind]}_id": _entry(kind) for kind in ("competitors", "products", "personas")}
OWNED_FIELDS = {"jobId": _analysis, "reviewId": _review, "id": _listed, "brandId": _brand, "brand360Id": _brand,
                "project_id": _project, "insightId": of_scans.insight_of_profile,
                "collection_id": OWNED["collection_id"], "document_id": _document, "agent_id": _agent}  # fmt: skip
"""Ids that travel in a query or a body. A brand's label is the client's own word, so writing to it makes a brand."""
LABELS = ("brandId", "brand360Id")


@dataclass(frozen=True)
class Call:
    """One operation; `ids` of a workspace make its path."""

    method: str
    path: str
    operation: Operation
    surface: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "surface", surface_of(self.path).name)

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    @property
    def owned_fields(self) -> set[str]:
        """Fields of query and body that name what somebody owns."""
        one = self.operation
        known = field_names(one.query) | field_names(one.body) | field_names(one.form)
        return {name for name in OWNED_FIELDS if name in known and (name not in LABELS or self.method == "get")}

    def owned_values(self, workspace_id: str) -> dict[str, str]:
        """Real values of `owned_fields`, of things that this workspace owns."""
        return {
            name: OWNED_FIELDS[name](workspace_id, self.path if name == "id" else self.surface, {})
            for name in self.owned_fields
        }

    @property
    def owned(self) -> list[str]:
        return [name for name in self.parameters if name not in SHARED]

    def ids(self, workspace_id: str) -> dict[str, str]:
        """Real ids of things that this workspace owns."""
        made: dict[str, str] = {}
        for name in self.owned:
            assert name in OWNED, f"{self}: say in tests/api/walk.py how to make a {name}"
            made[name] = OWNED[name](workspace_id, self.surface, made)
        return made

    def send(self, client: Any, ids: dict[str, str], *, values: dict[str, Any] | None = None, **headers: str) -> Any:
        """The answer to a call that the operation's types accept; `values` overrides fields of query and body."""
        told = {**VALUES, **_events(self.surface), **(values or {})}
        options: dict[str, Any] = {"headers": {**AFAR, **headers}}
        if self.operation.body is not None:
            options["json"] = minimal(self.operation.body, told)
        if self.operation.form is not None:
            options["data"] = minimal(self.operation.form, told)
            options["files"] = {"file": ("walked.txt", b"walked", "text/plain")}
        if self.operation.query is not None:
            options["params"] = minimal(self.operation.query, told)
        return client.request(self.method.upper(), self.path.format(**SHARED, **ids), **options)


def calls() -> list[Call]:
    """Every declared operation."""
    return [Call(method, path, operation) for path, method, operation in openapi.operations(ROUTES)]


def chosen(wanted: Callable[[Call], Any]) -> dict[str, Any]:
    """Keyword arguments for pytest's parametrize."""
    found = [call for call in calls() if wanted(call)]
    return {"argnames": "call", "argvalues": found, "ids": [str(call) for call in found]}


def minimal(kind: Any, told: dict[str, Any]) -> Any:
    """The smallest JSON value that a type accepts, with the fields in `told` as they say."""
    return _value(types.type_info(kind), told)


def _value(info: Any, told: dict[str, Any]) -> Any:
    match info:
        case types.StructType():
            return dict(_fields(info, told))
        case types.Metadata():
            return _value(info.type, told)
        case types.UnionType():
            return _value(next(one for one in info.types if not isinstance(one, types.NoneType)), told)
        case types.StrType():
            return "x" * max(info.min_length or 0, 1)
        case types.IntType() | types.FloatType():
            return info.ge if info.ge is not None else 1
        case types.BoolType():
            return True
        case types.ListType():
            return [_value(info.item_type, told)] * (info.min_length or 0)
        case types.DateTimeType():
            return "2026-01-01T00:00:00Z"
        case types.LiteralType():
            return info.values[0]
    return {}


def _fields(info: types.StructType, told: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for one in info.fields:
        if one.encode_name in told and (one.required or one.encode_name in OWNED_FIELDS):
            yield one.encode_name, told[one.encode_name]
        elif one.required:
            yield one.encode_name, _value(one.type, told)


def _events(surface: str) -> dict[str, Any]:
    wanted = [EVENTS[surface]] if surface in EVENTS else []
    return {"events": wanted, "event_types": wanted}


def field_names(kind: Any) -> set[str]:
    """The names of a struct's fields on the wire."""
    if kind is None or not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return set()
    return {one.encode_name for one in msgspec.structs.fields(kind)}
