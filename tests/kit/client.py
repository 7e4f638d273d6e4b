"""A customer's HTTP client for tests: requests with a base address and, if wanted, a key or a session."""

from __future__ import annotations

from typing import Any

import requests


class Client:
    """Cookies are kept, as a browser would; `with_key` gives another client that sends a bearer token."""

    def __init__(self, url: str, *, key: str | None = None) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False
        if key is not None:
            self._session.headers["Authorization"] = f"Bearer {key}"

    def with_key(self, key: str) -> Client:
        return Client(self.url, key=key)

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        options.setdefault("timeout", 40)
        options.setdefault("allow_redirects", False)
        return self._session.request(method, self.url + path, **options)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> requests.Response:
        return self.request("POST", path, json=json, **options)

    def put(self, path: str, json: Any = None, **options: Any) -> requests.Response:
        return self.request("PUT", path, json=json, **options)

    def patch(self, path: str, json: Any = None, **options: Any) -> requests.Response:
        return self.request("PATCH", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        return self.request("DELETE", path, **options)

    def register(
        self, email: str, password: str = "correct horse battery", name: str = "Ada Test"
    ) -> requests.Response:
        return self.post("/api/auth/register", {"email": email, "password": password, "name": name})

    def login(self, email: str, password: str = "correct horse battery") -> requests.Response:
        """The answer of the login; this client keeps the session cookie."""
        return self.post("/api/auth/login", {"email": email, "password": password})
