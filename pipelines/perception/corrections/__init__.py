"""Corrections: what to publish against an insight, and asking again whether it helped.

suggest.py writes the suggestions (pure; the API calls it), markup.py their JSON-LD, re-asking is verification.py.
"""
