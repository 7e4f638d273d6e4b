"""The stages of the perception pipelines; pipeline.py tells their order."""
