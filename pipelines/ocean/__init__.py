"""Ocean: one answer to one message of a session. Submitted by Clisonix's /v1/ocean endpoints.

reply  (ask)  the configured model's words, told as they come; without a model what the       reply.py
              workspace's documents say, quoted, or plainly that there is nothing to answer from
"""
