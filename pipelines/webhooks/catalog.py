"""Every event type that an endpoint can ask for: its contract, the lines of the log it comes from, and its data.

Whoever wants an event delivered writes a line of its `source` to the log, with the fields of its struct in `data`;
nothing else is needed. `planned` types can be subscribed to and are not emitted yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

import msgspec
from msgspec import Struct

from pipelines.catalog import pipelines
from pipelines.engine import links
from pipelines.webhooks import events
from store.kit.errors import InvalidInput
from store.kit.settings import settings
from store.webhooks.records import Line

Contract = Literal["craudioviz", "clisonix", "runs", "insydr", "vistralai", "house"]
EndpointSurface = Literal["craudioviz", "insydr", "runs"]
Status = Literal["live", "planned"]

# Clisonix and VistralAI document events and no way to subscribe: their paths begin like the one they stand beside.
OFFERED: Mapping[str, tuple[Contract, ...]] = {
    "craudioviz": ("craudioviz", "clisonix", "house"),
    "insydr": ("insydr", "house"),
    "runs": ("runs", "vistralai", "house"),
}
PING = "webhook.ping"


def picked(kind: type[Struct]) -> Callable[[Line], dict[str, Any]]:
    """The documented fields of a line's data, spelled as on the wire; a field that the line lacks is null."""
    names = [field.encode_name for field in msgspec.structs.fields(kind)]
    return lambda line: {name: line.data.get(name) for name in names}


def job_completed(line: Line) -> dict[str, Any]:
    """`result_url`: what the result calls its `url`, else where the whole result can be read."""
    url = line.facts.get("url")
    pipeline = pipelines().get(str(line.data.get("pipeline")))
    if isinstance(url, str) and pipeline is not None and pipeline.links:
        url = links.signed(url)
    return {
        "job_id": line.job_id,
        "project_id": line.facts.get("project_id"),
        "result_url": url if isinstance(url, str) else f"{settings().base_url}/v1/jobs/{line.job_id}",
    }


def job_failed(line: Line) -> dict[str, Any]:
    """Why, in the engine's words."""
    error = line.data.get("error") or {}
    return {
        "job_id": line.job_id,
        "project_id": line.facts.get("project_id"),
        "code": error.get("code", "failed"),
        "message": error.get("message", "The job failed."),
    }


def document_failed(line: Line) -> dict[str, Any]:
    """Which document, and why in words for a person."""
    error = line.data.get("error") or {}
    details = error.get("details") or {}
    number = line.facts.get("stage")
    return {
        "document_id": line.facts.get("document_id"),
        "collection_id": line.facts.get("collection_id"),
        "title": line.facts.get("title"),
        "code": str(error.get("code", "failed")).upper(),
        "message": error.get("message", "The document could not be processed."),
        "stage": details.get("stage") or (None if number is None else pipelines()["documents"].stages[number].name),
        "page": details.get("page"),
        "retryable": bool(error.get("retryable")),
    }


def analysis_completed(line: Line) -> dict[str, Any]:
    """The brand and website that the job was asked to read."""
    return {
        "jobId": line.job_id,
        "brandId": line.facts.get("brandId"),
        "websiteUrl": line.facts.get("websiteUrl"),
    }


class EventType(Struct, frozen=True, kw_only=True):
    """`source` is the type of the log's lines it comes from; `pipelines` narrow it to the jobs of some."""

    name: str
    contract: Contract
    status: Status
    title: str
    data: type[Struct]
    example: Struct
    source: str
    build: Callable[[Line], dict[str, Any]]
    pipelines: tuple[str, ...] = ()

    def tells_of(self, line: Line) -> bool:
        """Whether a line of the log is one of these events."""
        return line.type == self.source and (not self.pipelines or line.data.get("pipeline") in self.pipelines)


def _event(
    name: str,
    contract: Contract,
    title: str,
    example: Struct,
    *,
    live: bool = False,
    source: str = "",
    build: Callable[[Line], dict[str, Any]] | None = None,
    pipelines: tuple[str, ...] = (),
) -> EventType:
    return EventType(
        name=name,
        contract=contract,
        status="live" if live else "planned",
        title=title,
        data=type(example),
        example=example,
        source=source or name,
        build=build or picked(type(example)),
        pipelines=pipelines,
    )


