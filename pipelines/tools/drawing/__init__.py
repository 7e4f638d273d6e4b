"""Drawing with filled outlines: shapes and letters as paths, put together to SVG, which typst turns into PNG and PDF.

Everything is an outline in one coordinate system (y goes down, as in SVG), so a drawing needs no fonts where it is shown.
"""
