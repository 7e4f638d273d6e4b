"""Knowledge: collections of documents, cut into chunks that are found by meaning and by their words.

`collections.py` and `documents.py` are what people manage, `drafts.py` and `chunks.py` what the documents pipeline
writes, `search.py` reads them.
"""
