"""Webhooks: lines of the event log, sent to the addresses that customers gave us.

feed (reads the log by its cursor, writes one delivery per endpoint that asked) -> deliverer (takes turns over the
endpoints that have something due) -> sending (signs, calls, judges the answer) -> ledger (writes what came of it,
many at once). catalog says which events there are and what each carries; management is what the API calls.
"""
