"""Word files (.docx): unpacked by a reader that counts, then to HTML by mammoth, then to blocks.

A zip says itself how large its members are, and may lie: every member is inflated up to a cap here before anybody
else opens it.
"""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO

import mammoth

from pipelines.knowledge.reading import web_page
from pipelines.knowledge.reading.blocks import Content, Heading, Unreadable

MAX_MEMBERS = 5000
MAX_BYTES = 200 * 1024 * 1024  # of all members unpacked
MAX_RATIO = 200  # of one member, unpacked to packed; text reaches some 30
RATIO_FROM = 1024 * 1024  # small members may be anything
_STEP = 64 * 1024
_MAIN = "word/document.xml"


def read(data: bytes) -> Content:
    """The blocks of a Word file. Raises Unreadable."""
    _check_zip(data)
    try:
        html = mammoth.convert_to_html(
            BytesIO(data), convert_image=mammoth.images.img_element(lambda _: {"src": ""}), external_file_access=False
        ).value
    except MemoryError:
        raise
    except Exception as error:
        raise Unreadable("corrupt", "The Word file is damaged and cannot be read.") from error
    content = web_page.read_everything(html)
    content.title = next(
        (block.text for block in content.blocks if isinstance(block, Heading) and block.level == 1), None
    )
    return content


def _check_zip(data: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise _bomb()
            if any(member.flag_bits & 1 for member in members):
                raise Unreadable(
                    "encrypted", "The file is protected by a password. Remove it and upload the file again."
                )
            total = 0
            for member in members:
                total += _unpacked(data, member)
                if total > MAX_BYTES:
                    raise _bomb()
            if _MAIN not in {member.filename for member in members}:
                raise Unreadable("wrong_type", "The name says a Word file, the bytes are another kind of archive.")
    except (zipfile.BadZipFile, zlib.error, ValueError, IndexError) as error:
        raise Unreadable("corrupt", "The Word file is damaged and cannot be read.") from error


def _unpacked(data: bytes, member: zipfile.ZipInfo) -> int:
    """The member's true size. Raises Unreadable when it is a bomb, or not what the archive says of it."""
    name_length = int.from_bytes(data[member.header_offset + 26 : member.header_offset + 28], "little")
    extra_length = int.from_bytes(data[member.header_offset + 28 : member.header_offset + 30], "little")
    start = member.header_offset + 30 + name_length + extra_length
    packed = memoryview(data)[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        return len(packed)
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile(f"compression {member.compress_type}")
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    size = 0
    for place in range(0, len(packed), _STEP):
        piece = bytes(packed[place : place + _STEP])
        while piece and not stream.eof:
            size += len(stream.decompress(piece, _STEP))
            piece = stream.unconsumed_tail
            if size > MAX_BYTES or (size > RATIO_FROM and size > MAX_RATIO * len(packed)):
                raise _bomb()
            if size > member.file_size:
                raise Unreadable(
                    "zip_bomb", "The file lies about its size: more comes out than it says. It was not read."
                )
    return size


def _bomb() -> Unreadable:
    return Unreadable("zip_bomb", "The file unpacks to far more than a document holds. It was not read.")
