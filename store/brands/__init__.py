"""Brands: the profile of a company, where each value came from, and the reviews that fill it.

`values.py` says which fields there are and what they may hold, `tables.py` how they are kept. `queries.py` has the
brand itself, `sections.py` its identity, market position, audience and positioning, `entries.py` its competitors,
products, groups of people and personas. `reviews.py` is what people decide, `dashboard.py` how that goes, and
`telling.py` what the log is told.
"""
