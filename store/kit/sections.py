"""The sections of config.yaml as frozen structs; what each key means stands beside its value there.

`Settings` (store/kit/settings.py) puts them together and reads them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=1)]


class Server(Struct, frozen=True, forbid_unknown_fields=True):
    host: str
    port: Annotated[int, Meta(ge=0, le=65535)]
    processes: Count
    threads: Count
    max_body_bytes: Count
    max_streams: Count
    stream_seconds: Positive
    first_request_seconds: Positive
    body_seconds: Positive
    grace_seconds: Positive
    trusted_proxies: tuple[str, ...]
    cors_origins: tuple[str, ...]


class Database(Struct, frozen=True, forbid_unknown_fields=True):
    url: str
    statement_timeout_seconds: Positive


class Redis(Struct, frozen=True, forbid_unknown_fields=True):
    url: str
    namespace: str
    timeout_seconds: Positive


class Log(Struct, frozen=True, forbid_unknown_fields=True):
    level: Literal["debug", "info", "warning", "error"]
    format: Literal["auto", "json", "pretty"]


class Engine(Struct, frozen=True, forbid_unknown_fields=True):
    lease_seconds: Positive
    keeper_seconds: Positive
    grace_seconds: NotNegative
    stop_seconds: NotNegative
    crash_budget: Count
    reconcile_seconds: Positive
    priority_step_seconds: NotNegative
    max_buffer: Count
    max_waiting: Count
    max_input_bytes: Count
    max_result_bytes: Count
    max_parts: Count
    ttl_seconds: Positive
    retention_days: Positive
    idempotency_hours: Positive


class WorkerGroup(Struct, frozen=True, forbid_unknown_fields=True):
    lanes: tuple[str, ...]
    threads: Count
    processes: Count = 1


class Lanes(Struct, frozen=True, forbid_unknown_fields=True):
    groups: tuple[WorkerGroup, ...]
    warm: bool


class Accounts(Struct, frozen=True, forbid_unknown_fields=True):
    session_hours: Positive
    key_cache_seconds: NotNegative
    verify_hours: Positive
    reset_minutes: Positive
    refresh_days: Positive
    login_tries: Count
    invitation_hours: Positive
    max_members: Count


Allowance = dict[Literal["minute", "hour", "day"], Count]
PlanName = Literal["free", "starter", "pro", "business", "enterprise"]


class SurfaceLimits(Struct, frozen=True, forbid_unknown_fields=True):
    plans: dict[PlanName, Allowance] = {}
    address: Allowance = {}
    heavy: Allowance = {}
    links: Allowance = {}
    user: Allowance = {}
    count_test_keys: bool = True


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    enabled: bool
    surfaces: dict[str, SurfaceLimits]


class Quotas(Struct, frozen=True, forbid_unknown_fields=True):
    jobs: dict[PlanName, Annotated[int, Meta(ge=0)]]
    runs: dict[PlanName, Annotated[int, Meta(ge=0)]] = {}
    messages: dict[PlanName, Annotated[int, Meta(ge=0)] | None] = {}


class Files(Struct, frozen=True, forbid_unknown_fields=True):
    max_bytes: Count
    upload_seconds: Positive
    link_hours: Positive
    plan_megabytes: dict[PlanName, Count]


class Projects(Struct, frozen=True, forbid_unknown_fields=True):
    max_projects: Count


class Credits(Struct, frozen=True, forbid_unknown_fields=True):
    cents_each: Count
    max_purchase: Count
    low_threshold: Annotated[int, Meta(ge=0)]
    monthly_allowance: dict[PlanName, Annotated[int, Meta(ge=0)]]


class Payments(Struct, frozen=True, forbid_unknown_fields=True):
    stripe_key: str
    sandbox: bool
    stripe_url: str
    timeout_seconds: Positive
    wait_seconds: Positive


class Usage(Struct, frozen=True, forbid_unknown_fields=True):
    retention_days: Positive


class Egress(Struct, frozen=True, forbid_unknown_fields=True):
    allow: tuple[str, ...]


class Webhooks(Struct, frozen=True, forbid_unknown_fields=True):
    max_endpoints: Count
    max_headers: Count
    max_header_bytes: Count
    timeout_seconds: Positive
    answer_bytes: Count
    max_in_flight: Count
    process_in_flight: Annotated[int, Meta(ge=2)]
    turn_seconds: Positive
    turn_deliveries: Count
    schedule_seconds: Annotated[tuple[NotNegative, ...], Meta(min_length=1)]
    jitter: NotNegative
    slow_seconds: NotNegative
    max_retry_after_seconds: NotNegative
    breaker_failures: Count
    breaker_seconds: Positive
    breaker_max_seconds: Positive
    disable_days: Positive
    disable_attempts: Count
    rotation_hours: NotNegative
    max_recovered: Count


class Crawl(Struct, frozen=True, forbid_unknown_fields=True):
    max_pages: Count
    delay_seconds: NotNegative
    max_delay_seconds: NotNegative
    max_wait_seconds: NotNegative
    retry_seconds: NotNegative
    per_host: Count
    connect_seconds: Positive
    read_seconds: Positive
    page_seconds: Positive
    page_bytes: Count
    max_urls: Count
    retention_days: Positive


class Review(Struct, frozen=True, forbid_unknown_fields=True):
    accept_confidence: Annotated[float, Meta(ge=0, le=1)]


class Runs(Struct, frozen=True, forbid_unknown_fields=True):
    retention_days: Positive
    figures_days: Positive
    ahead_seconds: NotNegative
    max_batch: Annotated[int, Meta(ge=1, le=10_000)]
    max_batch_bytes: Count
    max_text_bytes: Count
    max_metadata_bytes: Count
    max_waiting: Count
    max_names: Count
    max_alerts: Count
    alert_window_minutes: Annotated[int, Meta(ge=1, le=1440)]
    stream_runs: Annotated[int, Meta(ge=0)]
    max_export_bytes: Count
    max_open_exports: Count
    export_hours: Positive
    report_wait_seconds: Positive
    count_seconds: Positive


class Reports(Struct, frozen=True, forbid_unknown_fields=True):
    hours: Positive
    max_scans: Count
    max_insights: Count
    insight_days: Positive


class Mail(Struct, frozen=True, forbid_unknown_fields=True):
    sender: str
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_tls: Literal["starttls", "tls", "none"]


class Answers(Struct, frozen=True, forbid_unknown_fields=True):
    retention_days: Positive


class Chats(Struct, frozen=True, forbid_unknown_fields=True):
    retention_days: Positive


class Llm(Struct, frozen=True, forbid_unknown_fields=True):
    provider: Literal["none", "openai", "anthropic", "ollama"]
    base_url: str
    api_key: str
    model: str
    timeout_seconds: Positive
    job_token_budget: Count


class Documents(Struct, frozen=True, forbid_unknown_fields=True):
    max_bytes: Count
    max_pages: Count
    max_documents: Count
    read_seconds: Count
    read_megabytes: Count


class Embeddings(Struct, frozen=True, forbid_unknown_fields=True):
    threads: Count


class Platform(Struct, frozen=True, forbid_unknown_fields=True):
    api_key: str
    base_url: str
    model: str
    concurrency: Count
    per_minute: Annotated[int, Meta(ge=0)]


class Perplexity(Struct, frozen=True, forbid_unknown_fields=True):
    api_key: str
    base_url: str
    model: str
    dialect: Literal["agent", "sonar"]
    concurrency: Count
    per_minute: Annotated[int, Meta(ge=0)]


class GoogleAio(Struct, frozen=True, forbid_unknown_fields=True):
    source: Literal["serpapi", "dataforseo"]
    api_key: str
    base_url: str
    usd_per_search: NotNegative
    concurrency: Count
    per_minute: Annotated[int, Meta(ge=0)]


class OtherPlatform(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An endpoint that speaks chat completions (`openai`) or Ollama's own language."""

    protocol: Literal["openai", "ollama"]
    base_url: Annotated[str, Meta(pattern="^https?://")]
    model: Annotated[str, Meta(min_length=1)]
    api_key: str = ""
    concurrency: Count = 2
    per_minute: Annotated[int, Meta(ge=0)] = 0


