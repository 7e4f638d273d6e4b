"""The data of each event as its contract documents it: one struct an event, from which schema and example are made.

Payloads are what these structs say and nothing else: a line of the log may carry more.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct


class JobCompleted(Struct):
    """CR AudioViz: a job is done."""

    job_id: str
    project_id: str | None
    result_url: str


class CreditsLow(Struct):
    """CR AudioViz: the balance fell below the threshold."""

    current_balance: int
    threshold: int


class Project(Struct):
    """Clisonix: a project was made, changed or deleted."""

    project_id: str
    name: str


class Person(Struct):
    """Clisonix: a member joined or changed."""

    user_id: str
    email: str


class Quota(Struct):
    """Clisonix: a quota is used up: `requests` of a day, or something that a plan includes in a month."""

    quota: str
    limit: int
    used: int


class Alert(Struct, rename="camel"):
    """Run tracking: an alert's threshold was passed."""

    alert_id: str
    type: str
    threshold: float
    actual: float


class Recovery(Struct, rename="camel"):
    """Run tracking: an alert's value is back at its threshold or below; null: there are no runs to say."""

    alert_id: str
    type: str
    threshold: float
    actual: float | None


class Limit(Struct, rename="camel"):
    """Run tracking: the plan's usage limit is reached."""

    limit: int
    used: int
    plan: str


class Export(Struct, rename="camel"):
    """Run tracking: an export is ready."""

    export_id: str
    format: str
    url: str


class DocumentCompleted(Struct):
    """Insydr: a document can be searched."""

    document_id: str
    collection_id: str
    title: str
    source_type: str
    language: str | None
    version: int
    chunk_count: int
    token_count: int


class DocumentFailed(Struct):
    """Insydr: a document could not be processed. `page` is null where a kind of file has none."""

    document_id: str
    collection_id: str
    title: str
    code: str
    message: str
    stage: str | None
    page: int | None
    retryable: bool


class Conversation(Struct):
    """Insydr: a visitor began to talk with an agent."""

    conversation_id: str
    agent_id: str
    session_id: str


class Lead(Struct):
    """Insydr: a visitor left an address."""

    conversation_id: str
    agent_id: str
    email: str
    message: str | None


class MessageReceived(Struct):
    """Insydr: a visitor asked an agent something."""

    message_id: str
    conversation_id: str
    agent_id: str
    session_id: str
    message: str


class FeedbackReceived(Struct):
    """Insydr: a visitor judged an answer; `feedback_type` is THUMBS_UP or THUMBS_DOWN."""

    message_id: str
    conversation_id: str
    agent_id: str
    feedback_type: str
    comment: str | None


class EscalationRequested(Struct):
    """Insydr: a visitor asks for a person."""

    escalation_id: str
    conversation_id: str
    agent_id: str
    session_id: str
    email: str | None
    message: str | None


class Analysis(Struct, rename="camel"):
    """VistralAI: an onboarding analysis is done and its reviews are open."""

    job_id: str
    brand_id: str
    website_url: str


class ReviewPending(Struct, rename="camel"):
    """VistralAI: a review waits for a person."""

    review_id: str
    brand_id: str
    data_type: str


class BrandUpdated(Struct, rename="camel"):
    """VistralAI: a brand's profile changed."""

    brand_id: str
    data_type: str


class ScoreChanged(Struct, rename="camel"):
    """VistralAI: a brand's visibility score moved by more than chance explains."""

    brand_id: str
    score: float
    previous_score: float


class ScanCompleted(Struct, rename="camel"):
    """VistralAI: a perception scan is done. A metric without data is null; `sandbox`: it has answers of the sandbox."""

    scan_id: str
    brand_id: str
    quadrant: str
    metrics: dict[str, float | None]
    sandbox: bool


class JobFailed(Struct):
    """A job failed; `code` and `message` say why."""

    job_id: str
    project_id: str | None
    code: str
    message: str


class JobState(Struct):
    """A job was accepted, begun, cancelled or put back to run again."""

    job_id: str
    pipeline: str


class EndpointDisabled(Struct):
    """A webhook endpoint of the workspace was disabled."""

    webhook_id: str
    reason: Annotated[str, Meta(examples=["gone", "failing"])]


class Ping(Struct):
    """Asked for by the customer, to see whether deliveries arrive."""

    webhook_id: str
