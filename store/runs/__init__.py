"""Tracked AI calls: runs as they were told, by month, and the figures that were counted of them.

`write.py` stores runs and puts each batch into the feed; `count.py` takes batches from the feed and adds them to the
figures in one transaction; `windows.py` says which figures make up a stretch of time, `figures.py` reads them, with
percentiles from `latency.py`; `pages.py` gives runs as text, `partitions.py` and `retention.py` see that they end.
"""
