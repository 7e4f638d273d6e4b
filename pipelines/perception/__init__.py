"""Perception: what AI platforms say about a brand, asked, judged, scored and told (see records.py for the words)."""
