"""Run tracking: AI calls are stored as they are told, counted soon after, watched by alerts and exported.

`tracker.py` (in the API) prices runs and writes them in shared batches; `counter.py` (in the scheduler) adds batches to
the hourly figures; `alerts.py` (there too) holds the figures against thresholds.
"""
