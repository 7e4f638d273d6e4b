"""Websites as they were read: one crawl per job with its pages, the last copy of each page, the hosts' gates.

`crawls` and `pages` are written by the crawl; `copies` holds what a conditional re-crawl needs and the findings of
those bodies; `queries` is what later stages and people read; `hosts` is shared by all jobs and workspaces.
"""
