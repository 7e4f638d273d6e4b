"""The outside world. Everything that leaves this machine goes through `web.py`."""