OtherName = Annotated[str, Meta(pattern="^[a-z][a-z0-9_-]{0,31}$")]
DOCUMENTED_PLATFORMS = ("claude", "chatgpt", "gemini", "perplexity", "google_aio")


class Platforms(Struct, frozen=True, forbid_unknown_fields=True):
    timeout_seconds: Annotated[float, Meta(gt=0, le=600)]
    answer_bytes: Count
    answer_tokens: Count
    country: Annotated[str, Meta(pattern="^([A-Z]{2})?$")]
    language: Annotated[str, Meta(pattern="^[a-z]{2}$")]
    max_wait_seconds: Positive
    pause_seconds: Positive
    claude: Platform
    chatgpt: Platform
    gemini: Platform
    perplexity: Perplexity
    google_aio: GoogleAio
    others: dict[OtherName, OtherPlatform]

    def __post_init__(self) -> None:
        taken = sorted(set(self.others) & set(DOCUMENTED_PLATFORMS))
        if taken:
            raise ValueError(f"platforms.others cannot be named {taken[0]}, which is a platform of its own")


class Perception(Struct, frozen=True, forbid_unknown_fields=True):
    repeats: Annotated[int, Meta(ge=1, le=10)]
    max_prompts: Count
    max_cells: Count
    max_open_scans: Count
    max_spend_usd: NotNegative
    patience_minutes: Positive
    lost_call: Literal["again", "leave"]
    judge_batch: Count
    judge_model: Literal["auto", "off"]
    judge_calls: Count
    judge_tokens: Annotated[int, Meta(ge=0)]
    retention_days: Positive
    verify_wait_seconds: Positive
    schedule_minutes: Positive
    max_schedules: Count
