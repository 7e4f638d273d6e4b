"""The magic import as data, and how to start it."""

from __future__ import annotations

from datetime import timedelta

from pipelines.engine.pipeline import Pipeline, Stage
from pipelines.engine.submit import Submission
from pipelines.engine.submit import submit as submit_job
from pipelines.onboarding.pipeline import PIPELINE as ONBOARDING
from pipelines.onboarding.pipeline import WebsiteInput, given_url
from store.brands import queries as brands
from store.brands.values import Label
from store.jobs.records import Accepted


class MagicImportInput(WebsiteInput, frozen=True, kw_only=True):
    """The website, and the caller's own label of the organization: its brand goes by the same label."""

    organization_id: Label


PIPELINE = Pipeline(
    name="magic_import",
    title="Fill a brand from its website",
    description="Crawls the website, finds what it says, and fills the brand: what is sure is in its profile, the rest"
    " in reviews. The result is the brand as it is then, with its open reviews.",
    input=MagicImportInput,
    public=True,
    stages=(
        ONBOARDING.stages[0],
        Stage(
            name="analyze",
            lane="cpu",
            queue="extract",
            run="pipelines.magic_import.stages:analyze",
            attempts=3,
            deadline=timedelta(minutes=15),
            weight=30,
            message="Finding what the pages say",
        ),
        Stage(
            name="competitors",
            lane="quick",
            queue="analyze",
            run="pipelines.magic_import.stages:competitors",
            attempts=5,
            deadline=timedelta(minutes=2),
            weight=5,
            message="Noting the competitors",
        ),
        Stage(
            name="profile",
            lane="quick",
            queue="analyze",
            run="pipelines.magic_import.stages:profile",
            attempts=5,
            deadline=timedelta(minutes=2),
            weight=5,
            message="Filling the brand",
        ),
    ),
)


def submit(
    workspace_id: str,
    *,
    organization_id: str,
    website_url: str,
    surface: str,
    created_by: str | None = None,
    idempotency_key: str | None = None,
) -> Accepted:
    """Start filling a brand from a website. Raises InvalidInput that names `websiteUrl`."""
    wanted = MagicImportInput(organization_id=organization_id, website_url=given_url(website_url))
    accepted = submit_job(
        Submission(
            workspace_id=workspace_id,
            pipeline=PIPELINE.name,
            input=wanted,
            surface=surface,
            created_by=created_by,
            idempotency_key=idempotency_key,
        )
    )
    brands.ensure(workspace_id, organization_id)  # a stage makes it as well, should this process end here
    return accepted
