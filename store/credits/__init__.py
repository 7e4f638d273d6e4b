"""Credits: what a workspace may spend, and a ledger that explains every change of it.

A job's price is taken when it is accepted, and settled or given back when its run ends (`ledger.py`). Each plan's monthly
allowance comes with the first look or use of a month (`accounts.py`). Test keys have an account of their own, which
no job takes from. Lock order: jobs, accounts sorted by workspace, tasks, slots.
"""
