"""AI platforms: one file each, all asked the same way (asking.py) through the guarded client. directory.py knows them."""
