"""What the sandboxed child runs: a file, or the pages of a website, to chunks. Answers are plain values.

Everything is loaded with this module, before a child is forked, because a child opens no file.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from pipelines.knowledge.reading import charsets, markdown, pdf, plain, sheet, web_page, word
from pipelines.knowledge.reading.blocks import Block, Content, Unreadable
from pipelines.knowledge.reading.cutting import Chunk, Cutter, with_languages
from pipelines.knowledge.reading.kinds import checked_kind, kind_of
from pipelines.knowledge.reading.rehearsal import rehearse
from pipelines.onboarding.crawl.pages import decoded

FROM_PAGES = 4
SHARE = 0.5  # of a website's pages: what stands on more of them belongs to none of them


def read(argument: dict[str, Any]) -> dict[str, Any]:
    """`{name, data, title}` of a file, or `{pages: [{url, html}], title}` -> `{chunks, language, title, pages, notes}`,
    or `{error: {code, message, page}}` when the input is at fault."""
    try:
        return _website(argument) if "pages" in argument else _file(argument)
    except Unreadable as error:
        return {"error": {"code": error.code, "message": error.message, "page": error.page}}


def _file(argument: dict[str, Any]) -> dict[str, Any]:
    name, title = argument["name"], argument["title"]
    content = _content(name, argument["data"])
    is_named_by_file = title == name
    heading = (content.title or _stem(name)) if is_named_by_file else title
    chunks = list(Cutter(heading).cut(content.blocks))
    if not chunks:
        raise Unreadable("empty_file", "There is no text in the file.")
    return _answer(chunks, title=title, pages=content.pages, notes=content.notes)


def _content(name: str, data: bytes) -> Content:
    kind = checked_kind(name, data)
    if kind == "pdf":
        return pdf.read(data)
    if kind == "docx":
        return word.read(data)
    if kind == "html":
        return web_page.read(decoded(data, None)[0])
    text = charsets.text_of(data)
    return {"csv": sheet.read, "markdown": markdown.read, "text": plain.read}[kind](text)


def _website(argument: dict[str, Any]) -> dict[str, Any]:
    read_pages = [(page["url"], web_page.page(page["html"], page["url"])) for page in argument["pages"]]
    repeated = _repeated([page.whole for _, page in read_pages]) | _repeated([page.main for _, page in read_pages])
    chunks: list[Chunk] = []
    for url, page in read_pages:
        title = page.title or url
        chunks += Cutter(title, url=url, shown_title=title).cut(page.without(repeated).blocks)
    if not chunks:
        raise Unreadable("empty_file", "There is no text on the pages that were read.")
    title = argument["title"] or (read_pages[0][1].title or read_pages[0][0])
    return _answer(chunks, title=title, pages=len(read_pages), notes=[])


def _answer(chunks: list[Chunk], *, title: str, pages: int | None, notes: list[str]) -> dict[str, Any]:
    told, language = with_languages(chunks)
    return {
        "chunks": [msgspec.to_builtins(chunk) for chunk in told],
        "language": language,
        "title": title,
        "pages": pages,
        "notes": notes,
    }


def _repeated(pages: list[list[Block]]) -> set[bytes]:
    """Menus, banners and the like: blocks that stand on most pages."""
    if len(pages) < FROM_PAGES:
        return set()
    seen = Counter(key for blocks in pages for key in {web_page.key_of(block) for block in blocks})
    return {key for key, number in seen.items() if number > SHARE * len(pages)}


def _stem(name: str) -> str:
    stem = name.rpartition(".")[0] if kind_of(name) else name
    return " ".join(stem.replace("_", " ").split())


rehearse(read)
