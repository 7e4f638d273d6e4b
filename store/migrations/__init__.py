"""The schema's history: numbered, frozen files `NNNN_name.py`, each with `up(migrator, db)`; see runner.py."""
