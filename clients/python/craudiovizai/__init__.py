"""The client library of CR AudioViz's API.

client = CRAudioViz(api_key="sk_live_…")
job = client.tools.execute("logo_maker", project_id=project.id, inputs={"text": "My Company"})
print(client.jobs.wait(job.id).url)
"""

from millrace_client import (
    APIError,
    AuthenticationError,
    ConnectionFailed,
    InsufficientCreditsError,
    InvalidInputError,
    JobFailed,
    NotFoundError,
    RateLimitError,
    Record,
    WaitTimeout,
)
from millrace_client.webhooks import verify_signature, verify_webhook

from craudiovizai.client import CRAudioViz

__all__ = [
    "APIError",
    "AuthenticationError",
    "CRAudioViz",
    "ConnectionFailed",
    "InsufficientCreditsError",
    "InvalidInputError",
    "JobFailed",
    "NotFoundError",
    "RateLimitError",
    "Record",
    "WaitTimeout",
    "verify_signature",
    "verify_webhook",
]
