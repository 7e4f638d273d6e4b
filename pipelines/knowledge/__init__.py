"""Knowledge: documents are read, cut, embedded and indexed here, and searched.

`documents`, a pipeline of four stages (pipeline.py): *read* (a website, page by page; nothing for a file), *parse* into
chunks in a child process, *embed* them batch by batch, *index* them at once. `search.py` finds them.
"""
