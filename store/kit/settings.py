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
from typing import Any, Literal

import msgspec
import yaml
from msgspec import Struct

from store.kit import structs
from store.kit.sections import (
    Accounts,
    Answers,
    Chats,
    Crawl,
    Credits,
    Database,
    Documents,
    Egress,
    Embeddings,
    Engine,
    Files,
    Lanes,
    Limits,
    Llm,
    Log,
    Mail,
    Payments,
    Perception,
    Platforms,
    Projects,
    Quotas,
    Redis,
    Reports,
    Review,
    Runs,
    Server,
    Usage,
    Webhooks,
)
from store.kit.validation import refusal

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "MILLRACE_"
PLAIN = {"HOST": "server.host", "PORT": "server.port", "DATABASE_URL": "database.url", "REDIS_URL": "redis.url"}
NOT_SETTINGS = {"MILLRACE_DATA", "MILLRACE_CONFIG"}


class SettingsError(Exception):
    """A key is unknown or its value is wrong; the message names the key."""


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
    files: Files
    projects: Projects
    credits: Credits
    payments: Payments
    usage: Usage
    egress: Egress
    webhooks: Webhooks
    crawl: Crawl
    review: Review
    runs: Runs
    reports: Reports
    mail: Mail
    answers: Answers
    chats: Chats
    llm: Llm
    sandbox: Literal["auto", "off"]
    platforms: Platforms
    perception: Perception
    documents: Documents
    embeddings: Embeddings
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
        return structs.convert(raw, Settings, strict=False, dec_hook=_decode)
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
