"""Load for an HTTP service: `wrk` with one keep-alive connection per client, bounded in time, on loopback only."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from msgspec import Struct

SCRIPT = """
local n = 0
local id = os.time() .. tostring({}):sub(8)
request = function()
  n = n + 1
  local headers = {["Content-Type"] = "application/json"}
  local auth = os.getenv("BENCH_AUTHORIZATION")
  if auth then headers["Authorization"] = auth end
  if os.getenv("BENCH_IDEMPOTENCY") then headers["Idempotency-Key"] = id .. "-" .. n end
  return wrk.format(os.getenv("BENCH_METHOD"), nil, headers, os.getenv("BENCH_BODY"))
end
done = function(summary, latency, requests)
  io.write(string.format('JSON {"rate":%.1f,"p50_ms":%.3f,"p99_ms":%.3f,"requests":%d,"bad":%d}\\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.requests, summary.errors.status + summary.errors.read + summary.errors.timeout + summary.errors.connect))
end
"""


class Load(Struct, frozen=True):
    """What a burst of requests gave."""

    rate: float
    p50_ms: float
    p99_ms: float
    requests: int
    bad: int


def burst(
    url: str,
    *,
    seconds: float,
    connections: int = 16,
    method: str = "POST",
    body: str = "",
    authorization: str = "",
    idempotency: bool = False,
) -> Load:
    """Requests as fast as the service answers them."""
    wrk = shutil.which("wrk")
    if wrk is None:
        sys.exit("bench: `wrk` is needed (Debian and Ubuntu: apt install wrk)")
    env = {**os.environ, "BENCH_METHOD": method, "BENCH_BODY": body}
    if authorization:
        env["BENCH_AUTHORIZATION"] = authorization
    if idempotency:
        env["BENCH_IDEMPOTENCY"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "load.lua"
        script.write_text(SCRIPT, encoding="utf-8")
        command = [wrk, "-t1", f"-c{connections}", f"-d{seconds:g}s", "-s", str(script), url]
        output = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    line = next(line for line in output.splitlines() if line.startswith("JSON "))
    return Load(**json.loads(line[5:]))
