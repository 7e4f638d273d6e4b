"""Reads a small file of each kind once, so that everything the libraries load at first use is loaded already.

A sandboxed child opens no file, not even a module of Python's own: what is missing when it is forked stays missing.
"""

from __future__ import annotations

import codecs
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pdfplumber
import pypdf
from charset_normalizer.constant import IANA_SUPPORTED

_PAGE = b"BT /F 12 Tf 20 100 Td (Read once) Tj ET 10 10 m 100 10 l S"
_PDF = (
    b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
    b"trailer<</Root 1 0 R>>\n"
) % (len(_PAGE), _PAGE)
_WORD = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>Read once'
    "</w:t></w:r></w:p></w:body></w:document>"
)
_OFFICE = "http://schemas.openxmlformats.org"
_RELATIONS = (
    f'<Relationships xmlns="{_OFFICE}/package/2006/relationships"><Relationship Id="r1" Target="word/document.xml"'
    f' Type="{_OFFICE}/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)
_TYPES = f'<Types xmlns="{_OFFICE}/package/2006/content-types"/>'


def rehearse(read: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Call `read` with a file of each kind."""
    for name in IANA_SUPPORTED:
        codecs.lookup(name)
    for name, data in {
        "read.pdf": _PDF,
        "locked.pdf": _locked(),
        "read.docx": _word_file(),
        "read.csv": b"name;price\nTea;4,50\nCoffee;3,00\n",
        "read.md": b"# Read\n\nonce",
        "read.html": b"<title>t</title><h1>Read</h1><p>This is read once.</p><table><tr><td>a<td>b<tr><td>1<td>2</table>",
        "read.txt": "Größer als die Öffnung über dem Fluß, sagte der Müller.".encode("cp1252"),
        "marked.txt": "Read once".encode("utf-8-sig"),  # its codec is not among IANA's
        "cyrillic.txt": "Это короткий текст на русском языке, прочитанный один раз.".encode("cp1251"),
        "broken.txt": bytes(range(128, 256)) * 4,
    }.items():
        read({"name": name, "data": data, "title": name})
    with pdfplumber.open(BytesIO(_PDF)) as file:
        file.pages[0].extract_tables()


def _locked() -> bytes:
    """Also a look at an open file by pypdf, the second reader."""
    out = BytesIO()
    writer = pypdf.PdfWriter()
    writer.add_blank_page(10, 10)
    writer.write(out)
    pypdf.PdfReader(out).pages[0].extract_text()
    writer.encrypt(user_password="once", owner_password="twice")  # noqa: S106 - it locks an empty page
    writer.write(out := BytesIO())
    return out.getvalue()


def _word_file() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("[Content_Types].xml", _TYPES)
        file.writestr("_rels/.rels", _RELATIONS)
        file.writestr("word/document.xml", _WORD)
    return out.getvalue()
