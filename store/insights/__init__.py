"""Insights of a brand over its scans, the corrections that answer them, and how each scan differs from the one before."""
