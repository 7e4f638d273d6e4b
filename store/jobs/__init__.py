"""Jobs and everything the engine knows of them: one file a verb of a job's life.

accept (submit) -> dispatch -> claim -> finish, with control (cancel, retry, pause), leases and repair
beside them; queries and events are what the API reads. The order of locks is the same everywhere:
jobs sorted by id, then their tasks, then slots sorted by key, then held tasks (skipping locked ones).
"""
