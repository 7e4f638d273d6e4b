"""What a report says: the period and the one before, day by day, by model and by prompt, and alerts that fired."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil, log10
from math import floor as floor_of

from msgspec import Struct

from store.accounts import workspaces
from store.alerts import queries as alerts
from store.alerts.queries import Fired
from store.kit.clock import utc_now
from store.runs import figures
from store.runs.figures import Overview, Row, Window
from store.runs.records import Sums
from store.runs.windows import DAY, floor

ROWS = 10
MOST_STEPS = 92  # of a chart; longer periods have steps of several days
OTHER = "(other)"


class Step(Struct):
    """A day, or some days, of the period."""

    start: datetime
    sums: Sums


class Content(Struct, kw_only=True):
    """Everything a report says. `days_a_step` is how many days each of `steps` has."""

    workspace: str
    window: Window
    made_at: datetime
    overview: Overview
    previous: Sums
    steps: list[Step]
    days_a_step: int
    models: list[Row]
    prompts: list[Row]
    fired: list[Fired]


def collect(workspace_id: str, window: Window) -> Content:
    """The report of a window that has an end."""
    return Content(
        workspace=workspaces.get(workspace_id).name,
        window=window,
        made_at=utc_now().replace(microsecond=0),
        overview=figures.overview(workspace_id, window),
        previous=figures.totals(workspace_id, window.before()),
        steps=steps(dict(figures.timeline(workspace_id, window, DAY)), window),
        days_a_step=days_a_step(window),
        models=figures.groups(workspace_id, "model", window, limit=ROWS),
        prompts=figures.groups(workspace_id, "prompt", window, limit=ROWS),
        fired=alerts.fired(workspace_id, start=window.start, end=window.until(), limit=ROWS),
    )


def days_a_step(window: Window) -> int:
    """How many days a step of a chart has, so that there are at most MOST_STEPS."""
    days = (window.until() - floor(window.start, DAY)) / timedelta(days=1)
    return max(1, -(-int(days + 1) // MOST_STEPS))


def steps(days: dict[datetime, Sums], window: Window) -> list[Step]:
    """Every step of the window, those without runs too."""
    length = timedelta(days=days_a_step(window))
    at, found = floor(window.start, DAY), []
    while at < window.until():
        step = Step(at, Sums())
        for day, sums in days.items():
            if at <= day < at + length:
                step.sums.add(sums)
        found.append(step)
        at += length
    return found


def ticks(most: float) -> list[float]:
    """Two to six round numbers from 0 to at least `most`, in steps of 1, 2 or 5 times a power of ten."""
    if most <= 0:
        return [0, 1]
    enough = most * (1 - 1e-9)
    power = 10.0 ** floor_of(log10(most / 5))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power * 5 >= enough)
    return [round(step * place, 12) for place in range(min(ceil(enough / step), 5) + 1)]
