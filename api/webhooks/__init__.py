"""Webhooks on three surfaces: one set of resources (resources.py), three ways to spell them (dialects.py)."""
