"""Webhook deliveries: how many a second to fast receivers, and what a receiver in ten that hangs does to the others.

Lines are written to the log; the feed, the turns and the ledger are those of one worker process of the lane `hooks`.
A delivery's latency runs from the line's transaction to the last byte of the answer.
"""

from __future__ import annotations

import sys
import time
from statistics import median
from typing import Any

import requests
from msgspec import Struct

from store.embedded import ports
from tests.bench.kit.fleets import Ours, fleets, scalar
from tests.bench.kit.meter import Meter, percentile, spread
from tests.kit.eventually import eventually

ENDPOINTS = 100
LINES = 10  # 1,000 deliveries a burst
FAST_ENDPOINTS = 20
FAST_LINES = 500
CAP_SECONDS = 60.0

EMIT = """
INSERT INTO event (workspace_id, type, data, created_at)
SELECT %s, 'credits.low', '{"current_balance": 50, "threshold": 100}', clock_timestamp() FROM generate_series(1, %s)
"""
LATENCIES = """
SELECT extract(epoch FROM a.at - e.created_at) * 1000 + a.duration_ms
  FROM webhook_attempt a JOIN webhook_delivery d ON d.id = a.delivery_id
  JOIN event e ON (e.xid, e.id) = (d.xid, d.event_id)
 WHERE d.endpoint_id = ANY (%s) AND d.xid > %s::text::xid8 AND a.status = 200
"""


class Burst(Struct, frozen=True):
    """What the healthy endpoints of a burst saw, in milliseconds."""

    p50: float
    p99: float


def main(*, rounds: int = 3) -> None:
    """Run both and print the figures."""
    with fleets(Ours) as (ours,):
        assert isinstance(ours, Ours)
        port = ports.free_port()
        ours.start("receiver", [sys.executable, "-m", "tests.bench.kit.receiver", str(port)])
        url = f"http://127.0.0.1:{port}"
        eventually(lambda: _mode(url, "answer"), within_s=20)
        workers = ours.start_workers(lanes="hooks", processes=1)
        _throughput(ours, url, rounds)
        _isolation(ours, url, rounds)
        _mode(url, "answer")
        ours.stop(workers)


def _throughput(ours: Ours, url: str, rounds: int) -> None:
    mine = _endpoints(ours, [f"{url}/fast/{number}" for number in range(FAST_ENDPOINTS)])
    _send(ours, mine, 1)  # a record to begin with
    number = len(mine) * FAST_LINES
    meters = [_measured(ours, mine) for _ in range(rounds)]
    _delete(ours, mine)
    meter = meters[-1]
    rates, cpu = [number / one.seconds for one in meters], [one.cpu * 1000 / number for one in meters]
    print(f"to {FAST_ENDPOINTS} fast receivers, one worker process: {spread(rates)} deliveries/s (target 500),"
          f" CPU-ms {spread(cpu)} ({meter.each(number)}), others {meter.others:.0%}")  # fmt: skip


def _measured(ours: Ours, endpoint_ids: list[str]) -> Meter:
    with Meter() as meter:
        _send(ours, endpoint_ids, FAST_LINES)
    return meter


def _isolation(ours: Ours, url: str, rounds: int) -> None:
    whole, torn = [], []
    for number in range(rounds):
        for hangs, found in ((False, whole), (True, torn)) if number % 2 else ((True, torn), (False, whole)):
            _mode(url, "answer")
            mine = _endpoints(
                ours, [f"{url}/{'slow' if number % 10 == 0 else 'fast'}/{number}" for number in range(ENDPOINTS)]
            )
            healthy = [one for number, one in enumerate(mine) if number % 10]
            _send(ours, mine, 1)
            if hangs:
                _mode(url, "hang")
            before = scalar(ours.connection, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
            _send(ours, mine, LINES, wait_for=healthy)
            with ours.connection.cursor() as cursor:
                cursor.execute(LATENCIES, (healthy, str(int(before) - 1)))
                took = [float(one) for (one,) in cursor.fetchall()]
            assert len(took) == len(healthy) * LINES, f"{len(took)} of {len(healthy) * LINES} arrived"
            found.append(Burst(percentile(took, 50), percentile(took, 99)))
            _delete(ours, mine)
    print(f"{ENDPOINTS * LINES} deliveries to {ENDPOINTS} receivers, what the nine in ten see:")
    for name, bursts in (("all answer", whole), ("one in ten hangs", torn)):
        print(f"  {name:17} p50 {spread([one.p50 for one in bursts])} ms, p99 {spread([one.p99 for one in bursts])} ms")
    ratio = median(b.p99 / a.p99 for a, b in zip(whole, torn, strict=True))
    print(f"  p99 with hanging / without: {ratio:.2f} (target 1.2 at most)")


def _endpoints(ours: Ours, urls: list[str]) -> list[str]:
    """New endpoints of the bench's workspace, which may have as many as it likes."""
    from pipelines.webhooks import catalog, signing
    from store.kit import vault
    from store.kit.clock import utc_now
    from store.kit.ids import new_id
    from store.webhooks import endpoints

    made = []
    for url in urls:
        row = new_id("webhook")
        new = endpoints.NewEndpoint(
            id=row, workspace_id=ours.workspace_id, surface="craudioviz", name="bench", url=url,
            events=["credits.low"], sources=catalog.sources("craudioviz", ["credits.low"]),
            headers=vault.seal("{}", row=row), header_names=[], secret=vault.seal(signing.new_secret(), row=row),
        )  # fmt: skip
        made.append(endpoints.create(new, most=10_000, now=utc_now()).id)
    return made


def _delete(ours: Ours, endpoint_ids: list[str]) -> None:
    """With their deliveries: a workspace has at most 50 endpoints, and the feed looks through all that it has."""
    with ours.connection.cursor() as cursor:
        cursor.execute("DELETE FROM webhook_endpoint WHERE id = ANY (%s)", (endpoint_ids,))


def _send(ours: Ours, endpoint_ids: list[str], lines: int, *, wait_for: list[str] | None = None) -> None:
    """Write lines and wait until every delivery of `wait_for` (all, unless told) has arrived."""
    wanted: Any = wait_for or endpoint_ids
    with ours.connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM webhook_delivery WHERE endpoint_id = ANY (%s)", (wanted,))
        before = cursor.fetchone()[0]
        cursor.execute(EMIT, (ours.workspace_id, lines))
        _ring()
        until = time.monotonic() + CAP_SECONDS
        while time.monotonic() < until:
            cursor.execute(
                "SELECT count(*) FILTER (WHERE state = 'delivered') FROM webhook_delivery WHERE endpoint_id = ANY (%s)",
                (wanted,),
            )
            if cursor.fetchone()[0] == before + lines * len(wanted):
                return
            time.sleep(0.02)
    raise AssertionError(f"the deliveries did not arrive within {CAP_SECONDS:.0f} s")


def _ring() -> None:
    from store.jobs.wake import Pusher

    Pusher().push([], events=True)


def _mode(url: str, mode: str) -> bool:
    try:
        return requests.post(f"{url}/mode/{mode}", timeout=2).ok
    except requests.RequestException:
        return False
