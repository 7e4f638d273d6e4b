"""The questions of a scan, made from a brand's profile: what people ask AI platforms before they choose. Pure but for
`subject_of`, which reads the profile. The same profile gives the same questions in the same order, so that scans can
be compared; a longer list begins with the shorter one.
"""

from pipelines.perception.questions.choose import CATEGORIES, questions
from pipelines.perception.questions.subject import Subject, subject_of

__all__ = ["CATEGORIES", "Subject", "questions", "subject_of"]
