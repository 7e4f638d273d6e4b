"""`python -m tests.bench [name …]`: run the named measurements, or all of them. Ctrl-C ends it and all it started."""

from __future__ import annotations

import argparse
import os
import platform
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

# each measurement and the options that its main() takes
NAMES = {
    "engine": ("rounds",),
    "backlog": ("rounds", "jobs"),
    "streams": ("rounds",),
    "kill": ("seconds",),
    "idle": (),
    "admission": ("rounds",),
    "webhooks": ("rounds",),
    "crawl": (),
    "judge": ("rounds",),
    "tools": (),
    "scan": ("rounds",),
    "queue_stats": ("jobs",),
    "summary": ("jobs",),
    "answers": ("rounds",),
    "runs": ("seconds",),
    "runs_read": ("jobs",),
    "embedding": ("rounds",),
    "search": ("rounds",),
    "retrieval": ("data",),
    "documents": ("rounds",),
    "delays": (),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run.sh bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of: {', '.join(NAMES)}; none: all")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of those that are interleaved")
    parser.add_argument(
        "--jobs", type=int, default=1_000_000, help="the large backlog of `backlog`; runs of `runs_read`"
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="length of each drain of `kill`, and of `runs`")
    parser.add_argument("--data", type=Path, help="the folder of `retrieval`'s collections")
    wanted: dict[str, Any] = vars(parser.parse_args())
    names = wanted.pop("names") or list(NAMES)
    for unknown in sorted(set(names) - set(NAMES)):
        parser.error(f"there is no measurement {unknown!r}; there are {', '.join(NAMES)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers are stopped on the way out
    if len(names) == 1:
        (name,) = names
        load = os.getloadavg()[0]
        print(f"\n== {name}: {os.cpu_count()} cores, Python {platform.python_version()}, load {load:.2f}", flush=True)
        import_module(f"tests.bench.{name}").main(**{option: wanted[option] for option in NAMES[name]})
        return
    options = [f"--{option}={value}" for option, value in wanted.items() if value is not None]
    for name in names:  # each in a process of its own, because settings and connections are made once a process
        with subprocess.Popen([sys.executable, "-m", "tests.bench", name, *options]) as child:
            try:
                child.wait()
            finally:
                child.terminate()


main()
