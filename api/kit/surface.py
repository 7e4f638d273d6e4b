"""Surface: what differs between the published contracts, in one place.

A path belongs to exactly one surface (`surface_of`); the surface wraps a success in its envelope and
renders an error in its contract's body, code spelling and status. Nothing else asks which contract it serves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

encoder = msgspec.json.Encoder(enc_hook=str)


class Problem(Struct, frozen=True, kw_only=True):
    """An error before a contract gave it a shape.

    `kind` is the code of the error's class (`not_found`), `code` the finer one where there is one
    (`job_not_found`); `details` are facts for a program; `retry_after` is in seconds.
    """

    status: int
    kind: str
    code: str
    message: str
    details: Mapping[str, Any] = {}
    retry_after: int | None = None


class Surface(Struct, frozen=True, kw_only=True):
    """One contract. `codes` respells a kind; `only_kinds`: the contract's list of codes is closed."""

    name: str
    shape: Callable[[Surface, Problem], Any]
    codes: Mapping[str, str] = {}
    statuses: Mapping[int, int] = {}
    upper_case: bool = True
    only_kinds: bool = False
    enveloped: bool = False

    def success(self, body: bytes, meta: bytes | None = None) -> bytes:
        """The encoded answer inside the contract's envelope."""
        if not self.enveloped:
            return body
        return b'{"success":true,"data":' + body + (b',"meta":' + meta if meta is not None else b"") + b"}"

    def status(self, problem: Problem) -> int:
        """The status that this contract documents for the problem."""
        return self.statuses.get(problem.status, problem.status)

    def error(self, problem: Problem) -> bytes:
        """The contract's error body."""
        return encoder.encode(self.shape(self, problem))

    def code(self, problem: Problem) -> str:
        """The contract's spelling of the problem's code."""
        if problem.kind in self.codes and (self.only_kinds or problem.code == problem.kind):
            return self.codes[problem.kind]
        code = problem.kind if self.only_kinds else problem.code
        return code.upper() if self.upper_case else code

    def details(self, problem: Problem) -> dict[str, Any]:
        """The problem's facts; a closed list of codes keeps the finer code as `reason`."""
        facts = dict(problem.details)
        if self.only_kinds and problem.code != problem.kind:
            facts["reason"] = problem.code
        return facts


def _flat(surface: Surface, problem: Problem) -> dict[str, Any]:
    body: dict[str, Any] = {"success": False, "error": problem.message, "code": surface.code(problem)}
    if facts := surface.details(problem):
        body["details"] = facts
    return body


def _flat_with_retry(surface: Surface, problem: Problem) -> dict[str, Any]:
    body = _flat(surface, problem)
    if problem.status == 429 and problem.retry_after is not None:
        body["retryAfter"] = problem.retry_after
    return body


def _nested(surface: Surface, problem: Problem) -> dict[str, Any]:
    error: dict[str, Any] = {"code": surface.code(problem), "message": problem.message}
    if facts := surface.details(problem):
        error["details"] = facts
    return {"error": error}


def _nested_with_success(surface: Surface, problem: Problem) -> dict[str, Any]:
    return {"success": False, **_nested(surface, problem)}


def _detail(surface: Surface, problem: Problem) -> dict[str, Any]:
    body: dict[str, Any] = {"detail": problem.message, "code": surface.code(problem)}
    if "field" in problem.details:
        body["field"] = problem.details["field"]
    return body


CRAUDIOVIZ = Surface(
    name="craudioviz",
    shape=_nested,
    upper_case=False,
    codes={
        "unauthorized": "invalid_api_key",
        "rate_limited": "rate_limit_exceeded",
        "missing_required_field": "invalid_input",
        "internal_error": "server_error",
    },
)
VISTRALAI = Surface(name="vistralai", shape=_flat_with_retry, only_kinds=True, enveloped=True)
INSYDR = Surface(name="insydr", shape=_detail, statuses={402: 429})  # what a plan includes is among its rate limits
RUNS = Surface(name="runs", shape=_flat)
CLISONIX = Surface(
    name="clisonix",
    shape=_nested_with_success,
    only_kinds=True,
    enveloped=True,
    codes={
        "invalid_input": "VALIDATION_ERROR",
        "missing_required_field": "VALIDATION_ERROR",
        "rate_limited": "RATE_LIMIT_EXCEEDED",
    },
    statuses={422: 400},
)
HOUSE = Surface(name="house", shape=_nested, upper_case=False)
"""/health, /metrics, the pages for people: no contract, and no limits but that of the costly forms."""

_FIRST_SEGMENTS = {"api": VISTRALAI, "v1": CRAUDIOVIZ}
_SECOND_SEGMENTS = {
    ("api", "v1"): INSYDR,
    **{("api", room): RUNS for room in ("integrations", "analytics", "export", "alerts", "team", "webhooks")},
    **{("v1", room): CLISONIX for room in ("ocean", "auth", "users", "analytics")},
}


def surface_of(path: str) -> Surface:
    """The surface that a path belongs to, whether or not the path exists."""
    parts = path.split("/", 3)
    first = parts[1] if len(parts) > 1 else ""
    second = parts[2] if len(parts) > 2 else ""
    return _SECOND_SEGMENTS.get((first, second)) or _FIRST_SEGMENTS.get(first, HOUSE)
