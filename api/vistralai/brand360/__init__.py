"""/api/brand-360: the brand as people wrote it or onboarding found it.

`sections.py` has what is one record each, `entries.py` the lists, `types.py` their bodies and answers, `views.py` how
a row becomes an answer. Every value tells where it came from; what a person wrote is locked against later crawls.
"""
