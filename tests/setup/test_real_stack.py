"""The real thing: every part of Millrace under its supervisor, as ./run.sh starts it."""

from __future__ import annotations

import pytest
import requests

from tests.kit.eventually import eventually
from tests.kit.services import ROOT, temporary_data_folder
from tests.kit.whole_stack import WholeStack, whole_stack

# The promise is five seconds on two cores. Seconds on the clock depend on what else the machine does, so the test
# counts what the start costs the processors.
WARM_START_CPU_S = 5.0


@pytest.mark.long
def test_the_whole_stack_comes_up_survives_killed_parts_and_goes_without_leftovers():
    with temporary_data_folder() as folder:
        with whole_stack(ROOT, folder / "data") as cold:
            cold.wait_up()
            eventually(lambda: _health(cold)["workers"] > 0, within_s=30, what="a worker")
            cold.stop()

        with whole_stack(ROOT, folder / "data") as stack:
            stack.wait_up()
            assert stack.cpu_seconds() < WARM_START_CPU_S
            assert _health(stack)["status"] == "ok"
            assert '"migration.applied"' not in stack.output()

            for name in ("worker-cpu", "postgres", "valkey"):
                stack.child(name).kill()
            eventually(lambda: "worker-cpu was ended by SIGKILL" in stack.output(), within_s=10)
            eventually(lambda: _health(stack).get("redis") == "ok" and _health(stack)["status"] == "ok", within_s=30)

            assert stack.stop() == 0
            assert stack.survivors() == []


def _health(stack: WholeStack) -> dict:
    try:
        return requests.get(f"{stack.url}/health", timeout=5).json()
    except requests.RequestException:
        return {"status": "unreachable", "workers": 0}
