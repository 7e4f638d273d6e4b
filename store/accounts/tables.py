"""The tables of the accounts, as migration 0002_accounts makes them."""

from __future__ import annotations

from peewee import BlobField, BooleanField, CompositeKey, ForeignKeyField, IntegerField, TextField
from playhouse.postgres_ext import ArrayField, DateTimeTZField

from store.kit.db import Model

PLANS = ("free", "starter", "pro", "business", "enterprise")
ROLES = ("OWNER", "ADMIN", "MEMBER")


class User(Model):
    """A person; `email` is lower case; no `password_hash`: nobody can sign in with a password."""

    id = TextField(primary_key=True)
    email = TextField(unique=True)
    name = TextField()
    password_hash = TextField(null=True)
    verified_at = DateTimeTZField(null=True)
    is_operator = BooleanField(default=False)
    created_at = DateTimeTZField()

    class Meta:
        table_name = "users"


class Workspace(Model):
    """The tenant: everything anyone owns belongs to one."""

    id = TextField(primary_key=True)
    name = TextField()
    plan = TextField(default="free")
    created_at = DateTimeTZField()


class Member(Model):
    """A user in a workspace; `role` is one of ROLES."""

    workspace = ForeignKeyField(Workspace, on_delete="CASCADE")
    user = ForeignKeyField(User, on_delete="CASCADE")
    role = TextField()
    joined_at = DateTimeTZField()

    class Meta:
        primary_key = CompositeKey("workspace", "user")


class Session(Model):
    """What a signed token refers to; ended by `ended_at`, whatever the token says."""

    id = TextField(primary_key=True)
    user = ForeignKeyField(User, on_delete="CASCADE")
    created_at = DateTimeTZField()
    expires_at = DateTimeTZField()
    ended_at = DateTimeTZField(null=True)


class ApiKey(Model):
    """A key of a workspace; the key itself is never stored, only its SHA-256."""

    id = TextField(primary_key=True)
    workspace = ForeignKeyField(Workspace, on_delete="CASCADE")
    created_by = ForeignKeyField(User, null=True, column_name="created_by", on_delete="SET NULL")
    name = TextField()
    kind = TextField()
    mode = TextField()
    public_id = TextField(unique=True)
    secret_sha256 = BlobField()
    last4 = TextField()
    allowed_domains = ArrayField(TextField, index=False)
    created_at = DateTimeTZField()
    last_used_at = DateTimeTZField(null=True)
    revoked_at = DateTimeTZField(null=True)


class OneTimeToken(Model):
    """A token that was mailed: works once, until `expires_at`; a person has one per purpose, the newest."""

    id = TextField(primary_key=True)
    user = ForeignKeyField(User, on_delete="CASCADE")
    purpose = TextField()
    token_sha256 = BlobField(unique=True)
    created_at = DateTimeTZField()
    expires_at = DateTimeTZField()
    used_at = DateTimeTZField(null=True)

    class Meta:
        indexes = ((("user", "purpose"), True),)


class LoginCounter(Model):
    """Wrong passwords of one account from one address, within the window."""

    email = TextField()
    address = TextField()
    tries = IntegerField()
    last_try_at = DateTimeTZField()

    class Meta:
        primary_key = CompositeKey("email", "address")
