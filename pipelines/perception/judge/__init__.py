"""The judge: what an answer says about a brand, checked claim by claim against what is verified. See docs/judge.md.

`judge(brand, answer, question=...)` works by rules alone, without a model or a network; `JUDGE_VERSION` names them.
"""

from pipelines.perception.judge.facts import read_facts
from pipelines.perception.judge.judging import JUDGE_VERSION, judge

__all__ = ["JUDGE_VERSION", "judge", "read_facts"]
