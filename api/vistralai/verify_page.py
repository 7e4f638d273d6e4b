"""GET /verify-email: where the link in the mail leads. A button confirms, because mail scanners follow links."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qs

from api.kit import body as bodies
from api.kit.answer import Answer
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.threads import pool
from api.kit.types import Camel
from store.accounts import verification

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body><main><h1>{title}</h1>{content}</main></body>
</html>
"""
FORM = """
<form method="post" action="/verify-email">
<input type="hidden" name="token" value="{token}">
<button type="submit">Confirm this address</button>
</form>
"""


class Link(Camel):
    """What the link carries."""

    token: str


class VerifyPage:
    """The page behind the link, and its button."""

    @operation("Page that asks to confirm an e-mail address", query=Link, auth="public")
    def on_get(self, query: Link) -> Answer:
        return _page("Confirm your e-mail address", FORM.format(token=escape(query.token)))

    @operation("Confirm an e-mail address from its page", auth="public")
    async def on_post(self, request: Request) -> Answer:
        form = parse_qs((await bodies.read(request)).decode("utf-8", "replace"))
        token = form.get("token", [""])[0]
        if await pool("database").run(verification.confirm, token):
            return _page("Your e-mail address is confirmed", "<p>You can close this page.</p>")
        return _page("This link no longer works", "<p>It is unknown, used or expired.</p>", status=400)


def _page(title: str, content: str, *, status: int = 200) -> Answer:
    return Answer(
        body=PAGE.format(title=title, content=content).encode(),
        status=status,
        content_type="text/html; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )
