"""The engine: takes jobs in, decides what runs next, runs it, and keeps its promises when things break.

A new pipeline needs `pipeline.py` (Pipeline, Stage) and `outcomes.py`; the API needs `submit.py`.
Postgres decides, Redis carries: see docs/architecture.md.
"""
