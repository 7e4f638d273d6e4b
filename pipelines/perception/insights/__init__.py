"""Insights: what a person should know and mend after a scan. `find` is pure; keeping.py stores what it found.

claims.py reads what answers say wrongly, voices.py who is named and how, cited.py which pages answers lean on.
"""

from pipelines.perception.insights.find import find
from pipelines.perception.insights.records import InsightDraft

__all__ = ["InsightDraft", "find"]
