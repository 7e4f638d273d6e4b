"""Chats of a workspace's own people and keys: with the ocean (Clisonix) and with the assistant (CR AudioViz).

Visitors of websites talk with agents; those conversations are in store/agents.
"""
