"""POST /api/integrations/run: one run, a list of them, or one a line (NDJSON)."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import msgspec
from msgspec import UNSET, Raw, Struct

from api.kit import body as bodies
from api.kit import metrics
from api.kit.answer import Answer
from api.kit.errors import problem_of
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.surface import RUNS
from api.runs.track_types import OneOrMany, RunResult, Tracked, TrackRun
from pipelines.runs import tracker
from pipelines.runs.tracker import IDEMPOTENCY_KEY, RUN_ID, Outcome
from store.kit import structs
from store.kit.clock import utc_now
from store.kit.errors import DomainError, InvalidInput, PayloadTooLarge
from store.kit.settings import settings
from store.runs import partitions
from store.runs.records import NewRun

LINES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"})
NANO = 1_000_000_000
_one = structs.decoder(TrackRun)


class Told(Struct):
    """The body: runs that are still text, and whether it was one run by itself."""

    runs: list[bytes]
    is_one: bool


async def read(request: Request) -> Told:
    """The body's runs. Raises InvalidInput for none or too many."""
    raw = (await bodies.read(request, limit=settings().runs.max_batch_bytes)).strip()
    media_type = (request.header(b"content-type") or "").partition(";")[0].strip().lower()
    if media_type in LINES:
        return _bounded([line for line in map(bytes.strip, raw.split(b"\n")) if line])
    if raw.startswith(b"["):
        return _bounded(bodies.items(raw))
    return Told([raw], is_one=True)


class Runs:
    """/api/integrations/run."""

    @operation("Track one AI call, or up to 1,000", body=OneOrMany, reads=read, returns=Tracked, role="ADMIN")
    async def on_post(self, caller: Principal, body: Told, request: Request) -> Tracked | Answer:
        """A list, or `application/x-ndjson` with a run a line, is answered with what became of each run. A `runId`, or an
        `Idempotency-Key` (of a list: with each run's place), is stored once; told again it is a duplicate."""
        key, now = request.idempotency_key, utc_now()
        if body.is_one:
            (outcome,) = await tracker.track([_new_run(caller, body.runs[0], key, now)])
            if isinstance(outcome, DomainError):
                raise outcome
            metrics.count_runs(accepted=not outcome.replayed, duplicate=outcome.replayed)
            if outcome.replayed:
                return Answer(body=Tracked(success=True), headers={"Idempotent-Replayed": "true"})
            return Tracked(success=True)
        wishes = [_wish(caller, raw, f"{key}:{place}" if key else None, now) for place, raw in enumerate(body.runs)]
        good = [wish for wish in wishes if isinstance(wish, NewRun)]
        outcomes = iter(await tracker.track(good) if good else [])
        return _of_many([(wish, next(outcomes)) if isinstance(wish, NewRun) else (None, wish) for wish in wishes])


def _bounded(runs: list[bytes]) -> Told:
    most = settings().runs.max_batch
    if not runs:
        raise InvalidInput("The body has no runs.")
    if len(runs) > most:
        raise InvalidInput(f"The body has {len(runs)} runs; at most {most} fit into one request.", limit=most)
    return Told(runs, is_one=False)


def _wish(caller: Principal, raw: bytes, key: str | None, now: datetime) -> NewRun | DomainError:
    try:
        return _new_run(caller, raw, key, now)
    except DomainError as error:
        return error


def _new_run(caller: Principal, raw: bytes, key: str | None, now: datetime) -> NewRun:
    told = bodies.decode(raw, _one)
    _check_times(told.timestamp, now)
    _check_sizes(told)
    tokens, taken_in, given_out = _tokens(told)
    own_key = f"{RUN_ID}{told.run_id}" if told.run_id is not None else f"{IDEMPOTENCY_KEY}{key}" if key else None
    return NewRun(
        workspace_id=caller.workspace_id,
        at=told.timestamp or now,
        prompt_id=told.prompt_id,
        model=told.model,
        provider=told.provider,
        success=told.success,
        run_id=told.run_id,
        tokens=tokens,
        input_tokens=taken_in,
        output_tokens=given_out,
        cached_tokens=told.cached_tokens,
        cost=None if told.cost is None else round(told.cost * NANO),
        cost_is_reported=told.cost is not None,
        latency_us=None if told.latency is None else round(told.latency * 1000),
        input=told.input,
        output=told.output,
        metadata=None if told.metadata is None else Raw(msgspec.json.encode(told.metadata)),
        key=own_key,
        fingerprint=hashlib.blake2b(msgspec.json.encode(told), digest_size=16).hexdigest() if own_key else None,
    )


def _tokens(told: TrackRun) -> tuple[int | None, int | None, int | None]:
    """(all, input, output), each as far as it was told or follows from the others."""
    whole, taken_in, given_out = told.tokens_used, told.input_tokens, told.output_tokens
    if whole is not None and taken_in is not None and given_out is None and taken_in <= whole:
        given_out = whole - taken_in
    elif whole is not None and given_out is not None and taken_in is None and given_out <= whole:
        taken_in = whole - given_out
    if whole is None and not (taken_in is None and given_out is None):
        whole = (taken_in or 0) + (given_out or 0)
    return whole, taken_in, given_out


def _check_times(moment: datetime | None, now: datetime) -> None:
    if moment is None:
        return
    if moment > now + timedelta(seconds=settings().runs.ahead_seconds):
        raise InvalidInput("`timestamp` lies in the future.", field="timestamp")
    if moment < partitions.oldest(now):
        days = settings().runs.retention_days
        raise InvalidInput(f"`timestamp` is older than the {days:g} days that runs are kept.", field="timestamp")


def _check_sizes(told: TrackRun) -> None:
    wanted = settings().runs
    for name, text in (("input", told.input), ("output", told.output)):
        if text is not None and len(text) * 4 > wanted.max_text_bytes and len(text.encode()) > wanted.max_text_bytes:
            raise PayloadTooLarge(
                f"`{name}` is larger than {wanted.max_text_bytes} bytes.", field=name, limit_bytes=wanted.max_text_bytes
            )
    if told.metadata and len(msgspec.json.encode(told.metadata)) > wanted.max_metadata_bytes:
        raise PayloadTooLarge(
            f"`metadata` is larger than {wanted.max_metadata_bytes} bytes.",
            field="metadata",
            limit_bytes=wanted.max_metadata_bytes,
        )


def _of_many(outcomes: list[tuple[NewRun | None, Outcome]]) -> Tracked:
    results = [_result(index, run, outcome) for index, (run, outcome) in enumerate(outcomes)]
    duplicates = sum(result.duplicate is True for result in results)
    refused = sum(not result.success for result in results)
    accepted = len(results) - duplicates - refused
    metrics.count_runs(accepted=accepted, duplicate=duplicates, refused=refused)
    return Tracked(success=refused == 0, accepted=accepted, duplicates=duplicates, refused=refused, results=results)


def _result(index: int, run: NewRun | None, outcome: Outcome) -> RunResult:
    run_id = run.run_id if run is not None and run.run_id is not None else UNSET
    if not isinstance(outcome, DomainError):
        duplicate = True if outcome.replayed else UNSET
        return RunResult(index=index, success=True, status=200, run_id=run_id, duplicate=duplicate)
    problem = problem_of(outcome)
    return RunResult(
        index=index,
        success=False,
        status=RUNS.status(problem),
        run_id=run_id,
        error=problem.message,
        code=RUNS.code(problem),
        details=RUNS.details(problem) or UNSET,
    )
