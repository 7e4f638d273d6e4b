"""Reading files: bytes that nobody can trust become blocks of text, and blocks become chunks. Runs in a bounded child.

`child.read` is what the child runs (through pipelines/clients/sandboxed.py): `kinds` says what a file is, one module a
kind reads it (`pdf`, `word`, `web_page`, `markdown`, `plain`, `sheet`), `cutting` cuts what came out.
"""
