"""/forgot-password, which asks for the link, and /reset-password, where the link leads."""

from __future__ import annotations

from api.dashboard import forms
from api.dashboard.page import done, page, problem, text
from api.kit import identity
from api.kit.answer import Answer
from api.kit.even import even_time
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.threads import pool
from api.kit.types import Camel
from pipelines.mail import requests
from store.accounts import passwords, reset
from store.kit.errors import InvalidInput, QuotaExceeded

ASK = """{problem}
<p>Tell us your e-mail address, and we send you a link to set a new one.</p>
<form method="post" action="/forgot-password">
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="username" required autofocus>
<button type="submit">Send the link</button>
</form>
<p class="aside"><a href="/sign-in">Back to sign in</a></p>
"""
SET = """{problem}
<p>It ends every session of yours, also the one of whoever should not have had it.</p>
<form method="post" action="/reset-password">
<input type="hidden" name="token" value="{token}">
<label for="password">New password</label>
<input id="password" name="password" type="password" autocomplete="new-password" required autofocus
 minlength="{shortest}" maxlength="{longest}" aria-describedby="rule">
<p class="hint" id="rule">At least {shortest} characters.</p>
<button type="submit">Set this password</button>
</form>
"""
GONE = """{problem}
<p><a class="button" href="/forgot-password">Ask for a new link</a></p>
"""


class Link(Camel):
    """What the link carries."""

    token: str = ""


class ForgotPassword:
    """/forgot-password."""

    @operation("Page that asks for a link to set a new password", auth="public")
    def on_get(self) -> Answer:
        return page("Forgot your password?", ASK.format(problem=""))

    @operation("Ask for a link to set a new password from the page", auth="public", load="heavy")
    async def on_post(self, request: Request) -> Answer:
        form = await forms.read(request)
        try:
            async with even_time():
                await pool("database").run(requests.new_password, form.get("email", ""), address=request.client_address)
        except QuotaExceeded as refusal:
            return page("Forgot your password?", ASK.format(problem=problem(refusal.message)), status=429)
        sentence = "If somebody has an account with this address, the link is on its way."
        return page("Look into your mailbox", done(sentence) + '<p><a href="/sign-in">Back to sign in</a></p>')


class ResetPassword:
    """/reset-password."""

    @operation("Page behind the link that sets a new password", query=Link, auth="public")
    def on_get(self, query: Link) -> Answer:
        return _form(query.token)

    @operation("Set a new password from the page", auth="public", load="heavy")
    async def on_post(self, request: Request) -> Answer:
        form = await forms.read(request)
        token = form.get("token", "")
        try:
            user_id = await pool("hashing").run(reset.with_password, token, form.get("password", ""))
        except InvalidInput as refusal:
            if refusal.fields.get("field") == "password":
                return _form(token, sentence=refusal.message, status=400)
            return page("This link no longer works", GONE.format(problem=problem(refusal.message)), status=400)
        identity.forget_user(user_id)
        content = done("You can sign in with it now.") + '<p><a class="button" href="/sign-in">Sign in</a></p>'
        return page("Your password is set", content, cookies=(identity.clearing_cookie(),))


def _form(token: str, *, sentence: str = "", status: int = 200) -> Answer:
    content = SET.format(
        problem=problem(sentence) if sentence else "",
        token=text(token),
        shortest=passwords.SHORTEST,
        longest=passwords.LONGEST,
    )
    return page("Set a new password", content, status=status)
