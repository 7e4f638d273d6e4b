"""Files to upload: made here, so that each has exactly what a test is about."""

from __future__ import annotations

import zipfile
from functools import lru_cache
from io import BytesIO

import pypdf
import typst
from PIL import Image

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    ' Target="word/document.xml"/></Relationships>'
)
STYLES = (
    '<?xml version="1.0"?><w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style></w:styles>'
)
WORD = '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'


@lru_cache(maxsize=16)
def pdf(source: str) -> bytes:
    """A PDF set by Typst from its markup."""
    made = typst.compile(source.encode())
    assert isinstance(made, bytes)
    return made


def encrypted_pdf(data: bytes, *, user: str, owner: str = "owner") -> bytes:
    """The PDF with a password to open it; an empty one opens for everybody."""
    writer = pypdf.PdfWriter(clone_from=BytesIO(data))
    writer.encrypt(user_password=user, owner_password=owner)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def scanned_pdf() -> bytes:
    """A page that is a picture."""
    out = BytesIO()
    Image.new("RGB", (200, 280), "white").save(out, "PDF")
    return out.getvalue()


def docx(*paragraphs: tuple[str, str], table: list[list[str]] | None = None) -> bytes:
    """A Word file of (style, text) paragraphs and a table; style is empty or `Heading1`."""
    body = "".join(_paragraph(style, text) for style, text in paragraphs)
    if table:
        rows = "".join(
            "<w:tr>" + "".join(f"<w:tc>{_paragraph('', cell)}</w:tc>" for cell in row) + "</w:tr>" for row in table
        )
        body += f"<w:tbl>{rows}</w:tbl>"
    return archive({"word/document.xml": WORD.format(body).encode(), "word/styles.xml": STYLES.encode()})


def archive(members: dict[str, bytes]) -> bytes:
    """A zip that says it is a Word file."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", CONTENT_TYPES)
        file.writestr("_rels/.rels", RELATIONS)
        for name, data in members.items():
            file.writestr(name, data)
    return out.getvalue()


def bomb(megabytes: int = 250) -> bytes:
    """A Word file of a few kilobytes whose text unpacks to so many megabytes."""
    return archive({"word/document.xml": b"<!--" + b" " * (megabytes << 20)})


def lying_bomb() -> bytes:
    """One whose directory says that its large member has ten bytes."""
    data = bytearray(archive({"word/document.xml": b" " * (3 << 20)}))
    real = (3 << 20).to_bytes(4, "little")
    for place in range(len(data) - 4):
        if data[place : place + 4] == real:
            data[place : place + 4] = (10).to_bytes(4, "little")
    return bytes(data)


def _paragraph(style: str, text: str) -> str:
    mark = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{mark}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
