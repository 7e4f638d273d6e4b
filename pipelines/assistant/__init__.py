"""Assistant: a dialogue that gets a tool's inputs together and starts the tool when it is told to.

    reply  (ask)  one message to one reply: dialogue.py decides by the tools' schemas, or the configured      reply.py
                  model does by the same schemas (model.py); either way execute() checks, charges and starts

wishes.py finds what a message wants, slots.py what it says of a schema's fields. Both are pure.
"""
