"""GET /accept-invitation: where the link in an invitation leads. A button accepts, because mail scanners follow links."""

from __future__ import annotations

from api.dashboard import forms
from api.dashboard.page import done, page, problem, text
from api.kit.answer import Answer
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.threads import pool
from api.kit.types import Camel
from api.runs.team import accept
from store.accounts import invitations, passwords, workspaces
from store.kit.errors import Conflict, InvalidInput

FORM = """{problem}
<p>{email} is invited to the workspace <strong>{workspace}</strong>, with the role {role}.</p>
<form method="post" action="/accept-invitation">
<input type="hidden" name="token" value="{token}">
{more}<button type="submit">Join the workspace</button>
</form>
"""
ACCOUNT = """<label for="name">Your name</label>
<input id="name" name="name" autocomplete="name" maxlength="200">
<label for="password">Choose a password</label>
<input id="password" name="password" type="password" autocomplete="new-password" required
 minlength="{shortest}" maxlength="{longest}" aria-describedby="rule">
<p class="hint" id="rule">At least {shortest} characters.</p>
"""


class Link(Camel):
    """What the link carries."""

    token: str = ""


class InvitationPage:
    """The page behind the link, and its button."""

    @operation("Page that shows an invitation", query=Link, auth="public")
    def on_get(self, query: Link) -> Answer:
        return _form(query.token)

    @operation("Accept an invitation from its page", auth="public", load="heavy")
    async def on_post(self, request: Request) -> Answer:
        form = await forms.read(request)
        token = form.get("token", "")
        try:
            await pool("hashing").run(
                accept, token, name=form.get("name") or None, password=form.get("password") or None
            )
        except (InvalidInput, Conflict) as refusal:
            return await pool("database").run(_form, token, sentence=refusal.message)
        content = done("You are in.") + '<p><a class="button" href="/sign-in">Sign in</a></p>'
        return page("Welcome to the workspace", content)


def _form(token: str, *, sentence: str = "") -> Answer:
    invited = invitations.find(token)
    if invited is None:
        return page("This link no longer works", problem(invitations.refused().message), status=400)
    more = ACCOUNT.format(shortest=passwords.SHORTEST, longest=passwords.LONGEST)
    content = FORM.format(
        problem=problem(sentence) if sentence else "",
        email=text(invited.email),
        workspace=text(workspaces.get(invited.workspace_id).name),
        role=text(invited.role.lower()),
        token=text(token),
        more=more if invitations.needs_password(invited) else "",
    )
    return page("You are invited", content, status=400 if sentence else 200)
