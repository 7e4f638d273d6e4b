"""What a file is, by its first bytes. The client's word and the name count only where content does not say (text)."""

from __future__ import annotations

import filetype

HEAD_BYTES = 8192
UNKNOWN = "application/octet-stream"
_BY_ENDING = {
    ".svg": "image/svg+xml", ".csv": "text/csv", ".json": "application/json", ".md": "text/markdown",
    ".html": "text/html", ".htm": "text/html", ".xml": "application/xml", ".vtt": "text/vtt", ".srt": "application/x-subrip",
}  # fmt: skip


def media_type_of(head: bytes, name: str) -> str:
    """The media type from a file's first bytes; text without a mark of its own is what its ending says."""
    found = filetype.guess_mime(head)
    if found is not None:
        return str(found)
    if not _is_text(head):
        return UNKNOWN
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    return _BY_ENDING.get(ending, "text/plain")


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3 and len(head) >= HEAD_BYTES  # cut within a character
    return True
