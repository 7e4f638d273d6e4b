"""What people may write about a workspace: checked before it is kept."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

import msgspec

from store.kit import addresses
from store.kit.errors import InvalidInput
from store.kit.settings import settings as installation
from store.kit.urls import BadUrl, check_website_url

LONGEST_SETTINGS = 16_384  # bytes of JSON


def timezone(name: str) -> str:
    """The name of a time zone. Raises InvalidInput."""
    if name not in _zones():
        raise InvalidInput(
            "`timezone` must be a name of the IANA time zone database.", field="timezone", expectedFormat="Asia/Kolkata"
        )
    return name


def logo_url(url: str | None) -> str | None:
    """The address of a picture on the web, or none. Raises InvalidInput."""
    if url is None:
        return None
    try:
        return check_website_url(url, addresses.networks(installation().egress.allow))
    except BadUrl as error:
        raise InvalidInput(error.message, field="logo_url") from error


def settings(values: dict[str, Any]) -> dict[str, Any]:
    """A workspace's own settings, of which nothing is known but their size. Raises InvalidInput."""
    if len(msgspec.json.encode(values)) > LONGEST_SETTINGS:
        raise InvalidInput(f"`settings` must not be larger than {LONGEST_SETTINGS} bytes.", field="settings")
    return values


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
