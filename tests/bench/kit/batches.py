"""`python -m tests.bench.kit.batches URL AUTHORIZATION SECONDS CONNECTIONS RUNS KEYED`: tracks runs in batches, as fast as
the API takes them, over keep-alive connections on loopback. Prints `requests accepted seconds` and the slowest in ms."""

from __future__ import annotations

import http.client
import sys
import threading
import time
from urllib.parse import urlsplit

TEXT = ("The customer asks whether the berth at the north quay is free for a boat of twelve metres from Friday on, "
        "and whether water and power are part of the price. ")  # fmt: skip
RUN = (
    b'{"promptId":"prompt-%d","model":"%b","provider":"openai","input":"%b","output":"%b","tokensUsed":150,'
    b'"latency":%d,"success":%b%b}'
)
MODELS = (b"gpt-4", b"gpt-4o", b"gpt-4o-mini", b"gpt-4.1", b"gpt-4.1-mini")
MARK = b"@@@@@@@@"


def body(number: int, *, is_keyed: bool) -> bytes:
    """A list of so many runs with inputs and outputs of 300 bytes; keyed ones have MARK in their ids."""
    text = (TEXT * 3)[:300].encode()
    return b"[%b]" % b",".join(
        RUN % (
            place % 20, MODELS[place % 5], text, text, 300 + 37 * (place % 50), b"false" if place % 50 == 0 else b"true",
            b',"runId":"%b-%d"' % (MARK, place) if is_keyed else b"",
        )
        for place in range(number)
    )  # fmt: skip


class Sender(threading.Thread):
    """One connection."""

    def __init__(self, url: str, authorization: str, until: float, sent: bytes, name: str) -> None:
        super().__init__(name=name)
        self._address, self._until, self._sent = urlsplit(url), until, sent
        self._headers = {"Authorization": authorization, "Content-Type": "application/json"}
        self.requests, self.accepted, self.slowest = 0, 0, 0.0

    def run(self) -> None:
        connection = http.client.HTTPConnection(str(self._address.hostname), self._address.port, timeout=60)
        while time.monotonic() < self._until:
            began = time.monotonic()
            told = self._sent.replace(MARK, f"{self.name}{self.requests:06d}".encode())
            connection.request("POST", self._address.path, body=told, headers=self._headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200 or b'"success":true' not in text[:20]:
                sys.exit(f"{answer.status}: {text[:300]!r}")
            self.requests += 1
            self.accepted += self._sent.count(b'"promptId"')
            self.slowest = max(self.slowest, time.monotonic() - began)


def main() -> None:
    url, authorization, seconds, connections, number, keyed = sys.argv[1:]
    sent = body(int(number), is_keyed=keyed == "keyed")
    began = time.monotonic()
    senders = [
        Sender(url, authorization, began + float(seconds), sent, f"{place:02d}") for place in range(int(connections))
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    took = time.monotonic() - began
    accepted, slowest = sum(one.accepted for one in senders), max(one.slowest for one in senders)
    print(sum(one.requests for one in senders), accepted, f"{took:.3f}", f"{slowest * 1000:.0f}", flush=True)


if __name__ == "__main__":
    main()
