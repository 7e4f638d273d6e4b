"""Measurements: opt-in, on servers of their own, each a ratio of two things measured in turn in one run.

`./run.sh bench` runs all, `./run.sh bench engine` one. Machines are shared and noisy: compare ratios and CPU-ms
(our CPU milliseconds per request or job, over every process of ours, servers and load included) before rates.
"""
