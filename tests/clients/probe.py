"""The scenario of test_libraries.py in Python: argument 1 is the server."""

import json
import sys

from craudiovizai import APIError, CRAudioViz, RateLimitError, verify_signature, verify_webhook

base, payload, signature, headers, secret = sys.argv[1:6]
client = CRAudioViz(api_key="sk_test_probe", base_url=base)
told = {"created": client.projects.create(name="again").id}
try:
    client.projects.create(name="broken")
except APIError as error:
    told["broken"] = [error.status, error.code, error.message, error.details]
told["job"] = client.jobs.submit("diagnostics.echo", {}).id
try:
    client.projects.get("proj_busy")
except RateLimitError as error:
    told["limited"] = [error.code, error.retry_after]
told["verified"] = [
    verify_signature(payload.encode(), signature, secret),
    verify_signature(payload.encode(), signature, "another"),
    verify_webhook(payload.encode(), json.loads(headers), secret),
    verify_webhook(b"changed", json.loads(headers), secret),
    verify_webhook(payload.encode(), {**json.loads(headers), "webhook-timestamp": "1"}, secret),
]
print(json.dumps(told))
