"""DataForSEO's live Google results with their AI overview: the other source of google_aio.

Whatever happens comes with status 200; what happened stands in `status_code`, of the answer and of each task.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pipelines.clients.counting import billed
from pipelines.clients.platforms import faults
from pipelines.clients.platforms.asking import Call, Question, reading
from pipelines.clients.platforms.faults import PlatformError
from pipelines.clients.platforms.pages import collected, page
from pipelines.replies import Citation, Reply, Usage
from store.kit.settings import settings

URL = "https://api.dataforseo.com"
# Countries by their ISO 3166-1 numbers; DataForSEO's code of a country, like Google's, is 2000 more.
COUNTRIES = {
    "AE": 784, "AR": 32, "AT": 40, "AU": 36, "BD": 50, "BE": 56, "BG": 100, "BR": 76, "CA": 124, "CH": 756, "CL": 152,
    "CO": 170, "CZ": 203, "DE": 276, "DK": 208, "EE": 233, "EG": 818, "ES": 724, "FI": 246, "FR": 250, "GB": 826,
    "GR": 300, "HK": 344, "HR": 191, "HU": 348, "ID": 360, "IE": 372, "IL": 376, "IN": 356, "IT": 380, "JP": 392,
    "KE": 404, "KR": 410, "LK": 144, "LT": 440, "LU": 442, "LV": 428, "MA": 504, "MX": 484, "MY": 458, "NG": 566,
    "NL": 528, "NO": 578, "NZ": 554, "PE": 604, "PH": 608, "PK": 586, "PL": 616, "PT": 620, "RO": 642, "SA": 682,
    "SE": 752, "SG": 702, "SI": 705, "SK": 703, "TH": 764, "TR": 792, "TW": 158, "UA": 804, "US": 840, "VN": 704,
    "ZA": 710,
}  # fmt: skip
_FINE, _NO_RESULTS, _RATE_LIMITED = 20000, 40102, 40202
_UNPAID = frozenset({40200, 40203, 40210})  # payment required, daily limit of the account's own, balance too low
_UNAUTHORIZED = frozenset({40100, 40101, 40104, 40204, 40207})
_A_MINUTE = timedelta(minutes=1)


def ask_dataforseo(name: str, question: Question, *, cancelled: Callable[[], bool] | None = None) -> Reply:
    """One overview. Raises PlatformError."""
    wanted = settings().platforms.google_aio
    call = Call(name, lambda refusal: _of_code(name, refusal.body), cancelled=cancelled)
    credentials = base64.b64encode(wanted.api_key.encode()).decode()
    url = f"{(wanted.base_url or URL).rstrip('/')}/v3/serp/google/organic/live/advanced"
    body = call.json("POST", url, request(question), headers={"authorization": f"Basic {credentials}"})
    return reading(name, lambda: read(name, body))


def request(question: Question) -> list[dict[str, Any]]:
    """The body of a call: one task."""
    wanted = settings().platforms
    number = COUNTRIES.get(wanted.country or "US")
    if number is None:
        raise PlatformError(
            "pause",
            "unknown_country",
            f"DataForSEO's code of {wanted.country} is not known here; set platforms.country.",
        )
    return [
        {
            "keyword": question.text[:700],
            "language_code": wanted.language,
            "location_code": 2000 + number,
            "device": "desktop",
            "load_async_ai_overview": True,
            "tag": question.key,
        }
    ]


def read(name: str, body: Any) -> Reply:
    """The overview among the items of the first task."""
    fault = _of_code(name, body)
    if fault is not None:
        raise fault
    task = body["tasks"][0]
    if task.get("status_code") == _NO_RESULTS:
        return _reply("", [], body, task)
    fault = _of_code(name, task)
    if fault is not None:
        raise fault
    results = task.get("result") or [{}]
    overview: dict[str, Any] = next(
        (one for one in results[0].get("items") or () if one.get("type") == "ai_overview"), {}
    )
    text = overview.get("markdown") or "\n".join(
        str(one.get("markdown") or one.get("text") or "") for one in overview.get("items") or ()
    )
    references = [*(overview.get("references") or ())]
    for item in overview.get("items") or ():
        references += item.get("references") or ()
    return _reply(text.strip(), references, body, task)


def _reply(text: str, references: list[Any], body: Any, task: Any) -> Reply:
    found: list[Citation | None] = [
        page(one.get("url"), one.get("title"), domain=(one.get("domain") or "").removeprefix("www.") or None)
        for one in references
    ]
    cost = task.get("cost", body.get("cost"))
    return Reply(
        state="valid" if text else "absent",
        text=text,
        citations=collected(found),
        usage=Usage(searches=1, cost_nano=billed(cost)),
        model="google-ai-overview",
        request_id=task.get("id"),
    )


def _of_code(name: str, told: Any) -> PlatformError | None:
    """What `status_code` means; None for success, and for a body without one."""
    code = told.get("status_code") if isinstance(told, dict) else None
    if code is None or code in (_FINE, _NO_RESULTS) or 20000 <= code < 30000:
        return None
    if code == _RATE_LIMITED:
        return PlatformError("wait", "rate_limited", "DataForSEO asks to slow down.", after=_A_MINUTE)
    if code in _UNPAID:
        return faults.unpaid(name)
    if code in _UNAUTHORIZED:
        return faults.unauthorized(name)
    if code >= 50000:
        return PlatformError("retry", "unavailable", f"DataForSEO has a problem of its own ({code}).")
    return PlatformError("fail", "bad_request", f"DataForSEO refused the search ({code}).")
