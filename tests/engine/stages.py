"""What the test pipelines do. Every start and every fenced end is a row in `engine_test.effect`, to be counted.

A task is told by `do`, a list of [verb, argument] pairs that it does in order.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from datetime import timedelta
from typing import Any

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome, Permanent, TryAgain
from pipelines.engine.relay import Relay
from store.kit import db

LIBC = ctypes.PyDLL(None)  # PyDLL keeps the GIL during a call, as a bad C extension does


def act(ctx: Context) -> Outcome:
    """Do what the input (or part) says between two rows: `started`, and `ended` under the fence."""
    told: dict[str, Any] = ctx.part if ctx.part is not None else ctx.input
    note(ctx, "started", told.get("name"))
    output: Any = told.get("name")
    relay = Relay(ctx)
    for verb, value in told.get("do", []):
        if verb == "return":
            output = value
        elif verb == "send":
            relay.send(*({**frame, "at": time.monotonic(), "attempt": ctx.attempt} for frame in value))
        elif verb == "long text":
            output = "x" * value
        elif verb == "return a NUL":
            output = "a\0b"
        else:
            VERBS[verb](ctx, value)
    with ctx.transaction():
        note(ctx, "ended", told.get("name"))
    return Outcome(output=output)


def split(ctx: Context) -> Outcome:
    """The parts that the input names."""
    note(ctx, "split", None)
    if "parts" not in ctx.input:
        return Outcome(parts=[{"name": str(number)} for number in range(ctx.input["count"])])
    return Outcome(parts=ctx.input["parts"])


def join(ctx: Context) -> Outcome:
    """The outputs of the parts that succeeded."""
    note(ctx, "joined", None)
    return Outcome(output=ctx.outputs_of("work"))


def note(ctx: Context, kind: str, name: str | None) -> None:
    """Write down what happens, and when by the database's clock."""
    db.rows(
        "INSERT INTO engine_test.effect (kind, name, job_id, run, stage, idx, attempt, token, pid)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (kind, name, ctx.job_id, ctx.run, ctx.claim.stage, ctx.idx, ctx.attempt, ctx.token, os.getpid()),
    )


def _spin(ctx: Context, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


def _sleep_deaf(ctx: Context, seconds: float) -> None:
    time.sleep(seconds)


def _hold_gil(ctx: Context, seconds: int) -> None:
    LIBC.sleep(seconds)


def _die(ctx: Context, attempts: int) -> None:
    """End the process in the first so many starts of this task."""
    started = db.row(
        "SELECT count(*) FROM engine_test.effect WHERE job_id = %s AND stage = %s AND idx = %s AND kind = 'started'",
        (ctx.job_id, ctx.claim.stage, ctx.idx),
    )
    if started and started[0] <= attempts:
        os.kill(os.getpid(), signal.SIGKILL)


def _leave_a_grandchild(ctx: Context, seconds: int) -> None:
    """Start a process that keeps everything open that it inherits."""
    subprocess.Popen(["sleep", str(seconds)], close_fds=False, start_new_session=True)


def _break(ctx: Context, attempts: int) -> None:
    if ctx.attempt <= attempts:
        raise RuntimeError(f"attempt {ctx.attempt} breaks")


def _again(ctx: Context, times: int) -> None:
    done = (ctx.checkpoint or {}).get("times", 0)
    if done < times:
        ctx.save_checkpoint({"times": done + 1})
        raise TryAgain(timedelta(milliseconds=20), "not yet")


def _refuse(ctx: Context, message: str) -> None:
    raise Permanent("refused", message)


def _refuse_with_a_nul(ctx: Context, _: None) -> None:
    raise Permanent("refused", "not with \0 in it", page="\0")


def _refuse_once(ctx: Context, message: str) -> None:
    """Fail for good in the job's first run only."""
    if ctx.run == 1:
        raise Permanent("refused", message)


def _tell(ctx: Context, fraction: float) -> None:
    ctx.progress(fraction, f"{fraction:.0%} done")


VERBS = {
    "sleep": lambda ctx, seconds: ctx.sleep(seconds),
    "sleep deaf": _sleep_deaf,
    "spin": _spin,
    "hold the GIL": _hold_gil,
    "die": _die,
    "leave a grandchild": _leave_a_grandchild,
    "break": _break,
    "again": _again,
    "refuse": _refuse,
    "refuse once": _refuse_once,
    "refuse with a NUL": _refuse_with_a_nul,
    "progress": _tell,
}
