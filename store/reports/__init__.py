"""Reports: files that a person asked for, rendered by a job, there for a day."""
