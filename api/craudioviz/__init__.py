"""The CR AudioViz contract: credits, projects, tools, files, profile. `routes.py` is its table of contents."""
