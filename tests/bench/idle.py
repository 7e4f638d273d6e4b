"""What an idle fleet costs: the CPU of each process over 20 s in which nothing is submitted."""

from __future__ import annotations

import time

from tests.bench.kit.fleets import Ours, fleets
from tests.bench.kit.meter import our_processes

SECONDS = 20.0
SETTLE_SECONDS = 4.0
LANES = "web,ai,tools,hooks,quick"  # as ./run.sh starts them
NAMES = {
    "workers.child": "worker process",
    "workers.main": "keeper",
    "workers.scheduler": "scheduler",
    "gunicorn": "API process",
    "valkey": "Valkey",
}


def main() -> None:
    """Print the share of a core of each."""
    with fleets(Ours) as (ours,):
        assert isinstance(ours, Ours)
        ours.start_api()
        ours.start_workers(lanes=LANES)
        time.sleep(SETTLE_SECONDS)
        before, started = our_processes(), time.perf_counter()
        time.sleep(SECONDS)
        after, seconds = our_processes(), time.perf_counter() - started
    postgres = 0.0
    print(f"share of one core over {seconds:.0f} s without work:")
    for pid, process in after.items():
        share = (process.cpu - before[pid].cpu) / seconds if pid in before else 0.0
        name = next((name for word, name in NAMES.items() if word in process.command), None)
        if process.part == "Postgres":
            postgres += share
        elif name:
            print(f"  {name:15} {share:6.2%}{'  (target 0.5 %)' if name == 'worker process' else ''}")
    print(f"  {'Postgres, all':15} {postgres:6.2%}")
