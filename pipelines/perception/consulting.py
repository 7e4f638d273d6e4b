"""Which model reads the answers after the rules did, as settings say; safe for the API. What it is asked is in judge_model."""

from __future__ import annotations

from pipelines.engine.pipeline import Key
from store.kit.settings import settings

GATE = "model:"  # what opens the names of models among the gates; no platform of config is called so


def model() -> str | None:
    """Provider and name of the model; None: the rules judge alone."""
    wanted = settings().llm
    if wanted.provider == "none" or settings().perception.judge_model == "off":
        return None
    return f"{wanted.provider}:{wanted.model}"


def gate(name: str) -> str:
    """What all who ask this model wait at (store/perception/gates.py)."""
    return f"{GATE}{name}"


def key_of(workspace_id: str) -> Key:
    """What keeps a workspace's calls to it to `perception.judge_calls` at once."""
    return Key(f"consult:{workspace_id}", settings().perception.judge_calls)
