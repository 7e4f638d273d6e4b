"""Settings: config.yaml, overridden by the environment, decoded once into frozen structs.

The only module that reads os.environ. config.yaml documents every key; an unknown or malformed key
stops the start with its name. Call `settings()`; tests call `load()` with an environment of their own.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import yaml
from msgspec import Meta, Struct

from store.kit.validation import refusal

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "MILLRACE_"
PLAIN = {"HOST": "server.host", "PORT": "server.port", "DATABASE_URL": "database.url", "REDIS_URL": "redis.url"}
NOT_SETTINGS = {"MILLRACE_DATA", "MILLRACE_CONFIG"}

Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=1)]


class SettingsError(Exception):
    """A key is unknown or its value is wrong; the message names the key."""


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


class Accounts(Struct, frozen=True, forbid_unknown_fields=True):
    session_hours: Positive
    key_cache_seconds: NotNegative
    verify_hours: Positive
    reset_minutes: Positive
    refresh_days: Positive
    login_tries: Count


Allowance = dict[Literal["minute", "hour", "day"], Count]
PlanName = Literal["free", "starter", "pro", "business", "enterprise"]


class SurfaceLimits(Struct, frozen=True, forbid_unknown_fields=True):
    plans: dict[PlanName, Allowance] = {}
    address: Allowance = {}
    heavy: Allowance = {}
    user: Allowance = {}


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    enabled: bool
    surfaces: dict[str, SurfaceLimits]


class Quotas(Struct, frozen=True, forbid_unknown_fields=True):
    jobs: dict[PlanName, Annotated[int, Meta(ge=0)]]


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


class Mail(Struct, frozen=True, forbid_unknown_fields=True):
    sender: str
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_tls: Literal["starttls", "tls", "none"]


class Llm(Struct, frozen=True, forbid_unknown_fields=True):
    provider: Literal["none", "openai", "anthropic"]
    base_url: str
    api_key: str
    model: str
    timeout_seconds: Positive
    job_token_budget: Count


class Settings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything config.yaml says, plus the data folder that is taken from MILLRACE_DATA."""

    public_url: str
    secret: str
    previous_secrets: tuple[str, ...]
    server: Server
    database: Database
    redis: Redis
    log: Log
    engine: Engine
    lanes: Lanes
    accounts: Accounts
    limits: Limits
    quotas: Quotas
    egress: Egress
    webhooks: Webhooks
    crawl: Crawl
    review: Review
    mail: Mail
    llm: Llm
    data_dir: Path

    @property
    def base_url(self) -> str:
        """The address that links start with; never taken from a request's Host header."""
        return self.public_url.rstrip("/") or f"http://{self.server.host}:{self.server.port}"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return load(os.environ)


def load(environ: Mapping[str, str]) -> Settings:
    """Decode config.yaml (or the file MILLRACE_CONFIG names) under `environ`. Raises SettingsError."""
    path = Path(environ.get("MILLRACE_CONFIG") or ROOT / "config.yaml")
    try:
        raw: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise SettingsError(f"{path.name} cannot be read: {error}") from error
    for name, value in _overrides(environ):
        _put(raw, name, value)
    raw["data_dir"] = str(Path(environ.get("MILLRACE_DATA") or ROOT / "data").absolute())
    try:
        return msgspec.convert(raw, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise SettingsError(f"settings: {refusal(error, whole='config.yaml').message}") from error


def secret_key() -> bytes:
    """The signing key: MILLRACE_SECRET, else one made once in the data folder (0600)."""
    given = settings().secret
    if given:
        if len(given) < 32:
            raise SettingsError("settings: MILLRACE_SECRET must have at least 32 characters")
        return given.encode()
    path = settings().data_dir / "secret"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass  # made by an earlier start, or by another process just now
    return path.read_text(encoding="utf-8").encode()


def child_environment(**extra: str) -> dict[str, str]:
    """This process's environment with `extra` on top: what the supervisor gives to its children."""
    return {**os.environ, **extra}


def _overrides(environ: Mapping[str, str]) -> list[tuple[str, str]]:
    found = [(PLAIN[name], value) for name, value in environ.items() if name in PLAIN and value]
    for name, value in environ.items():
        if name.startswith(PREFIX) and name not in NOT_SETTINGS:
            found.append((name.removeprefix(PREFIX).lower().replace("__", "."), value))
    return found


def _put(raw: dict[str, Any], name: str, text: str) -> None:
    """Set one key by its dotted name; text for a list or map is JSON."""
    *parents, key = name.split(".")
    place: Any = raw
    for parent in parents:
        place = place.get(parent) if isinstance(place, dict) else None
    if not isinstance(place, dict) or key not in place:
        raise SettingsError(f"settings: unknown key {name!r}")
    if isinstance(place[key], list | dict):
        try:
            place[key] = msgspec.json.decode(text)
        except msgspec.DecodeError as error:
            raise SettingsError(f"settings: {name} must be JSON: {error}") from error
    else:
        place[key] = text


def _decode(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value)
    raise TypeError(f"no decoder for {kind}")
