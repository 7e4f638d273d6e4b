"""How logos are drawn: `palette.py` colours, `icons.py` and `symbols.py` marks, `words.py` names, `layouts.py` the whole.

Each style is a face, a way to set the name and a kind of mark; each layout puts name, mark and tagline together.
"""
