"""The bundled Postgres and Valkey: programs from two packages, run as our own children.

`servers.embedded_servers(folder)` for tests and measurements; workers/up.py uses the same parts and restarts them.
"""
