"""Rules and model together. The rules' figures and names stand; on sentences the model is heard, alarms last.

| rules | model, checked | the judgement |
| --- | --- | --- |
| a verdict on something typed (year, money, count, place, person, closed set) | any | the rules' |
| nothing | a verdict | the model's |
| a sentence contradicted | supported | supported: no alarm against a reading that can be shown |
| a sentence supported | contradicted, in the same sentence | neither: they read one sentence in two ways |
| a sentence supported | contradicted, in another one | the rules': an answer that says it right means it |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from pipelines.perception.judge.judging import Read, judged, read_answer
from pipelines.perception.judge_model.checking import Checked, checked, typed_facts
from pipelines.perception.judge_model.prompt import Request, request_of, version_with, why_not
from pipelines.perception.judge_model.reply import BadReply, read_reply
from pipelines.perception.records import BrandFacts, Finding, Judgement, ModelReading, plain

Complete = Callable[[str, str, dict[str, Any]], Any]


def judge_with_model(
    brand: BrandFacts | Mapping[str, Any],
    answer: str,
    complete: Complete,
    *,
    question: str | None = None,
    model: str = "model",
) -> Judgement:
    """What `answer` says about the brand, by the rules and by a model that is asked once, or not at all.

    `complete(system, prompt, schema)` gives the model's JSON values; what it raises passes through. `model` is what it is
    called in the judgement. A reply without the shape that was asked for leaves the rules' judgement, which says so.
    """
    read = read_answer(brand, answer, question=question)
    rules = judged(read)
    reason = why_not(read, rules)
    if reason is not None:
        return rules_alone(rules, model, reason, is_final=True)
    request = request_of(read, model)
    return merged(read, rules, request, complete(request.system, request.prompt, request.schema), model)


def rules_alone(rules: Judgement, model: str, reason: str, *, is_final: bool) -> Judgement:
    """The rules' judgement, with why the model has no part in it. `is_final`: asking it again would not be any use."""
    return msgspec.structs.replace(
        rules,
        judge_version=version_with(model) if is_final else rules.judge_version,
        model=ModelReading(model=model, used=False, reason=reason),
    )


def merged(read: Read, rules: Judgement, request: Request, given: Any, model: str) -> Judgement:
    """The judgement from what the rules found and what the model replied. Pure: the same reply always gives the same."""
    try:
        reply = read_reply(given)
    except BadReply:
        return rules_alone(rules, model, "bad_answer", is_final=False)
    checks = checked(read, request, reply.said)
    merging = _Merging(read, rules)
    for one in checks.kept:
        merging.hear(one)
    dropped = checks.dropped | ({"malformed": reply.malformed} if reply.malformed else {})
    return merging.judgement(reply.sentiment, model, dropped)


class _Merging:
    """The findings while the model's verdicts come in."""

    def __init__(self, read: Read, rules: Judgement) -> None:
        self._read = read
        self._rules = rules
        self._typed = typed_facts(read)
        self._supported, self._contradicted = list(rules.supported), list(rules.contradicted)
        self._added: list[Finding] = []
        self._agreed = self._overruled = self._withdrawn = 0

    def hear(self, one: Checked) -> None:
        """One verdict of the model, against what the rules said of this fact."""
        right = [found for found in self._rules.supported if found.fact_id == one.fact.id]
        wrong = [found for found in self._rules.contradicted if found.fact_id == one.fact.id]
        same, other = (right, wrong) if one.outcome == "supported" else (wrong, right)
        if same:
            self._agreed += 1
        elif not other:
            self._add(one)
        elif one.fact.id in self._typed:
            self._overruled += 1
        elif one.outcome == "supported":
            self._withdraw(self._contradicted, other)
            self._add(one)
        elif any(found.start < one.end and one.start < found.end for found in other):
            self._withdraw(self._supported, other)
        else:
            self._overruled += 1

    def judgement(self, sentiment: float | None, model: str, dropped: dict[str, int]) -> Judgement:
        """What it all comes to. Rank, mentions and competitors are the rules'."""
        spans = [(found.start, found.end) for found in self._added]
        unsupported = [
            found
            for found in self._rules.unsupported
            if found.fabricated or not any(found.start < end and start < found.end for start, end in spans)
        ]
        return msgspec.structs.replace(
            self._rules,
            supported=_in_order(self._supported),
            contradicted=_in_order(self._contradicted),
            unsupported=tuple(unsupported),
            sentiment=self._rules.sentiment if sentiment is None else sentiment,
            judge_version=version_with(model),
            model=ModelReading(
                model=model,
                used=True,
                added=len(self._added),
                agreed=self._agreed,
                overruled=self._overruled,
                withdrawn=self._withdrawn,
                dropped=dropped,
            ),
        )

    def _add(self, one: Checked) -> None:
        finding = Finding(
            quote=self._read.plain.original[one.start : one.end],
            start=one.start,
            end=one.end,
            fact_id=one.fact.id,
            claimed=one.claimed,
            actual=plain(one.fact),
            by="model",
        )
        self._added.append(finding)
        (self._supported if one.outcome == "supported" else self._contradicted).append(finding)

    def _withdraw(self, held: list[Finding], found: list[Finding]) -> None:
        self._withdrawn += len(found)
        held[:] = [one for one in held if one not in found]


def _in_order(found: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda one: one.start))
