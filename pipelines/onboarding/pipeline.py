"""The onboarding pipeline as data, and how to start it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from msgspec import Meta, Struct

from pipelines.engine.pipeline import Pipeline, Stage
from pipelines.engine.submit import Submission
from pipelines.engine.submit import submit as submit_job
from store.brands import queries as brands
from store.brands.values import Label
from store.jobs.records import Accepted
from store.kit import addresses
from store.kit.errors import InvalidInput
from store.kit.settings import settings
from store.kit.urls import BadUrl, check_website_url


def checked_url(text: str) -> str:
    """The website's address as we keep it. Raises BadUrl."""
    return check_website_url(text, addresses.networks(settings().egress.allow))


def given_url(text: str) -> str:
    """As `checked_url`, for what a caller sent. Raises InvalidInput that names `websiteUrl`."""
    try:
        return checked_url(text)
    except BadUrl as error:
        raise InvalidInput(
            error.message, field="websiteUrl", value=text[:200], expectedFormat="https://example.com"
        ) from error


class WebsiteInput(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """`websiteUrl` is where the website starts; `maxPages` may lower the setting `crawl.max_pages` for this job."""

    website_url: Annotated[str, Meta(pattern="^[hH][tT][tT][pP][sS]?://", max_length=2048)]
    max_pages: Annotated[int, Meta(ge=1, le=1000)] | None = None

    def __post_init__(self) -> None:
        try:
            checked_url(self.website_url)
        except BadUrl as error:
            raise ValueError(f"websiteUrl: {error.message}") from error


class OnboardingInput(WebsiteInput, frozen=True, kw_only=True):
    """The website, and the caller's own label of the brand it belongs to."""

    brand_id: Label


PIPELINE = Pipeline(
    name="onboarding",
    title="Read a company's website into a reviewed brand",
    description="Crawls the website, extracts identity, products, competitors and audience with evidence, and opens"
    " one review per data type. The result is the documented analysis.",
    input=OnboardingInput,
    public=True,
    stages=(
        Stage(
            name="crawl",
            lane="web",
            queue="crawl",
            run="pipelines.onboarding.crawl.stage:run",
            attempts=3,
            deadline=timedelta(minutes=15),
            weight=60,
            message="Reading the website",
        ),
        Stage(
            name="extract",
            lane="cpu",
            queue="extract",
            run="pipelines.onboarding.extract:run",
            attempts=3,
            deadline=timedelta(minutes=10),
            weight=25,
            message="Finding what the pages say",
        ),
        Stage(
            name="analyze",
            lane="cpu",
            queue="analyze",
            run="pipelines.onboarding.analyze:run",
            attempts=3,
            deadline=timedelta(minutes=5),
            weight=10,
            message="Weighing the evidence",
        ),
        Stage(
            name="review",
            lane="quick",
            queue="analyze",
            run="pipelines.onboarding.review:run",
            attempts=5,
            deadline=timedelta(minutes=2),
            weight=5,
            message="Opening the reviews",
        ),
    ),
)


def submit(
    workspace_id: str,
    *,
    brand_id: str,
    website_url: str,
    surface: str,
    created_by: str | None = None,
    idempotency_key: str | None = None,
) -> Accepted:
    """Start reading a website for a brand, which is made if it is new. Raises InvalidInput that names `websiteUrl`."""
    url = given_url(website_url)
    accepted = submit_job(
        Submission(
            workspace_id=workspace_id,
            pipeline=PIPELINE.name,
            input=OnboardingInput(brand_id=brand_id, website_url=url),
            surface=surface,
            created_by=created_by,
            idempotency_key=idempotency_key,
        )
    )
    brands.ensure(workspace_id, brand_id)  # the review stage makes it as well, should this process end here
    return accepted


def first_guess() -> timedelta:
    """What a job is thought to take while there is no history: every page at the crawl's own pace, and the reading."""
    wanted = settings().crawl
    return timedelta(seconds=wanted.max_pages * (wanted.delay_seconds + 0.2) + 10)
