"""The VistralAI contract, path by path."""

from __future__ import annotations

from typing import Any

from api.vistralai.auth import Login, Logout, Register, VerifyEmail
from api.vistralai.verify_page import VerifyPage

ROUTES: tuple[tuple[str, Any], ...] = (
    ("/api/auth/register", Register()),
    ("/api/auth/login", Login()),
    ("/api/auth/logout", Logout()),
    ("/api/auth/verify-email", VerifyEmail()),
    ("/verify-email", VerifyPage()),  # where the link in the mail leads
)
