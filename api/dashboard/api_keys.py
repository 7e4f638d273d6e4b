"""/settings/api-keys: a person's keys of one of their workspaces, to make, to see once, and to revoke."""

from __future__ import annotations

from msgspec import Struct

from api.dashboard import forms, key_list
from api.dashboard.page import done, page, problem, text
from api.dashboard.sign_in import sign_in_first
from api.kit import identity
from api.kit.admission import RANKS
from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.threads import pool
from api.kit.types import Camel
from store.accounts import keys, users, workspaces
from store.accounts.keys import CreatedKey
from store.accounts.tables import User
from store.accounts.workspaces import Membership
from store.kit.errors import Conflict, InvalidInput

PATH = "/settings/api-keys"
KINDS = {"secret", "publishable"}
MODES = {"live", "test"}
WHO = """<div class="person"><span>{email}</span><form method="post" action="/sign-out">
<button class="plain" type="submit">Sign out</button></form></div>"""


class Place(Camel):
    """Which of the person's workspaces; the one of longest standing when it is left out."""

    workspace: str = ""


class Desk(Struct, frozen=True):
    """Who sits before the page, and over which workspace's keys."""

    user: User
    all: list[Membership]
    chosen: Membership | None

    @property
    def may_change(self) -> bool:
        """Whether their role lets them make and revoke keys."""
        return self.chosen is not None and RANKS[self.chosen.role] >= RANKS["ADMIN"]


class ApiKeys:
    """/settings/api-keys."""

    @operation("Page with a workspace's API keys", query=Place, auth="public")
    def on_get(self, caller: Principal | None, query: Place) -> Answer:
        if caller is None or caller.user_id is None:
            return sign_in_first(PATH)
        return _show(_desk(caller.user_id, query.workspace))

    @operation("Make an API key from its page", auth="public")
    async def on_post(self, caller: Principal | None, request: Request) -> Answer:
        """The page with the key on it, this once."""
        form = await forms.read(request)
        if caller is None or caller.user_id is None:
            return sign_in_first(PATH)
        return await pool("database").run(_make, caller.user_id, form)


class RevokeApiKey:
    """/settings/api-keys/revoke."""

    @operation("Revoke an API key from its page", auth="public")
    async def on_post(self, caller: Principal | None, request: Request) -> Answer:
        form = await forms.read(request)
        if caller is None or caller.user_id is None:
            return sign_in_first(PATH)
        key_id = form.get("key", "")
        answer = await pool("database").run(_revoke, caller.user_id, form)
        identity.forget_key(key_id)
        return answer


def _make(user_id: str, form: dict[str, str]) -> Answer:
    desk = _desk(user_id, form.get("workspace", ""))
    if desk.chosen is None or not desk.may_change:
        return _refuse_role(desk)
    kind, mode = form.get("kind", ""), form.get("mode", "")
    if kind not in KINDS or mode not in MODES:
        return _show(desk, problem("Choose what the key is for."), form=form, status=400)
    try:
        made = keys.make(
            desk.chosen.workspace.id,
            name=form.get("name", ""),
            kind="publishable" if kind == "publishable" else "secret",
            mode="test" if mode == "test" else "live",
            allowed_domains=form.get("domains", "").split() if kind == "publishable" else (),
            created_by=user_id,
        )
    except (InvalidInput, Conflict) as refusal:
        return _show(desk, problem(refusal.message), form=form, status=400)
    return _show(desk, made=made)


def _revoke(user_id: str, form: dict[str, str]) -> Answer:
    desk = _desk(user_id, form.get("workspace", ""))
    if desk.chosen is None or not desk.may_change:
        return _refuse_role(desk)
    if not keys.revoke(desk.chosen.workspace.id, form.get("key", "")):
        return _show(desk, problem("There is no such key, or it was revoked before."), status=404)
    return _show(desk, done("The key is revoked. Programs that use it are refused within seconds."))


def _desk(user_id: str, wanted: str) -> Desk:
    found = workspaces.memberships(user_id)
    chosen = next((one for one in found if one.workspace.id == wanted), None if wanted else next(iter(found), None))
    return Desk(user=users.get(user_id), all=found, chosen=chosen)


def _refuse_role(desk: Desk) -> Answer:
    return _show(desk, problem("This needs an owner or admin of the workspace."), status=403)


def _show(
    desk: Desk, told: str = "", *, made: CreatedKey | None = None, form: dict[str, str] | None = None, status: int = 200
) -> Answer:
    person = WHO.format(email=text(desk.user.email))
    if not desk.all:
        return page("API keys", told + '<p class="hint">You are in no workspace.</p>', status=status, person=person)
    if desk.chosen is None:
        content = told or problem("There is no such workspace among yours.")
        return page("API keys", content, status=404 if status == 200 else status, person=person)
    place = desk.chosen.workspace
    parts = [
        told,
        key_list.fresh(made) if made is not None else "",
        key_list.places(desk.all, chosen=place.id),
        key_list.table(keys.page(place.id, limit=keys.SHOWN), workspace_id=place.id, may_change=desk.may_change),
        key_list.form(place.id, form or {}) if desk.may_change else key_list.ONLY_SEE,
    ]
    return page("API keys", "\n".join(parts), status=status, person=person, is_narrow=False)
