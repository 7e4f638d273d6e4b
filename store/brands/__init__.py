"""Brands: the profile of a company, where each value came from, and the reviews that fill it.

`values.py` says which fields there are and what they may hold, `tables.py` how they are kept, `queries.py` has the
brand and its identity, `entries.py` its competitors, products and audience, `reviews.py` what people decide.
"""
