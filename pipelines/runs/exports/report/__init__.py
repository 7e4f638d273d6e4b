"""The report: `content.py` collects what it says, `html.py` makes a page of it, `paper.py` lays it out for report.typ."""
