"""What the client libraries of Millrace's contracts stand on: one transport, records, errors, webhook signatures."""

from millrace_client.errors import (
    APIError,
    AuthenticationError,
    ConnectionFailed,
    InsufficientCreditsError,
    InvalidInputError,
    JobFailed,
    NotFoundError,
    RateLimitError,
    WaitTimeout,
)
from millrace_client.records import Record

__all__ = [
    "APIError",
    "AuthenticationError",
    "ConnectionFailed",
    "InsufficientCreditsError",
    "InvalidInputError",
    "JobFailed",
    "NotFoundError",
    "RateLimitError",
    "Record",
    "WaitTimeout",
]
