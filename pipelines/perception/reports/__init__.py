"""Reports of a brand as files: *render* collects what is kept of the period, sets it, and keeps the file for a day.

collecting.py reads, page.py puts it into the shape that report.typ prints, sheet.py writes CSV.
"""
