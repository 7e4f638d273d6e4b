"""The pure part of a finish against a model: any results in any batches lead to the same promises.

Tasks are rows in a dictionary, as the store would keep them; `consequences` says what to write, and the model
writes it. No database.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from pipelines.engine.pipeline import Need, Pipeline, Stage
from pipelines.engine.progression import consequences
from pipelines.engine.results import Result, failure
from store.jobs.finish import Taken
from store.jobs.records import Claim, JobChange, NewTask

ENDS = {"job.completed", "job.failed"}


def pipeline(need: Need, *, attempts: int) -> Pipeline:
    return Pipeline(
        name="model",
        title="model",
        stages=(
            Stage(name="split", lane="quick", run="x:y", attempts=attempts),
            Stage(name="work", lane="cpu", run="x:y", fan_out=True, need=need, attempts=attempts, weight=3),
            Stage(name="join", lane="quick", run="x:y", attempts=attempts),
        ),
    )


class Model:
    """One job and its open tasks, changed only by what `consequences` asks for."""

    def __init__(self, made: Pipeline) -> None:
        self.pipelines = {made.name: made}
        self.job = JobChange(
            id="job_1", state="queued", stage=0, remaining=1, total=1, failed_parts=0, progress=0, message=None
        )
        self.tasks: dict[int, NewTask] = {}
        self.events: list[str] = []
        self.paid: list[str] = []
        self.entered = [0]
        self.progress = [0.0]
        self._ids = iter(range(1, 100_000))
        self._add(
            NewTask(job_id="job_1", run=1, stage=0, idx=0, workspace_id="w", pipeline="model", lane="quick",
                    priority=0, deadline_seconds=1)
        )  # fmt: skip

    def finish(self, answers: dict[int, dict]) -> None:
        """One batch: these open tasks end with these answers."""
        taken, results = [], {}
        for task_id, answer in answers.items():
            task = self.tasks.pop(task_id)
            taken.append(
                Taken(
                    task_id=task_id, task_state="running", key=None, has_slot=False, job_id="job_1",
                    job_state=self.job.state, run=1, stage=self.job.stage, remaining=self.job.remaining,
                    total=self.job.total, failed_parts=self.job.failed_parts, public=True, workspace_id="w",
                    pipeline="model", surface="s", priority=0, message=None, progress=self.job.progress,
                    price=7,
                )
            )  # fmt: skip
            results[(task_id, "job_1")] = Result(claim=_claim(task_id, task), **answer)
        found = consequences(taken, results, self.pipelines)
        assert len(found.jobs) <= 1
        for change in found.jobs:
            if change.stage != self.job.stage:
                self.entered.append(change.stage)
            self.job = change
            self.progress.append(change.progress)
        if found.ended:
            self.tasks.clear()
        for task in found.tasks:
            self._add(task)
        self.events += [event.type for event in found.events]
        self.paid += [one.kind for one in found.paid]

    def check(self) -> None:
        ended = [kind for kind in self.events if kind in ENDS]
        assert self.job.remaining >= 0
        assert self.job.failed_parts <= self.job.total
        assert self.entered == sorted(set(self.entered)), "a stage was entered twice"
        assert self.progress == sorted(self.progress), "progress went down"
        assert max(self.progress) <= 100
        assert self.events.count("job.started") <= 1
        if self.job.state in ("completed", "failed"):
            assert len(ended) == 1
            assert self.paid == ["settled" if self.job.state == "completed" else "refund"]
            assert not self.tasks, "something of a job that is over would run"
        else:
            assert not ended
            assert not self.paid
            assert len(self.tasks) == self.job.remaining, "a job whose open tasks are not what it waits for"

    def _add(self, task: NewTask) -> None:
        place = (task.run, task.stage, task.idx)
        assert place not in {(one.run, one.stage, one.idx) for one in self.tasks.values()}, "a task is there twice"
        self.tasks[next(self._ids)] = task


def _claim(task_id: int, task: NewTask) -> Claim:
    return Claim(
        task_id=task_id, token=task_id, job_id="job_1", workspace_id="w", pipeline="model", lane=task.lane, run=1,
        stage=task.stage, idx=task.idx, attempt=task.attempt + 1, crashes=0, key=None, key_limit=None, job_key=None,
        deadline_seconds=1, priority=0, surface="s", job_state="queued", input={}, part=None, checkpoint=None,
    )  # fmt: skip


ERROR = failure("broken", "It broke.", retryable=True)
ANSWERS = {
    "done": {"kind": "done", "output": Raw(b"1")},
    "broke": {"kind": "failed", "error": ERROR, "delay": timedelta(seconds=1)},
    "refused": {"kind": "failed", "error": ERROR, "final": True},
    "again": {"kind": "again", "refund": True, "delay": timedelta(seconds=1)},
    "handed_back": {"kind": "handed_back", "refund": True},
}
NEEDS = st.one_of(
    st.just(Need(share=1.0)),
    st.integers(0, 6).map(lambda number: Need(at_least=number)),
    st.integers(0, 20).map(lambda twentieths: Need(share=twentieths / 20)),
)
WORDS = st.sampled_from(["done"] * 6 + ["broke", "refused", "again", "handed_back"])


@given(st.data(), NEEDS, st.integers(1, 3), st.integers(0, 12))
def test_any_results_in_any_batches_end_a_job_once_and_lead_to_each_stage_once(data, need, attempts, parts):
    model = Model(pipeline(need, attempts=attempts))
    for _ in range(60):
        if not model.tasks:
            break
        batch = data.draw(st.lists(st.sampled_from(sorted(model.tasks)), min_size=1, unique=True))
        answers = {}
        for task_id in batch:
            answer = ANSWERS[data.draw(WORDS)]
            is_split = model.tasks[task_id].stage == 0 and answer["kind"] == "done"
            answers[task_id] = answer | ({"parts": list(range(parts))} if is_split else {})
        model.finish(answers)
        model.check()
    for _ in range(5):  # whatever is left succeeds
        if model.tasks:
            parted = {"parts": list(range(parts))}
            model.finish(
                {
                    task_id: ANSWERS["done"] | (parted if task.stage == 0 else {})
                    for task_id, task in model.tasks.items()
                }
            )
            model.check()
    assert model.job.state in ("completed", "failed")


@given(st.integers(1, 40), st.integers(0, 40), NEEDS, st.randoms())
def test_what_a_fan_out_needs_decides_how_it_ends(total, failed, need, random):
    failed = min(failed, total)
    model = Model(pipeline(need, attempts=1))
    model.finish({1: ANSWERS["done"] | {"parts": list(range(total))}})
    order = list(model.tasks)
    random.shuffle(order)
    failing = set(random.sample(order, failed))
    while order and model.job.state == "running":
        batch = [order.pop() for _ in range(min(len(order), random.randint(1, 7)))]
        model.finish({one: ANSWERS["refused" if one in failing else "done"] for one in batch if one in model.tasks})
        model.check()

    enough = total - failed >= max(need.at_least, need.share * total - 1e-6)
    assert (model.job.state, model.job.stage) == (("running", 2) if enough else ("failed", 1))


@given(st.integers(1, 60), st.floats(0.01, 3600), st.floats(0.01, 7200))
def test_a_back_off_grows_within_its_bounds(attempt, first, limit):
    stage = Stage(
        name="x", lane="cpu", run="x:y", backoff=timedelta(seconds=first), backoff_limit=timedelta(seconds=limit)
    )
    ceiling = min(first * 2.0 ** (attempt - 1), limit)

    delay = stage.retry_delay(attempt).total_seconds()

    assert ceiling * 0.5 - 1e-5 <= delay <= ceiling + 1e-5


@given(st.integers(0, 10_000), st.floats(0, 1), st.integers(0, 50))
def test_a_need_is_met_or_lost_but_never_both(total, part, least):
    need = Need(share=part, at_least=least)
    for succeeded in {0, total // 2, total}:
        assert not (need.is_met(succeeded, total) and need.is_lost(total - succeeded, total))
        assert need.is_met(succeeded, total) or need.is_lost(total - succeeded, total)
