"""Reads what a page's form sends: `application/x-www-form-urlencoded`, in UTF-8, bounded like any body."""

from __future__ import annotations

from urllib.parse import parse_qs

from api.kit import body as bodies
from api.kit.request import Request
from store.kit.errors import InvalidInput

MOST_FIELDS = 50


async def read(request: Request) -> dict[str, str]:
    """The form's fields, the first of each name. Raises InvalidInput."""
    raw = await bodies.read(request)
    try:
        fields = parse_qs(raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:  # UnicodeDecodeError is one as well
        raise InvalidInput("The form cannot be read.") from error
    found = {name: values[0] for name, values in fields.items()}
    if any("\0" in value for value in found.values()):
        raise InvalidInput("The form contains a NUL character, which cannot be stored.")
    return found
