"""A mail server on loopback that answers as a test tells it and keeps what it took.

`with FakeSmtp(replies={"RCPT": "550 no such mailbox"}) as server: … server.letters`. With `certificate` (a file
with key and certificate) it offers STARTTLS, and takes letters only over it.
"""

from __future__ import annotations

import socketserver
import ssl
import threading
from pathlib import Path
from typing import Any, Self

TEXTS = {"EHLO": "250 hello", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", "QUIT": "221 bye"}


class FakeSmtp:
    """`letters` are the messages as bytes; `commands` every line that was not a letter's."""

    def __init__(self, *, replies: dict[str, str] | None = None, certificate: Path | None = None) -> None:
        self.replies = {**TEXTS, **(replies or {})}
        self.certificate = certificate
        self.letters: list[bytes] = []
        self.commands: list[str] = []
        handler = type("BoundTalk", (_Talk,), {"smtp": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self.port = int(self._server.server_address[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are what some tests are about."""


class _Talk(socketserver.StreamRequestHandler):
    smtp: FakeSmtp

    def handle(self) -> None:
        encrypted = False
        self._say(self.smtp.replies.get("CONNECT", "220 ready"))
        while line := self.rfile.readline():
            command = line.decode().strip()
            self.smtp.commands.append(command)
            verb = command[:4].upper()
            if verb == "EHLO":
                offers = "250-hello\r\n250-STARTTLS\r\n250 ok" if self.smtp.certificate and not encrypted else None
                self._say(offers or self.smtp.replies["EHLO"])
            elif verb == "STAR" and self.smtp.certificate:
                self._say("220 go ahead")
                self._encrypt(self.smtp.certificate)
                encrypted = True
            elif verb == "DATA" and self.smtp.replies["DATA"].startswith("354"):
                self._take_letter()
            else:
                self._say(self.smtp.replies.get(verb, "502 what?"))
                if verb == "QUIT":
                    return

    def _take_letter(self) -> None:
        self._say(self.smtp.replies["DATA"])
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        answer = self.smtp.replies.get("END", "250 taken")
        if answer.startswith("250"):
            self.smtp.letters.append(b"".join(lines))
        self._say(answer)

    def _encrypt(self, certificate: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.request = context.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", buffering=0)

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")
