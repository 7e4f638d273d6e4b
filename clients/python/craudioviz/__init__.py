"""The same library under its short name."""

from craudiovizai import *  # noqa: F403 - every name of it, which its __all__ lists
