"""What an AI platform's answer is made of, whoever gave it: text, citations, usage. Plain data, safe to import anywhere."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

ReplyState = Literal["valid", "empty", "refused", "truncated", "absent"]
"""How a call ended that was answered; `absent`: the platform shows no AI answer for this question."""


class Citation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A page that an answer cites; `cited` is False for one that was only retrieved. `start:end` are characters."""

    url: str
    title: str = ""
    domain: str = ""
    start: int | None = None
    end: int | None = None
    cited: bool = True


class Usage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tokens and money of one call. `input_tokens` includes cached ones; `cost_nano` is nano-dollars, None if unknown."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    searches: int = 0
    cost_nano: int | None = None


class Reply(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answer. `model` is the raw id of what answered, `queries` what it searched for; `note` is the code of
    something that went wrong on the way to an answer all the same (`search_unavailable`)."""

    state: ReplyState
    text: str = ""
    citations: tuple[Citation, ...] = ()
    queries: tuple[str, ...] = ()
    usage: Usage = Usage()
    model: str = ""
    request_id: str | None = None
    note: str | None = None
