"""The Insydr contract, path by path."""

from __future__ import annotations

from typing import Any

from api.insydr.api_keys import ApiKeys, OneApiKey
from api.insydr.auth import Login, Me, SignUp, VerifyOtp
from api.insydr.workspaces import OneWorkspace, Workspaces

ROUTES: tuple[tuple[str, Any], ...] = (
    ("/api/v1/auth/signup", SignUp()),
    ("/api/v1/auth/verify-otp", VerifyOtp()),
    ("/api/v1/auth/login", Login()),
    ("/api/v1/auth/me", Me()),
    ("/api/v1/workspaces", Workspaces()),
    ("/api/v1/workspaces/{workspace_id}", OneWorkspace()),
    ("/api/v1/workspaces/{workspace_id}/api-keys", ApiKeys()),
    ("/api/v1/workspaces/{workspace_id}/api-keys/{key_id}", OneApiKey()),
)
