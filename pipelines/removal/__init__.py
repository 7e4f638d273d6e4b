"""Deleting a workspace, one stage: *forget* (lane quick) cancels its open jobs, then removes what it owned, in batches.

`queue.py` is what others call. What the engine keeps of ended jobs goes with the retention; nobody can reach it.
"""
