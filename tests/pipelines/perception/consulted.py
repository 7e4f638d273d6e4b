"""What tests say in a model's place: verdicts about facts that are found again in the prompt by some of their words."""

from __future__ import annotations

import json
from typing import Any


def shown(prompt: str) -> dict[str, str]:
    """The facts of a prompt: their sentence -> the id that they have there."""
    lines = [json.loads(line) for line in prompt.splitlines() if line.startswith('{"id"')]
    return {one["fact"]: one["id"] for one in lines}


def verdict(prompt: str, words: str, outcome: str, quote: str, claimed: str = "") -> dict[str, Any]:
    """One verdict about the fact with these words; without one of an unknown fact."""
    fact = next((name for fact, name in shown(prompt).items() if words in fact), words)
    return {"fact": fact, "verdict": outcome, "quote": quote, "claimed": claimed}
