"""Agents that answer from a workspace's knowledge: their settings, what is published, conversations and figures."""