_JOB = events.JobState("job_789", "diagnostics.echo")
TYPES: tuple[EventType, ...] = (
    _event("job.completed", "craudioviz", "A job is done",
           events.JobCompleted("job_789", "proj_123", "https://cdn.example.com/results/789"),
           live=True, build=job_completed),
    _event("credits.low", "craudioviz", "The credit balance is low", events.CreditsLow(50, 100),
           live=True),
    _event("project.created", "clisonix", "A project was made", events.Project("proj123", "My Project"),
           live=True),
    _event("project.updated", "clisonix", "A project was changed", events.Project("proj123", "My Project"),
           live=True),
    _event("project.deleted", "clisonix", "A project was deleted", events.Project("proj123", "My Project"),
           live=True),
    _event("user.created", "clisonix", "A member joined", events.Person("user123", "user@example.com"), live=True),
    _event("user.updated", "clisonix", "A member's profile changed", events.Person("user123", "user@example.com"),
           live=True),
    _event("quota.exceeded", "clisonix", "A quota is used up", events.Quota("requests", 1000, 1000), live=True),
    _event("alert.triggered", "runs", "An alert's threshold was passed",
           events.Alert("alert_123", "COST_SPIKE", 100, 125.5), live=True),
    _event("alert.recovered", "runs", "An alert's value is back at its threshold or below",
           events.Recovery("alert_123", "HIGH_ERROR_RATE", 5, 2.5), live=True),
    _event("limit.reached", "runs", "The usage limit is reached", events.Limit(1000, 1000, "free"), live=True),
    _event("export.completed", "runs", "An export is ready",
           events.Export("export_123", "csv", "https://example.com/exports/123"), live=True),
    _event("DOCUMENT_COMPLETED", "insydr", "A document can be searched",
           events.DocumentCompleted("doc_xyz", "col_xyz", "User Guide.pdf", "FILE", "en", 1, 45, 12500),
           live=True, source="document.completed"),
    _event("DOCUMENT_FAILED", "insydr", "A document could not be processed",
           events.DocumentFailed("doc_xyz", "col_xyz", "User Guide.pdf", "ENCRYPTED",
                                 "The PDF is protected by a password. Remove it and upload the file again.",
                                 "parse", None, False),
           live=True, source="job.failed", build=document_failed, pipelines=("documents",)),
    _event("CONVERSATION_STARTED", "insydr", "A visitor began to talk with an agent",
           events.Conversation("conv_123", "agent_abc123", "sess_xyz"), live=True, source="conversation.started"),
    _event("LEAD_CAPTURED", "insydr", "A visitor left an address",
           events.Lead("conv_123", "agent_abc123", "user@example.com", "I need help with billing"),
           live=True, source="lead.captured"),
    _event("MESSAGE_RECEIVED", "insydr", "A visitor asked an agent something",
           events.MessageReceived("msg_123", "conv_123", "agent_abc123", "sess_xyz", "What are your pricing plans?"),
           live=True, source="message.received"),
    _event("FEEDBACK_RECEIVED", "insydr", "A visitor judged an answer",
           events.FeedbackReceived("msg_123", "conv_123", "agent_abc123", "THUMBS_UP", "Very helpful!"),
           live=True, source="feedback.received"),
    _event("ESCALATION_REQUESTED", "insydr", "A visitor asks for a person",
           events.EscalationRequested("esc_123", "conv_123", "agent_abc123", "sess_xyz", "user@example.com",
                                      "I need help with billing"),
           live=True, source="escalation.requested"),
    _event("analysis.completed", "vistralai", "An onboarding analysis is done",
           events.Analysis("job_789", "brand_123", "https://example.com/"),
           live=True, source="job.completed", build=analysis_completed, pipelines=("onboarding", "magic_import")),
    _event("review.pending", "vistralai", "A review waits for a person",
           events.ReviewPending("review_123", "brand_123", "products"), live=True),
    _event("brand_profile.updated", "vistralai", "A brand's profile changed",
           events.BrandUpdated("brand_123", "identity"), live=True),
    _event("visibility_score.changed", "vistralai", "A brand's visibility score changed",
           events.ScoreChanged("brand_123", 71.5, 38.0), live=True, source="visibility.changed"),
    _event("scan.completed", "vistralai", "A perception scan is done",
           events.ScanCompleted("scan_123", "brand_123", "dominant", {"faithfulness": 85, "shareOfVoice": 72}, False),
           live=True),
    _event("job.failed", "house", "A job failed",
           events.JobFailed("job_789", "proj_123", "fetch_failed", "The website could not be read."),
           live=True, build=job_failed),
    _event("job.created", "house", "A job was accepted", _JOB, live=True),
    _event("job.started", "house", "A job has begun", _JOB, live=True),
    _event("job.cancelled", "house", "A job was cancelled", _JOB, live=True),
    _event("job.retried", "house", "A job was put back to run again", _JOB, live=True),
    _event("webhook.disabled", "house", "An endpoint of the workspace was disabled",
           events.EndpointDisabled("wh_123", "gone"), live=True),
    _event(PING, "house", "A test that was asked for", events.Ping("wh_123"), live=True),
)  # fmt: skip


@lru_cache(maxsize=4)
def offered(surface: str) -> Mapping[str, EventType]:
    """What endpoints of a surface can ask for, by name. Nobody subscribes to a ping: it is asked for each time."""
    return {one.name: one for one in TYPES if one.contract in OFFERED[surface] and one.name != PING}


def check(surface: str, names: Sequence[str], *, field: str) -> list[str]:
    """The names without doubles. Raises InvalidInput that names the field of the first unknown one."""
    known = offered(surface)
    for place, name in enumerate(names):
        if name not in known:
            raise InvalidInput(
                f"{name!r} is not an event of this API; GET …/webhooks/events lists them.", field=f"{field}[{place}]"
            )
    return list(dict.fromkeys(names))


def sources(surface: str, names: Sequence[str]) -> list[str]:
    """The types of the log's lines that these events come from."""
    known = offered(surface)
    return sorted({known[name].source for name in names if name in known})


def body(surface: str, name: str, *, timestamp: str, data: Mapping[str, Any]) -> str:
    """The contract's `{event, timestamp, data}`; run tracking documents another order of the three."""
    parts: dict[str, Any] = {"event": name, "timestamp": timestamp, "data": data}
    if surface == "runs":
        parts = {"event": name, "data": data, "timestamp": timestamp}
    return msgspec.json.encode(parts).decode()


def schema(kind: EventType) -> dict[str, Any]:
    """JSON Schema of the whole payload."""
    (data,), parts = msgspec.json.schema_components([kind.data], ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind.title,
        "type": "object",
        "properties": {
            "event": {"const": kind.name},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": data,
        },
        "required": ["event", "timestamp", "data"],
        "$defs": parts,
    }


def example(kind: EventType, surface: str) -> dict[str, Any]:
    """A payload as it arrives."""
    told: dict[str, Any] = msgspec.json.decode(
        body(surface, kind.name, timestamp="2026-02-03T12:00:00Z", data=msgspec.to_builtins(kind.example))
    )
    return told
