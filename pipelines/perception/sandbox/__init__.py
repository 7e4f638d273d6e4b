"""The sandbox: what an AI platform without a key answers, so that a first scan works and shows what a real one would.

Pure and deterministic: the same facts, platform, question and repeat give the same answer. Each platform believes some
wrong things (beliefs.py) and has a way of speaking (voices.py); answers.py puts both together. A correction that was
approved counts as published: what it is about is believed rightly from then on.
"""

from pipelines.perception.sandbox.answers import Asked, answer
from pipelines.perception.sandbox.beliefs import Beliefs, beliefs

__all__ = ["Asked", "Beliefs", "answer", "beliefs"]
