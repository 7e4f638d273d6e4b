"""diagnostics.echo: a job that returns its input, for benches, tests and an operator's smoke test."""
