"""Perception scans: the questions asked of AI platforms about a brand, and every answer kept whole."""
