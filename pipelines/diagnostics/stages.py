"""The stages of the diagnostics pipelines."""

from __future__ import annotations

from pipelines.diagnostics.pipeline import EchoInput, FanOutInput
from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome, Permanent
from store.kit import structs


def echo(ctx: Context) -> Outcome:
    """Sleep in steps, fail on request, return the value."""
    wanted = structs.convert(ctx.input, EchoInput)
    _behave(ctx, wanted)
    return Outcome(output={"value": wanted.value, "attempt": ctx.attempt, "run": ctx.run})


def split(ctx: Context) -> Outcome:
    """One part for each task asked for; the first `fail_parts` of them fail."""
    wanted = structs.convert(ctx.input, FanOutInput)
    common = {"value": wanted.value, "sleep_ms": wanted.sleep_ms, "steps": wanted.steps,
              "fail_attempts": wanted.fail_attempts, "at_once": wanted.at_once, "tag": wanted.tag}  # fmt: skip
    parts = [{**common, "fail": wanted.fail or number < wanted.fail_parts} for number in range(wanted.parts)]
    return Outcome(parts=parts)


def work(ctx: Context) -> Outcome:
    """One part: what echo does, with the part's options."""
    wanted = structs.convert({k: v for k, v in ctx.part.items() if k not in ("at_once", "tag")}, EchoInput)
    _behave(ctx, wanted)
    return Outcome(output={"value": wanted.value, "part": ctx.idx, "attempt": ctx.attempt})


def join(ctx: Context) -> Outcome:
    """What all parts returned, in their order."""
    return Outcome(output={"parts": ctx.outputs_of("work")})


def _behave(ctx: Context, wanted: EchoInput) -> None:
    for step in range(wanted.steps if wanted.sleep_ms else 0):
        ctx.sleep(wanted.sleep_ms / 1000 / wanted.steps)
        ctx.progress((step + 1) / wanted.steps)
    if wanted.fail:
        raise Permanent("asked_to_fail", "The job was asked to fail.")
    if ctx.attempt <= wanted.fail_attempts:
        raise RuntimeError(f"attempt {ctx.attempt} was asked to fail")
