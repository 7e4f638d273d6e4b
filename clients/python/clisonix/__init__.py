"""The client library of Clisonix's API.

client = ClisonixClient(api_key="sk_live_…")
print(client.ocean.chat("What is AI?").text)
"""

from millrace_client import (
    APIError,
    AuthenticationError,
    ConnectionFailed,
    InvalidInputError,
    NotFoundError,
    RateLimitError,
    Record,
)
from millrace_client.webhooks import verify_webhook

from clisonix.client import ClisonixClient

__all__ = [
    "APIError",
    "AuthenticationError",
    "ClisonixClient",
    "ConnectionFailed",
    "InvalidInputError",
    "NotFoundError",
    "RateLimitError",
    "Record",
    "verify_webhook",
]
