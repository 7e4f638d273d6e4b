"""Blobs: files of any size, kept in Postgres in pieces, so that backups, transactions and many machines need nothing more.

`queries.py` writes and reads them piece by piece, `links.py` signs addresses that open one for a while.
"""
