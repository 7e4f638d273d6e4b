"""Measures the judge on labelled answers: `python -m tests.pipelines.perception.labelled.scorer [folder …]` prints what missed.

A file holds one brand and its answers. `wrong`: the facts an answer contradicts; `right`: facts it must be seen to support;
`rank`, `rivals`, `mentioned`, `refusal` exactly; `mood`: positive, negative or neutral; `invented`: words inside a
fabricated quote; `unsupported`: words inside an unsupported one; `trap`: the answer tempts to see a contradiction.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from pipelines.perception.judge import judge
from pipelines.perception.records import Judgement

HERE = Path(__file__).parent


@dataclass
class Tally:
    """Counts over a folder, and what missed in sentences."""

    answers: int = 0
    hits: int = 0
    false: int = 0
    missed: int = 0
    traps: int = 0
    alarms: int = 0
    supports: int = 0
    supported: int = 0
    exact: dict[str, list[int]] = field(default_factory=dict)
    quotes: int = 0
    verbatim: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.hits / max(1, self.hits + self.false)

    @property
    def recall(self) -> float:
        return self.hits / max(1, self.hits + self.missed)

    @property
    def trap_alarms(self) -> float:
        return self.alarms / max(1, self.traps)

    @property
    def support_recall(self) -> float:
        return self.supported / max(1, self.supports)

    def rate(self, name: str) -> float:
        right, all_of = self.exact.get(name, [0, 0])
        return right / all_of if all_of else 1.0

    def note(self, name: str, *, right: bool) -> None:
        counts = self.exact.setdefault(name, [0, 0])
        counts[0] += right
        counts[1] += 1


def cases(folder: Path, *, step: int = 1) -> Iterator[tuple[dict[str, Any], dict[str, Any], str]]:
    for file in sorted(folder.glob("*.yaml"))[::step]:
        content = msgspec.yaml.decode(file.read_bytes())
        for answer in content["answers"]:
            yield content["brand"], answer, file.stem


def measure(folder: Path, *, step: int = 1) -> Tally:
    """The figures over a folder; `step` 4 takes every fourth file."""
    tally = Tally()
    for brand, answer, stem in cases(folder, step=step):
        found = judge(brand, answer["text"], question=answer.get("question"))
        _compare(tally, answer, found, f"{stem}/{answer['id']}")
    return tally


def _compare(tally: Tally, label: dict[str, Any], found: Judgement, name: str) -> None:
    tally.answers += 1
    text = label["text"]
    wrong = set(map(str, label.get("wrong", ())))
    said = {finding.fact_id for finding in found.contradicted}
    tally.hits += len(wrong & said)
    tally.missed += len(wrong - said)
    tally.false += len(said - wrong)
    if said != wrong:
        quotes = [
            (finding.fact_id, finding.claimed, finding.quote[:90])
            for finding in found.contradicted
            if finding.fact_id not in wrong
        ]
        tally.misses.append(
            f"{name}: contradicted missed={sorted(wrong - said)} false={quotes}\n      {text.strip()[:300]}"
        )
    if label.get("trap"):
        tally.traps += 1
        tally.alarms += bool(said - wrong)
    right = set(map(str, label.get("right", ())))
    seen = {finding.fact_id for finding in found.supported}
    tally.supports += len(right)
    tally.supported += len(right & seen)
    if right - seen:
        tally.misses.append(f"{name}: support missed={sorted(right - seen)}\n      {text.strip()[:300]}")
    expected = {
        "mentioned": label.get("mentioned", True),
        "rank": label.get("rank"),
        "competitors": tuple(label.get("rivals", ())),
        "refusal": label.get("refusal", False),
    }
    for what, wanted in expected.items():
        got = getattr(found, what)
        tally.note(what, right=got == wanted)
        if got != wanted:
            tally.misses.append(f"{name}: {what} is {got!r}, not {wanted!r}\n      {text.strip()[:200]}")
    if "mood" in label:
        mood = "neutral" if not found.sentiment else "positive" if found.sentiment > 0 else "negative"
        tally.note("mood", right=mood == label["mood"])
        if mood != label["mood"]:
            tally.misses.append(f"{name}: mood {found.sentiment} is not {label['mood']}\n      {text.strip()[:200]}")
    findings = [*found.contradicted, *found.supported, *found.unsupported]
    for words in label.get("invented", ()):
        seen_it = any(words in finding.quote and finding.fabricated for finding in findings)
        tally.note("invented", right=seen_it)
        if not seen_it:
            tally.misses.append(f"{name}: invention not seen: {words}")
    for words in label.get("unsupported", ()):
        seen_it = any(words in finding.quote for finding in found.unsupported)
        tally.note("unsupported", right=seen_it)
        if not seen_it:
            tally.misses.append(f"{name}: unsupported not seen: {words}")
    tally.quotes += len(findings)
    tally.verbatim += sum(text[finding.start : finding.end] == finding.quote != "" for finding in findings)


def report(title: str, tally: Tally) -> str:
    exact = ", ".join(
        f"{name} {tally.rate(name):.3f} ({counts[0]}/{counts[1]})" for name, counts in sorted(tally.exact.items())
    )
    return (
        f"{title}: {tally.answers} answers; contradictions precision {tally.precision:.3f} recall {tally.recall:.3f}"
        f" ({tally.hits} found, {tally.false} false, {tally.missed} missed); trap alarms {tally.trap_alarms:.3f} ({tally.alarms}/{tally.traps});"
        f" support recall {tally.support_recall:.3f} ({tally.supported}/{tally.supports}); verbatim {tally.verbatim}/{tally.quotes}; {exact}"
    )


def main() -> None:
    for name in sys.argv[1:] or ("development",):
        tally = measure(HERE / name)
        print(*tally.misses, sep="\n")
        print(report(name, tally))


if __name__ == "__main__":
    main()
