"""Projects of both contracts, the items that tools made (with a file for each format), and uploaded files.

Rows go with their project at once; their blobs are let go, and upkeep removes them.
"""
