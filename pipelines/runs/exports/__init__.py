"""Exports as files, one stage: *write* (lane cpu) writes the rows or sets the report, keeps the file and tells that it is there.

`pipeline.py` says how to ask for one; `report/` is the page that people read, as HTML (by the API at once) and on paper.
"""
