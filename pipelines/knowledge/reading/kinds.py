"""What a file is: its name and its first bytes must agree. The API asks for the name, the child for both."""

from __future__ import annotations

import re
from typing import Literal

import filetype

from pipelines.knowledge.reading.blocks import Unreadable

Kind = Literal["pdf", "docx", "csv", "text", "markdown", "html"]
ENDINGS: dict[str, Kind] = {
    "pdf": "pdf", "docx": "docx", "csv": "csv", "tsv": "csv", "txt": "text", "text": "text", "log": "text",
    "md": "markdown", "markdown": "markdown", "html": "html", "htm": "html",
}  # fmt: skip
NAMES: dict[Kind, str] = {
    "pdf": "a PDF", "docx": "a Word file", "csv": "a table of values", "text": "a text file", "markdown": "Markdown",
    "html": "a web page",
}  # fmt: skip
_PDF = re.compile(rb"(?s).{0,1019}?%PDF-\d\.\d")  # readers accept some rubbish before the mark
_ZIP, _OLE, _RTF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf"


def kind_of(name: str) -> Kind | None:
    """The kind that a file's name claims; None for one that is not read here."""
    return ENDINGS.get(name.rpartition(".")[2].lower()) if "." in name else None


def checked_kind(name: str, data: bytes) -> Kind:
    """The file's kind. Raises Unreadable when it is empty, or its bytes are not what its name says."""
    kind = kind_of(name)
    if kind is None:
        raise Unreadable("unsupported_type", "Files of this type are not read.")
    if not data.strip(b"\0\t\n\r "):
        raise Unreadable("empty_file", "The file is empty.")
    found = _signature(data, kind)
    if kind == "docx" and found == "ole":
        # Word's password protection wraps the file in the container that old .doc files are.
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Unreadable("encrypted", "The file is protected by a password. Remove it and upload the file again.")
        raise Unreadable(
            "wrong_type", "The name says a Word file (.docx), the bytes are an old .doc. Save it as .docx."
        )
    if found != (kind if kind in ("pdf", "docx") else None):
        raise _mismatch(kind, data)
    return kind


def _signature(data: bytes, kind: Kind) -> str | None:
    """The container that the first bytes announce; None for text, and for what is not known here."""
    if data.startswith(_ZIP):
        return "docx"  # or another zip, which the reader of Word files finds out
    if data.startswith(_OLE):
        return "ole"
    if _PDF.match(data) if kind == "pdf" else data.lstrip().startswith(b"%PDF-"):
        return "pdf"
    return "rtf" if data.startswith(_RTF) else None


def _mismatch(kind: Kind, data: bytes) -> Unreadable:
    found = filetype.guess(data[:8192])
    seems = f"the bytes are {found.extension.upper()}" if found else "the bytes are something else"
    return Unreadable("wrong_type", f"The name says {NAMES[kind]}, {seems}.")
