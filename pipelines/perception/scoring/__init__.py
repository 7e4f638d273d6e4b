"""score: judged answers in, a scan's numbers out. Pure: the same answers and seed give the same numbers.

`score` (score.py) is what a scan's *score* stage calls, `compare` (change.py) tells whether two scans differ.
observations.py says what each metric counts, sampling.py how sure it is. docs/vistralai.md has the table of formulas.
"""

from pipelines.perception.scoring.change import compare
from pipelines.perception.scoring.score import SCORE_VERSION, score

__all__ = ["SCORE_VERSION", "compare", "score"]
