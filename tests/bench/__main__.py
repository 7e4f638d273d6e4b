"""`python -m tests.bench [name …]`: run the named measurements, or all of them."""

from __future__ import annotations

import argparse
import os
import platform
from importlib import import_module

NAMES = ("engine", "crawl")


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run.sh bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"one of: {', '.join(NAMES)}")
    wanted = parser.parse_args().names or NAMES
    for unknown in sorted(set(wanted) - set(NAMES)):
        parser.error(f"there is no measurement {unknown!r}; there are {', '.join(NAMES)}")
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, load {load:.2f} at the start", flush=True)
    for name in wanted:
        print(f"\n== {name}", flush=True)
        import_module(f"tests.bench.{name}").main()


main()
