"""The tables of the accounts, as the migrations 0002_accounts and 0008_identity make them."""

from __future__ import annotations

from peewee import BlobField, BooleanField, CompositeKey, ForeignKeyField, IntegerField, TextField
from playhouse.postgres_ext import ArrayField, BinaryJSONField, DateTimeTZField

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
    avatar_url = TextField(null=True)
    created_at = DateTimeTZField()

    class Meta:
        table_name = "users"


class Workspace(Model):
    """The tenant: everything anyone owns belongs to one. `slug` is its name as a word of a URL."""

    id = TextField(primary_key=True)
    name = TextField()
    slug = TextField(unique=True)
    plan = TextField(default="free")
    timezone = TextField(default="UTC")
    logo_url = TextField(null=True)
    settings = BinaryJSONField(default=dict, index=False)
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
    """What a signed token refers to; ended by `ended_at`, whatever the token says.

    One that came with a refresh token can be continued until `renewable_until`.
    """

    id = TextField(primary_key=True)
    user = ForeignKeyField(User, on_delete="CASCADE")
    created_at = DateTimeTZField()
    expires_at = DateTimeTZField()
    ended_at = DateTimeTZField(null=True)
    renewable_until = DateTimeTZField(null=True)


class RefreshToken(Model):
    """One generation of a session's refresh token; `used_at`: the next generation took its place."""

    id = TextField(primary_key=True)
    session = ForeignKeyField(Session, on_delete="CASCADE")
    generation = IntegerField()
    token_sha256 = BlobField(unique=True)
    created_at = DateTimeTZField()
    used_at = DateTimeTZField(null=True)

    class Meta:
        indexes = ((("session", "generation"), True),)


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


class Invitation(Model):
    """An address that may join a workspace with this role, by the token that was mailed to it; gone once it has."""

    id = TextField(primary_key=True)
    workspace = ForeignKeyField(Workspace, on_delete="CASCADE")
    email = TextField()
    role = TextField()
    token_sha256 = BlobField(unique=True)
    invited_by = ForeignKeyField(User, null=True, column_name="invited_by", on_delete="SET NULL")
    created_at = DateTimeTZField()
    expires_at = DateTimeTZField()

    class Meta:
        indexes = ((("workspace", "email"), True),)


class MailCode(Model):
    """A six-digit code that was mailed; a person has one, the newest. `is_contested`: see `codes.py`."""

    id = TextField(primary_key=True)
    user = ForeignKeyField(User, unique=True, on_delete="CASCADE")
    code_sha256 = BlobField()
    tries = IntegerField(default=0)
    is_contested = BooleanField(default=False)
    created_at = DateTimeTZField()
    expires_at = DateTimeTZField()
    used_at = DateTimeTZField(null=True)


class AttemptCounter(Model):
    """How often somebody did something costly in the window that ends at `ends_at`."""

    act = TextField()
    who = TextField()
    tries = IntegerField()
    ends_at = DateTimeTZField()

    class Meta:
        primary_key = CompositeKey("act", "who")


class LoginCounter(Model):
    """Wrong passwords of one account from one address, within the window."""

    email = TextField()
    address = TextField()
    tries = IntegerField()
    last_try_at = DateTimeTZField()

    class Meta:
        primary_key = CompositeKey("email", "address")
