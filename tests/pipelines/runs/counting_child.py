"""A process that counts one batch after the other until it is killed, and says so."""

from __future__ import annotations

from pipelines.runs import counter


def main() -> None:
    counter.BATCHES = 1
    counting = counter.Counter()
    print("counting", flush=True)
    while True:
        counting._count(1)


main()
