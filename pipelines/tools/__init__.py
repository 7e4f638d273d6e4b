"""Creative tools: each is one file (`logo_maker.py` …) with its inputs, price, time and `run`; `catalog.py` lists them.

`execute.py` is what others call: it checks the inputs by the tool's schema and submits the tool's pipeline, one stage
*make* (lane tools, `make.py`). That runs the tool in a sandboxed child and keeps what it made as an item of the project.
"""
