"""answers: *answer* (lane ask), one stage: find passages, judge whether they answer, quote them or let a model write.

Submitted by the agents' `test` (nothing is kept) and by the widget's chat (pipelines/answers/chat.py, which keeps the
question before and the stage the answer after). grouping: *group* (lane cpu) puts a workspace's questions in order.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from msgspec import Meta, Struct

from pipelines.engine.pipeline import Pipeline, Stage
from store.agents.values import Config

LONGEST_MESSAGE = 4000
WITHIN = timedelta(seconds=60)


class AnswersInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked of which agent. `is_kept`: a visitor asks, and the job's exchange gets the answer; else a test."""

    message: Annotated[str, Meta(min_length=1, max_length=LONGEST_MESSAGE)]
    agent: Config
    is_kept: bool = False


class GroupingInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing: the workspace is the job's."""


ANSWERS = Pipeline(
    name="answers",
    title="Answer a question from a workspace's documents",
    description="Quotes the passages that answer, or says honestly that none does.",
    input=AnswersInput,
    stages=(
        Stage(
            name="answer",
            lane="ask",
            run="pipelines.answers.stage:answer",
            warm="pipelines.clients.embedder:warm",
            attempts=2,
            backoff=timedelta(milliseconds=200),
            deadline=timedelta(seconds=90),
        ),
    ),
)

GROUPING = Pipeline(
    name="grouping",
    title="Group questions that ask the same",
    input=GroupingInput,
    internal=True,
    stages=(
        Stage(
            name="group", lane="cpu", run="pipelines.answers.grouping:run", attempts=3, deadline=timedelta(minutes=10)
        ),
    ),
)
