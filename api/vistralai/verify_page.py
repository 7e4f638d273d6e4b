"""GET /verify-email: where the link in the mail leads. A button confirms, because mail scanners follow links."""

from __future__ import annotations

from api.dashboard import forms
from api.dashboard.page import done, page, problem, text
from api.kit.answer import Answer
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.threads import pool
from api.kit.types import Camel
from store.accounts import verification

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
        return page("Confirm your e-mail address", FORM.format(token=text(query.token)))

    @operation("Confirm an e-mail address from its page", auth="public")
    async def on_post(self, request: Request) -> Answer:
        token = (await forms.read(request)).get("token", "")
        if await pool("database").run(verification.confirm, token):
            return page("Your e-mail address is confirmed", done("You can close this page."))
        return page("This link no longer works", problem("It is unknown, used or expired."), status=400)
