"""A model's server that speaks as it goes: chat completions as server-sent events, held or broken as a test says."""

from __future__ import annotations

import json
import threading

from tests.kit.fake_web import Request


class Speaker:
    """A model's server: streams `words`, and stays silent after the first while `held` is set."""

    def __init__(self) -> None:
        self.words = ["Machine ", "learning ", "is statistics."]
        self.held = threading.Event()
        self.asked: list[dict] = []
        self.status = 200
        self.left = threading.Event()

    def answer(self, request: Request) -> None:
        self.asked.append(json.loads(request.body))
        if self.status != 200:
            request.answer(self.status, b"{}")
            return
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.send_header("Connection", "close")
        request.end_headers()
        try:
            for word in self.words:
                self.say(request, {"choices": [{"delta": {"content": word}, "finish_reason": None}]})
                while self.held.is_set():
                    self.left.wait(0.02)
                    self.say(request, {"choices": []})
            self.say(request, {"choices": [{"delta": {}, "finish_reason": "stop"}]})
            self.say(request, {"choices": [], "usage": {"total_tokens": 256}})
            request.wfile.write(b"data: [DONE]\n\n")
        except OSError:
            self.left.set()
        request.close_connection = True

    def say(self, request: Request, event: dict) -> None:
        request.wfile.write(b"data: " + json.dumps(event).encode() + b"\n\n")
        request.wfile.flush()
