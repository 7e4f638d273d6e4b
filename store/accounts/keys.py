"""API keys of a workspace. The key's text is returned once, by `create`, and stored nowhere."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from store.accounts import domains, key_text
from store.accounts.key_text import Kind, Mode
from store.accounts.signup import checked_name
from store.accounts.tables import ApiKey
from store.kit import clock
from store.kit.errors import Conflict, InvalidInput
from store.kit.ids import is_id, new_id

MOST = 100  # keys of a workspace that count
SHOWN = 500  # keys in a list, with those that were revoked


class CreatedKey(Struct, frozen=True):
    """A key's row and, this once, its text."""

    row: ApiKey
    text: str


def make(
    workspace_id: str,
    *,
    name: str,
    kind: Kind,
    mode: Mode,
    allowed_domains: Sequence[str] = (),
    created_by: str | None = None,
) -> CreatedKey:
    """A key as somebody wishes it. Raises InvalidInput naming the field, Conflict when the workspace has enough."""
    checked = domains.checked(allowed_domains)
    if checked and kind == "secret":
        raise InvalidInput("Only a publishable key is bound to domains.", field="allowed_domains")
    name = checked_name(name, field="name")
    if ApiKey.select().where(ApiKey.workspace == workspace_id, ApiKey.revoked_at.is_null()).count() >= MOST:
        raise Conflict(f"A workspace has at most {MOST} keys; revoke one first.", code="too_many_keys")
    return create(workspace_id, name=name, kind=kind, mode=mode, created_by=created_by, allowed_domains=checked)


def create(
    workspace_id: str,
    *,
    name: str,
    kind: Kind = "secret",
    mode: Mode = "live",
    created_by: str | None = None,
    allowed_domains: tuple[str, ...] = (),
) -> CreatedKey:
    """A new key of a workspace."""
    minted = key_text.mint(kind, mode)
    row = ApiKey.create(
        id=new_id("api_key"),
        workspace=workspace_id,
        created_by=created_by,
        name=name,
        kind=kind,
        mode=mode,
        public_id=minted.public_id,
        secret_sha256=minted.sha256,
        last4=minted.last4,
        allowed_domains=list(allowed_domains),
        created_at=clock.utc_now(),
    )
    return CreatedKey(row=row, text=minted.text)


def page(workspace_id: str, *, limit: int = 100) -> list[ApiKey]:
    """A workspace's keys, newest first, revoked ones too (index api_key_by_workspace)."""
    return list(ApiKey.select().where(ApiKey.workspace == workspace_id).order_by(ApiKey.id.desc()).limit(limit))


def revoke_made_by(user_id: str) -> None:
    """End the keys that a person made, in whatever workspace."""
    ApiKey.update(revoked_at=clock.utc_now()).where(ApiKey.created_by == user_id, ApiKey.revoked_at.is_null()).execute()


def revoke(workspace_id: str, key_id: str) -> bool:
    """End a key of this workspace; False when there is none that still counts."""
    if not is_id("api_key", key_id):
        return False
    return bool(
        ApiKey.update(revoked_at=clock.utc_now())
        .where(ApiKey.workspace == workspace_id, ApiKey.id == key_id, ApiKey.revoked_at.is_null())
        .execute()
    )
