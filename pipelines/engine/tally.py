"""The tally: how many tasks of a stage ended how, and how long they waited and ran; written every few seconds.

Estimates read it by the hour, /metrics as histograms. What a crash loses of it is of no consequence.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from pipelines import catalog
from pipelines.engine.results import Result
from store.jobs import durations, repair
from store.jobs.durations import Durations

EVERY_SECONDS = 5.0


class Tally:
    """One a process, used by the thread that writes results."""

    def __init__(self) -> None:
        self._hour: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0, 0.0])
        self._durations: dict[tuple[str, str], tuple[Durations, Durations]] = {}
        self._due = time.monotonic() + EVERY_SECONDS

    def count(self, results: Sequence[Result]) -> None:
        """Count what ended; tasks that will run again have not."""
        pipelines = catalog.pipelines()
        for result in results:
            if result.kind not in ("done", "failed"):
                continue
            claim = result.claim
            stage = pipelines[claim.pipeline].stages[claim.stage].name
            key = (claim.pipeline, stage)
            figures = self._hour[key]
            figures[0 if result.kind == "done" else 1] += 1
            figures[2] += result.seconds if result.kind == "done" else 0
            pair = self._durations.get(key)
            if pair is None:
                pair = self._durations[key] = (durations.empty(*key, "run"), durations.empty(*key, "wait"))
            pair[0].add(result.seconds)
            pair[1].add(claim.waited_seconds)

    @property
    def is_due(self) -> bool:
        """Whether it is time to write."""
        return time.monotonic() >= self._due

    def write(self, cursor: Any) -> None:
        """Add everything counted to what is stored, and begin anew."""
        hour, self._hour = self._hour, defaultdict(lambda: [0, 0, 0.0])
        histograms, self._durations = self._durations, {}
        self._due = time.monotonic() + EVERY_SECONDS
        if hour:
            repair.add_history(
                cursor, [(*key, int(done), int(failed), seconds) for key, (done, failed, seconds) in hour.items()]
            )
            durations.add(cursor, [one for pair in histograms.values() for one in pair])
