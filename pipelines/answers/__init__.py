"""Answers from a workspace's documents, and the groups of what is asked; pipeline.py tells the stages."""
