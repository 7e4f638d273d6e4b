"""What is told of brands: a line of the log in the transaction that makes it true, one for each write.

Webhooks and the pull feed read the lines; pipelines/webhooks/catalog.py says what becomes of them.
"""

from __future__ import annotations

from store.brands.tables import Brand
from store.jobs import events


def profile_updated(brand: Brand, data_type: str) -> None:
    """Some value of this part of the profile is another one now. Call it once for a whole write."""
    _tell(brand, "brand_profile.updated", {"dataType": data_type})


def review_pending(brand: Brand, *, review_id: str, job_id: str, data_type: str) -> None:
    """A review has been opened that waits for a person."""
    _tell(brand, "review.pending", {"reviewId": review_id, "jobId": job_id, "dataType": data_type})


def _tell(brand: Brand, kind: str, facts: dict[str, str]) -> None:
    events.tell(brand.workspace_id, kind, {"brandId": brand.label, **facts})
