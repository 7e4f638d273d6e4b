"""What the errors of OpenAI and of those who speak its language mean; they come with a status, or inside of a 200."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pipelines.clients.platforms import faults
from pipelines.clients.platforms.faults import Judge, PlatformError, Refusal

UNPAID = frozenset(
    {
        "insufficient_quota",
        "billing_hard_limit_reached",
        "credit_balance_exhausted",
        "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
    }
)
_SLOW = frozenset({"rate_limit_exceeded", "slow_down", "rate_limit_error"})
_SERVER = frozenset({"server_error", "internal_error", "overloaded", "timeout", "vector_store_timeout"})


def judge(name: str) -> Judge:
    """The judge of a platform with this error shape."""
    return lambda refusal: of_code(name, refusal.error(), after=refusal.wait()) if _is_telling(refusal) else None


def of_code(name: str, error: dict[str, Any], *, after: timedelta | None = None) -> PlatformError | None:
    """What `{message, type, code}` means; None: ask the status."""
    told = {error.get("code"), error.get("type")}
    if told & UNPAID:
        return faults.unpaid(name)
    if "invalid_api_key" in told:
        return faults.unauthorized(name)
    if told & _SLOW:
        return PlatformError("wait", "rate_limited", f"{name} asks to slow down.", after=after)
    if told & _SERVER:
        return PlatformError("retry", "unavailable", f"{name} has a problem of its own.", after=after)
    return None


def in_answer(name: str, error: Any) -> PlatformError:
    """The error of a response that came with status 200 and failed."""
    known = of_code(name, error) if isinstance(error, dict) else None
    return known or PlatformError("fail", "refused", f"{name} could not answer the question.")


def _is_telling(refusal: Refusal) -> bool:
    return refusal.headers.get("x-should-retry") != "false" or bool({*refusal.error().values()} & UNPAID)
