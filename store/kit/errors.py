"""Domain errors: what can go wrong by rule, with a stable code, a sentence for a person, and fields.

The API's one table maps each class to a status and every surface renders it in its contract's shape.
Anything that is not a DomainError is a bug or an outage and never shows its text to a caller.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any


class DomainError(Exception):
    """`code` is stable and lower case; `fields` are facts a program can use."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None, **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.fields = fields


class InvalidInput(DomainError):
    """The request is wrong; `field` names where."""

    code = "invalid_input"

    def __init__(self, message: str, *, field: str | None = None, code: str | None = None, **fields: Any) -> None:
        super().__init__(message, code=code, **({"field": field} if field else {}), **fields)


class MissingField(InvalidInput):
    code = "missing_required_field"


class Unprocessable(DomainError):
    """Well formed, but it cannot be done with these values."""

    code = "validation_error"


class Unauthenticated(DomainError):
    code = "unauthorized"


class Forbidden(DomainError):
    code = "forbidden"


class NotFound(DomainError):
    code = "not_found"


class Gone(DomainError):
    code = "gone"


class Conflict(DomainError):
    code = "conflict"


class PayloadTooLarge(DomainError):
    code = "payload_too_large"


class PaymentRequired(DomainError):
    code = "insufficient_credits"


class UsageLimitReached(PaymentRequired):
    """402; what the plan includes of something is used up, until `retry_after` has passed where that helps."""

    code = "usage_limit_reached"

    def __init__(
        self, message: str, *, retry_after: timedelta | None = None, code: str | None = None, **fields: Any
    ) -> None:
        super().__init__(message, code=code, **fields)
        self.retry_after = retry_after


class QuotaExceeded(DomainError):
    """429; `retry_after` tells when it is worth trying again."""

    code = "rate_limited"

    def __init__(self, message: str, *, retry_after: timedelta, code: str | None = None, **fields: Any) -> None:
        super().__init__(message, code=code, **fields)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """A part of ours is down or full for now; 503 + Retry-After."""

    code = "service_unavailable"

    def __init__(self, message: str, *, retry_after: timedelta, code: str | None = None, **fields: Any) -> None:
        super().__init__(message, code=code, **fields)
        self.retry_after = retry_after


class Broken(DomainError):
    """500; what was asked for failed by a fault of ours, and the operator's log says why."""

    code = "internal_error"
