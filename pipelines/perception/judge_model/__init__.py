"""The judge with a model: the rules first, then a model's verdicts as far as they can be checked. See docs/judge_with_model.md.

`judge_with_model(brand, answer, complete)` does all of it at once with any model. The pipeline does it in two steps, so
that a reply that was paid for is kept: `request_of` makes the question, `merged` the judgement from the reply.
"""

from pipelines.perception.judge_model.merging import judge_with_model, merged, rules_alone
from pipelines.perception.judge_model.prompt import (
    MAX_REPLY_TOKENS,
    Request,
    expected_of,
    request_of,
    version_with,
    why_not,
)
from pipelines.perception.judge_model.reply import BadReply, read_reply

__all__ = [
    "MAX_REPLY_TOKENS",
    "BadReply",
    "Request",
    "expected_of",
    "judge_with_model",
    "merged",
    "read_reply",
    "request_of",
    "rules_alone",
    "version_with",
    "why_not",
]
