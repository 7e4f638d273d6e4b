"""`python -m tests.bench.kit.receiver <port>`: answers POSTs as fast as it can; `/mode/hang` lets those to /slow wait.

Small on purpose: it runs beside what is measured, on the same cores.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import httptools
import uvloop

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"


class Receiver(asyncio.Protocol):
    """One connection."""

    hangs = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._url = url

    def on_message_complete(self) -> None:
        if self._url.startswith(b"/mode/"):
            Receiver.hangs = self._url == b"/mode/hang"
        if not (Receiver.hangs and self._url.startswith(b"/slow")):
            self._transport.write(ANSWER)


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", int(sys.argv[1]), backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
