"""/api/v1/workspaces/{workspace_id}/api-keys: make, list, revoke."""

from __future__ import annotations

from api.insydr.workspace_types import CreatedKey, CreateKey, KeyList, KeyView, Message
from api.kit import identity
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.threads import pool
from store.accounts import key_text, keys
from store.accounts.tables import ApiKey
from store.kit.errors import NotFound


class ApiKeys:
    """/api/v1/workspaces/{workspace_id}/api-keys."""

    @operation("Make an API key", body=CreateKey, returns=CreatedKey, status=201, role="ADMIN")
    def on_post(self, caller: Principal, workspace_id: str, body: CreateKey) -> CreatedKey:
        """`kind: secret` keys open everything, `publishable` ones only the widget's endpoints, for `allowed_domains`."""
        made = keys.make(
            workspace_id,
            name=body.name,
            kind=body.kind,
            mode=body.mode,
            allowed_domains=body.allowed_domains,
            created_by=caller.user_id,
        )
        return CreatedKey(
            id=made.row.id,
            name=made.row.name,
            key=made.text,
            key_prefix=_prefix(made.row),
            allowed_domains=made.row.allowed_domains,
            created_at=made.row.created_at,
        )

    @operation("List API keys", returns=KeyList)
    def on_get(self, workspace_id: str) -> KeyList:
        """Newest first, revoked ones too; never a key itself."""
        return KeyList(api_keys=[_view(one) for one in keys.page(workspace_id, limit=keys.SHOWN)])


class OneApiKey:
    """/api/v1/workspaces/{workspace_id}/api-keys/{key_id}."""

    @operation("Revoke an API key", returns=Message, role="ADMIN")
    async def on_delete(self, workspace_id: str, key_id: str) -> Message:
        if not await pool("database").run(keys.revoke, workspace_id, key_id):
            raise NotFound("There is no such API key, or it was revoked before.")
        identity.forget_key(key_id)
        return Message(message="API key revoked successfully")


def _view(one: ApiKey) -> KeyView:
    return KeyView(
        id=one.id,
        name=one.name,
        key_prefix=f"{_prefix(one)}...{one.last4[-3:]}",
        allowed_domains=one.allowed_domains,
        is_active=one.revoked_at is None,
        last_used_at=one.last_used_at,
        created_at=one.created_at,
    )


def _prefix(one: ApiKey) -> str:
    return key_text.beginning(kind=one.kind, mode=one.mode, public_id=one.public_id)[:11]
