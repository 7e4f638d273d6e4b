"""Which platforms there are, as settings say; safe for the API. How they are asked is in pipelines/clients/platforms."""

from __future__ import annotations

from pipelines.engine.pipeline import Key
from store.kit.sections import DOCUMENTED_PLATFORMS
from store.kit.settings import settings


def known() -> tuple[str, ...]:
    """The documented five and those that config names."""
    return (*DOCUMENTED_PLATFORMS, *settings().platforms.others)


def is_configured(name: str) -> bool:
    """Whether the platform itself can be asked: it has a key, or needs none."""
    if name in settings().platforms.others:
        return True
    return name in DOCUMENTED_PLATFORMS and bool(getattr(settings().platforms, name).api_key)


def sandbox_answers(name: str) -> bool:
    """Whether the built-in sandbox answers for it."""
    return settings().sandbox == "auto" and not is_configured(name)


def model_of(name: str) -> str:
    """What is asked, as configured."""
    if name in settings().platforms.others:
        return settings().platforms.others[name].model
    wanted = getattr(settings().platforms, name)
    return str(wanted.source if name == "google_aio" else wanted.model)


def per_minute(name: str) -> int:
    """Calls that may begin in a minute, over all workspaces; 0: no limit."""
    return int(_settings_of(name).per_minute)


def key_of(workspace_id: str, name: str) -> Key:
    """What keeps a workspace's calls to a platform to its `concurrency` at once."""
    return Key(f"ask:{workspace_id}:{name}", concurrency(name))


def concurrency(name: str) -> int:
    """Calls that a workspace may have open to the platform."""
    return int(_settings_of(name).concurrency)


def _settings_of(name: str):  # noqa: ANN202 - one of three structs with these two fields
    others = settings().platforms.others
    return others[name] if name in others else getattr(settings().platforms, name)
