"""Every pipeline by name: the engine's table of contents. A new pipeline is one line here."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import Any

from pipelines.engine.pipeline import Pipeline
from store.kit.errors import NotFound

DECLARATIONS = (
    "pipelines.assistant.pipeline:PIPELINE",
    "pipelines.credits.pipeline:PIPELINE",
    "pipelines.answers.pipeline:ANSWERS",
    "pipelines.answers.pipeline:GROUPING",
    "pipelines.diagnostics.pipeline:ECHO",
    "pipelines.diagnostics.pipeline:FAN_OUT",
    "pipelines.knowledge.pipeline:PIPELINE",
    "pipelines.knowledge.pipeline:SEARCH",
    "pipelines.magic_import.pipeline:PIPELINE",
    "pipelines.mail.pipeline:PIPELINE",
    "pipelines.ocean.pipeline:PIPELINE",
    "pipelines.onboarding.pipeline:PIPELINE",
    "pipelines.perception.corrections.pipeline:PIPELINE",
    "pipelines.perception.reports.pipeline:PIPELINE",
    "pipelines.perception.pipeline:EARLY",
    "pipelines.perception.pipeline:EARLY_WITH_MODEL",
    "pipelines.perception.pipeline:PIPELINE",
    "pipelines.perception.pipeline:PREVIEW",
    "pipelines.perception.pipeline:PROMPTS",
    "pipelines.perception.pipeline:REJUDGE",
    "pipelines.removal.pipeline:PIPELINE",
    "pipelines.tools.pipeline:PIPELINES",
    "pipelines.runs.exports.pipeline:PIPELINE",
)


@lru_cache(maxsize=1)
def pipelines() -> dict[str, Pipeline]:
    """All pipelines by name. Imports their declarations only, never their stages."""
    found: list[Pipeline] = []
    for declaration in DECLARATIONS:
        one = resolve(declaration)
        found += one if isinstance(one, tuple) else [one]  # a room may have a pipeline for each of many things
    return {pipeline.name: pipeline for pipeline in found}


def resolve(dotted: str) -> Any:
    """`"package.module:name"` -> the thing of that name."""
    module, _, name = dotted.partition(":")
    return getattr(import_module(module), name)


def get(name: str) -> Pipeline:
    """One pipeline. Raises NotFound."""
    found = pipelines().get(name)
    if found is None:
        raise NotFound(f"No pipeline is called {name!r}.", field="pipeline")
    return found


def public() -> list[Pipeline]:
    """The pipelines that anyone may submit by name, in alphabetical order."""
    return sorted((one for one in pipelines().values() if one.public), key=lambda one: one.name)
