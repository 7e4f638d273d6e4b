"""What it costs to know who calls and to count the call: authentication and limiter together, without HTTP.

Requests with a real key are admitted by the API's own code against a real Postgres and Valkey, 16 at a time as on a
busy connection pool; refused ones, who cost an attacker as little, stand beside them.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable
from statistics import median

import falcon.testing
import uvloop

from tests.bench.kit.meter import Meter, spread
from tests.kit.services import fresh_servers

TARGET_MS = 0.15
REQUESTS = 20_000
AT_ONCE = 16
WIDE = '{"hour": 100000000, "day": 100000000}'
LIMITS = {
    "MILLRACE_LIMITS__ENABLED": "true",
    "MILLRACE_LIMITS__SURFACES__CRAUDIOVIZ__PLANS": f'{{"free": {WIDE}, "business": {WIDE}}}',
}


def main(*, rounds: int = 3) -> None:
    """Print each round, then the medians against the target."""
    with fresh_servers(fast=False) as (_servers, services):
        services.adopt()
        os.environ.update(LIMITS)
        from store.kit.settings import settings

        settings.cache_clear()
        uvloop.run(_measure(rounds))


async def _measure(rounds: int) -> None:
    from store.accounts import keys, users, workspaces
    from store.kit.db import transaction

    with transaction():
        owner = users.create(email="bench@example.com", name="Bench", password_hash=None)
        place = workspaces.create(name="Bench", owner_id=owner.id, plan="business")
    good = keys.create(place.id, name="bench").text
    found: dict[str, list[float]] = {"admitted": [], "one by one": [], "unlimited": [], "wrong key": []}
    for _ in range(rounds):
        for kind, costs in found.items():
            key = good[:-1] + "?" if kind == "wrong key" else good
            at_once = 1 if kind == "one by one" else AT_ONCE
            own, valkey = await _round(key, counted=kind != "unlimited", at_once=at_once)
            costs.append(own)
            print(f"{kind:10} {own:.4f} CPU-ms of the API each, Valkey {valkey:.4f}", flush=True)
    told = median(found["admitted"])
    verdict = "met" if told <= TARGET_MS else "MISSED"
    print(f"authentication and limiter: {spread(found['admitted'])} CPU-ms, target {TARGET_MS}: {verdict}")
    print(f"of it the limiter {told - median(found['unlimited']):.4f}; one request at a time, when Redis is asked for")
    print(f"each alone: {spread(found['one by one'])}; a wrong key: {spread(found['wrong key'])}")


async def _round(key: str, *, counted: bool, at_once: int) -> tuple[float, float]:
    """CPU-ms a request: this process's, Valkey's."""
    number = REQUESTS if at_once > 1 else REQUESTS // 4
    requests = [_request(key, counted=counted) for _ in range(at_once)]
    await asyncio.gather(*(_admit(request, 20) for request in requests))  # connections, caches
    with Meter() as meter:
        began = time.process_time()
        await asyncio.gather(*(_admit(request, number // at_once) for request in requests))
        own = time.process_time() - began
    return own * 1000 / number, meter.by.get("Valkey", 0.0) * 1000 / number


def _request(key: str, *, counted: bool) -> object:
    """A request on a surface with two windows, or on one that nothing limits."""
    from api.kit.request import Request

    headers: Iterable[tuple[str, str]] = [("Authorization", f"Bearer {key}")]
    scope = falcon.testing.create_scope(path="/v1/jobs" if counted else "/unlimited", headers=headers)
    return Request(scope, falcon.testing.ASGIRequestEventEmitter())


async def _admit(request: object, times: int) -> None:
    from api.kit.admission import admit
    from store.kit.errors import Unauthenticated

    for _ in range(times):
        try:
            await admit(request, "required", "normal")  # type: ignore[arg-type]
        except Unauthenticated:
            pass  # the wrong key
