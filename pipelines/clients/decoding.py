"""Content-Encoding undone in bounded steps: a bomb is stopped at the cap, not after it has burst.

Only gzip and deflate are asked for; zlib's `max_length` bounds what one step may produce.
"""

from __future__ import annotations

import zlib
from typing import Literal

ACCEPTED = "gzip, deflate"
_GZIP = 16 + zlib.MAX_WBITS
_ANY = 32 + zlib.MAX_WBITS

Kind = Literal["identity", "gzip", "deflate"]


class TooMuch(Exception):
    """More came out than was allowed."""


class NotDecodable(Exception):
    """An encoding we did not ask for, or bytes that are none."""


class Decoder:
    """Feed it what comes from the wire; `body` grows up to `max_bytes` and never beyond."""

    def __init__(self, content_encoding: str, max_bytes: int) -> None:
        self._kind = _kind(content_encoding)
        self._max = max_bytes
        self._wire = 0
        self._stream = None if self._kind == "identity" else zlib.decompressobj(_GZIP if self._kind == "gzip" else _ANY)
        self._started = False
        self.body = bytearray()

    def feed(self, data: bytes) -> None:
        """Raises TooMuch as soon as wire or decoded bytes pass the cap, NotDecodable on broken data."""
        self._wire += len(data)
        if self._stream is None:
            self.body += data
        if self._wire > self._max:
            raise TooMuch
        if self._stream is None:
            return
        try:
            self._inflate(data)
        except zlib.error as error:
            raise NotDecodable(f"The {self._kind} data is broken.") from error

    def finish(self) -> bytes:
        """The whole body. Raises NotDecodable when the compressed stream was cut off."""
        if self._stream is not None and self._wire and not self._stream.eof:
            raise NotDecodable(f"The {self._kind} data ends too early.")
        return bytes(self.body)

    def _inflate(self, data: bytes) -> None:
        assert self._stream is not None
        if not self._started and data:
            self._started = True
            if self._kind == "deflate" and (data[0] & 0x0F) != 8:
                self._stream = zlib.decompressobj(-zlib.MAX_WBITS)  # old servers send it without the zlib header
        while data:
            if self._stream.eof:
                if self._kind != "gzip" or data[:1] != b"\x1f":
                    return  # padding after the end, which browsers ignore too
                self._stream = zlib.decompressobj(_GZIP)
            self.body += self._stream.decompress(data, self._max - len(self.body) + 1)
            if len(self.body) > self._max:
                raise TooMuch
            data = self._stream.unconsumed_tail or self._stream.unused_data


def _kind(content_encoding: str) -> Kind:
    name = content_encoding.strip().lower()
    if name in ("", "identity", "none"):
        return "identity"
    if name in ("gzip", "x-gzip"):
        return "gzip"
    if name == "deflate":
        return "deflate"
    raise NotDecodable(f"The content encoding {name[:40]!r} was not asked for.")
