"""Schemathesis reads /openapi.json and calls everything in it, rightly and wrongly.

Here a few calls an operation with a fixed seed. FUZZ_SECONDS=300 does it in depth for about that long, with every
way to put a request together and chains of calls; .ci/run passes it on.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "unsupported_method", "ignored_auth",
)  # fmt: skip
WOULD_END_THE_RUN = "logout|sign-out|/ping$"  # its own session; a ping waits for a receiver
SHALLOW = ("--phases", "examples,fuzzing", "--max-examples", "3", "--seed", "1", "--workers", "2")


def deep(seconds: str) -> tuple[str, ...]:
    phases = "examples,coverage,fuzzing,stateful"
    # One worker: hypothesis moves the recursion limit, which Python 3.11 does not take beside another thread's parser.
    return ("--phases", phases, "--max-examples", "200", "--max-time", seconds, "--workers", "1")


@pytest.mark.long
def test_every_operation_keeps_to_the_document_and_none_breaks(stack, api, make, owner, tmp_path):
    seconds = os.environ.get("FUZZ_SECONDS", "")
    wanted = [
        sys.executable, "-m", "schemathesis.cli", "run", f"{api.url}/openapi.json", "--no-color",
        "-H", f"Authorization: Bearer {make.key(owner.workspace)}", "--checks", ",".join(CHECKS),
        "--exclude-path-regex", WOULD_END_THE_RUN, *(deep(seconds) if seconds else SHALLOW),
    ]  # fmt: skip

    done = subprocess.run(
        wanted, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=float(seconds or 60) + 240
    )

    assert done.returncode == 0, done.stdout[-12_000:]
    assert "request.crashed" not in stack.api.output()
