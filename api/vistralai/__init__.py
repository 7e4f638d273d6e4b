"""The VistralAI contract under /api: `routes.py` is its table of contents."""
