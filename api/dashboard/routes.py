"""The dashboard's pages."""

from __future__ import annotations

from typing import Any

from api.dashboard.api_keys import ApiKeys, RevokeApiKey
from api.dashboard.assets import Asset
from api.dashboard.passwords import ForgotPassword, ResetPassword
from api.dashboard.sign_in import SignIn, SignOut

ROUTES: tuple[tuple[str, Any], ...] = (
    ("/sign-in", SignIn()),
    ("/sign-out", SignOut()),
    ("/forgot-password", ForgotPassword()),
    ("/reset-password", ResetPassword()),  # where the link in the mail leads
    ("/settings/api-keys", ApiKeys()),
    ("/settings/api-keys/revoke", RevokeApiKey()),
    ("/static/{asset}", Asset()),
)
