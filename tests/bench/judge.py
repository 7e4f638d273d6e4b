"""The judge on labelled answers, on one core: answers a second and what it gets right, beside a naive reader.

The naive reader takes a sentence that names a fact's topic and holds another number or none of its words for a
contradiction: what one writes in ten minutes.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from pipelines.perception.judge import JUDGE_VERSION, judge
from tests.bench.kit.meter import spread
from tests.pipelines.perception.labelled.scorer import HERE, cases

TARGET = 40.0
Case = tuple[dict[str, Any], dict[str, Any], str]


def main(*, rounds: int = 3) -> None:
    """Print both readers' rates and rights, and the target."""
    folders = sorted(folder for folder in HERE.iterdir() if any(folder.glob("*.yaml")))
    answers = [case for folder in folders for case in cases(folder)]
    long = [case for case in answers if len(case[1]["text"]) > 600]
    words = sum(len(case[1]["text"].split()) for case in answers)
    print(
        f"{len(answers)} answers of {len(folders)} sets, {words / len(answers):.0f} words on average; judge {JUDGE_VERSION}"
    )
    rates: dict[str, list[float]] = {"judge": [], "judge, long answers": [], "naive": []}
    for _ in range(rounds):
        rates["judge"].append(_rate(_judged, answers))
        rates["judge, long answers"].append(_rate(_judged, long * 5))
        rates["naive"].append(_rate(_naive, answers))
    for name, found in rates.items():
        print(f"  {name:20} {spread(found)} answers a CPU-second")
    for name, reader in (("judge", _judged), ("naive", _naive)):
        print(f"  {name:20} contradictions: {_rights(reader, answers)}")
    slowest = median(rates["judge, long answers"])
    print(
        f"target {TARGET:.0f} answers/s on one core: {'met' if slowest >= TARGET else 'MISSED'} with the long ones ({slowest:.0f})"
    )


def _rate(reader: Callable[[Case], set[str]], answers: list[Case]) -> float:
    began = time.process_time()
    for case in answers:
        reader(case)
    return len(answers) / (time.process_time() - began)


def _rights(reader: Callable[[Case], set[str]], answers: list[Case]) -> str:
    hits = false = missed = 0
    for case in answers:
        wrong, said = set(map(str, case[1].get("wrong", ()))), reader(case)
        hits, false, missed = hits + len(wrong & said), false + len(said - wrong), missed + len(wrong - said)
    return f"precision {hits / max(1, hits + false):.3f}, recall {hits / max(1, hits + missed):.3f}"


def _judged(case: Case) -> set[str]:
    brand, answer, _ = case
    return {
        str(finding.fact_id) for finding in judge(brand, answer["text"], question=answer.get("question")).contradicted
    }


def _naive(case: Case) -> set[str]:
    brand, answer, _ = case
    facts = brand["facts"]
    listed = (
        facts
        if isinstance(facts, list)
        else [{"id": name, "predicate": name, "value": value} for name, value in facts.items()]
    )
    found = set()
    for sentence in re.split(r"(?<=[.!?])\s|\n", answer["text"]):
        for fact in listed:
            told = " ".join(
                str(fact.get(name, "")) for name in ("predicate", "key", "text", "statement", "value", "object")
            )
            topic = set(re.findall(r"[a-z]{5,}", told.lower()))
            if not topic & set(re.findall(r"[a-z]{5,}", sentence.lower())):
                continue
            mine, true = set(re.findall(r"\d[\d.,]*\d|\d", sentence)), set(re.findall(r"\d[\d.,]*\d|\d", told))
            if mine and true and not mine & true:
                found.add(str(fact["id"]))
    return found
