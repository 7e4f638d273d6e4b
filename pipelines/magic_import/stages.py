"""The stages of a magic import, each on the function of onboarding that does the work."""

from __future__ import annotations

from typing import Any

from pipelines.engine.context import Context
from pipelines.engine.outcomes import Outcome
from pipelines.onboarding import analyze as weighing
from pipelines.onboarding.extract import read_pages
from pipelines.onboarding.review import put_up
from store.brands import entries, queries, reviews, sections
from store.brands.tables import Brand
from store.brands.values import ENTRY_TYPES, completion_score, wire_names


def analyze(ctx: Context) -> Outcome:
    """Read every page, then weigh what all of them say."""
    extracted = read_pages(ctx)
    return Outcome(output=weighing.weigh(ctx, ctx.output_of("crawl"), extracted))


def competitors(ctx: Context) -> Outcome:
    """The review of the competitors; the sure ones are in the brand after it."""
    with ctx.transaction():
        put_up(ctx, ctx.input["organizationId"], ctx.output_of("analyze"), kinds=("competitors",))
    return Outcome()


def profile(ctx: Context) -> Outcome:
    """The other reviews, and the brand as it is then."""
    found = ctx.output_of("analyze")
    with ctx.transaction():
        put_up(ctx, ctx.input["organizationId"], found, kinds=("identity", "products", "audience"))
        brand = queries.get(ctx.workspace_id, ctx.input["organizationId"])
        filled = {"organizationId": brand.label, "brand": _filled(brand), "reviews": _open_reviews(brand, ctx.job_id)}
    return Outcome(output=filled | {"pages": found["pages"]})


def _filled(brand: Brand) -> dict[str, Any]:
    """What the brand's profile holds, by the names of the contract."""
    identity = sections.values("identity", sections.find(brand.workspace_id, brand.id, "identity"))
    return {
        "id": brand.id,
        "brandId": brand.label,
        "websiteUrl": brand.website_url,
        "identity": identity | {"completionScore": completion_score("identity", identity)},
        "competitors": _listed(brand, "competitors"),
        "products": _listed(brand, "products"),
        "targetAudiences": _listed(brand, "audience"),
    }


def _listed(brand: Brand, kind: str) -> list[dict[str, Any]]:
    wires = wire_names(ENTRY_TYPES[kind])
    held = [
        {"id": row.id} | {wire: getattr(row, column) for column, wire in wires.items()}
        for row in entries.listed(brand.workspace_id, brand.id, kind)
    ]
    return [{name: value for name, value in one.items() if value is not None} for one in held]


def _open_reviews(brand: Brand, job_id: str) -> list[dict[str, Any]]:
    """The reviews that wait for a person, with the fields that do."""
    opened = reviews.of_job(brand.workspace_id, job_id)
    waiting = [(one.review, [field.field for field in one.fields if field.status == "pending"]) for one in opened]
    return [
        {"id": review.id, "dataType": review.data_type, "status": review.status, "pendingFields": fields}
        for review, fields in waiting
        if fields
    ]
