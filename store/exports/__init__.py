"""Exports of tracked runs as files: asked for, made by a job, there until they expire."""
