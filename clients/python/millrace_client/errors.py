"""What a call can raise. All of it is an APIError with a `code` and a `message`, so one `except` can be enough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class APIError(Exception):
    """The API said no. `status` is 0 when no answer came; `details` are the facts that came with the error."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 0,
        details: Mapping[str, Any] | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.details = dict(details or {})
        self.request_id = request_id


class AuthenticationError(APIError):
    """401: the key is missing, wrong or revoked."""


class InsufficientCreditsError(APIError):
    """402: `details` has `required` and `available`."""


class NotFoundError(APIError):
    """404: there is no such thing in this workspace."""


class InvalidInputError(APIError):
    """400 or 422: `details["field"]` names what is wrong."""


class RateLimitError(APIError):
    """429: try again after `retry_after` seconds."""

    def __init__(self, code: str, message: str, *, retry_after: float, **rest: Any) -> None:
        super().__init__(code, message, **rest)
        self.retry_after = retry_after


class ConnectionFailed(APIError):
    """No answer came: the network, the name, or the time was over."""


class JobFailed(APIError):
    """The job that was waited for failed or was cancelled; `details["job"]` is the job."""


class WaitTimeout(APIError):
    """The job is not over yet; it goes on, and can be waited for again."""


_BY_STATUS: dict[int, type[APIError]] = {
    400: InvalidInputError,
    401: AuthenticationError,
    402: InsufficientCreditsError,
    404: NotFoundError,
    422: InvalidInputError,
}


def error_of(status: int, body: Any, *, retry_after: float | None, request_id: str | None) -> APIError:
    """The error that an answer tells, in the shape of any of the contracts; one that tells nothing is named by its status."""
    told = body.get("error") if isinstance(body, Mapping) else None
    if isinstance(told, Mapping):
        code, message, details = told.get("code"), told.get("message"), told.get("details")
    else:
        whole = body if isinstance(body, Mapping) else {}
        code, message, details = whole.get("code"), told or whole.get("detail"), whole.get("details")
    rest: dict[str, Any] = {"status": status, "details": details, "request_id": request_id}
    code, message = str(code or f"http_{status}"), str(message or f"The API answered {status}.")
    if status == 429:
        return RateLimitError(code, message, retry_after=retry_after if retry_after is not None else 1.0, **rest)
    return _BY_STATUS.get(status, APIError)(code, message, **rest)
