"""/sign-in and /sign-out."""

from __future__ import annotations

from urllib.parse import quote

from api.dashboard import forms
from api.dashboard.page import page, problem, text, to
from api.kit import identity
from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.threads import pool
from api.kit.types import Camel
from store.accounts import sessions, signin
from store.accounts.sessions import NewSession
from store.kit.errors import QuotaExceeded, Unauthenticated

HOME = "/settings/api-keys"
FORM = """{problem}
<form method="post" action="/sign-in">
<input type="hidden" name="next" value="{next}">
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="username" required {focus_email}value="{email}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required{focus_password}>
<button type="submit">Sign in</button>
</form>
<p class="aside"><a href="/forgot-password">Forgot your password?</a></p>
"""


class Where(Camel):
    """Where to go after signing in; only pages of ours."""

    next: str = HOME


class SignIn:
    """/sign-in."""

    @operation("Page to sign in", query=Where, auth="public")
    def on_get(self, caller: Principal | None, query: Where) -> Answer:
        if caller is not None and caller.kind == "user":
            return to(_ours(query.next))
        return _form(next_=_ours(query.next))

    @operation("Sign in from the page", auth="public", load="heavy")
    async def on_post(self, request: Request) -> Answer:
        """Where the person wanted to go, with the session's cookie; or the form again."""
        form = await forms.read(request)
        email, next_ = form.get("email", ""), _ours(form.get("next", HOME))
        try:
            session = await pool("hashing").run(
                _session, email, form.get("password", ""), address=request.client_address
            )
        except Unauthenticated as refusal:
            return _form(next_=next_, email=email, sentence=refusal.message, status=401)
        except QuotaExceeded as refusal:
            return _form(next_=next_, email=email, sentence=refusal.message, status=429)
        return to(next_, cookies=(identity.session_cookie(session),))


class SignOut:
    """/sign-out."""

    @operation("Sign out from a page", auth="public")
    async def on_post(self, caller: Principal | None) -> Answer:
        if caller is not None and caller.session_id is not None:
            await pool("database").run(sessions.end, caller.session_id)
            identity.forget_session(caller.session_id)
        return to("/sign-in", cookies=(identity.clearing_cookie(),))


def sign_in_first(place: str) -> Answer:
    """Send somebody who is not signed in to the form, and from there back to `place`."""
    return to(f"/sign-in?next={quote(place, safe='')}")


def _session(email: str, password: str, *, address: str) -> NewSession:
    return sessions.create(signin.check(email, password, address=address).id)


def _form(*, next_: str, email: str = "", sentence: str = "", status: int = 200) -> Answer:
    content = FORM.format(
        problem=problem(sentence) if sentence else "",
        next=text(next_),
        email=text(email),
        focus_email="" if email else "autofocus ",
        focus_password=" autofocus" if email else "",
    )
    return page("Sign in", content, status=status)


def _ours(place: str) -> str:
    """A path of ours: anything else would let a link of a stranger's lead away after signing in."""
    is_path = place.startswith("/") and not place.startswith(("//", "/\\"))
    return place if is_path and place.isprintable() and place.isascii() else HOME
