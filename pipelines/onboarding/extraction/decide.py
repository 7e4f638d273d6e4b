"""Decides over all pages of a site: name first, then every other field with the brand's names at hand.

Verdicts turn candidates into decisions through the scorer; this page only fixes their order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipelines.onboarding.extraction.reader import RULES_VERSION
from pipelines.onboarding.extraction.records import Decision, PageFindings, SiteProfile
from pipelines.onboarding.extraction.site import survey
from pipelines.onboarding.extraction.verdicts import IDENTITY, LISTS
from pipelines.onboarding.extraction.verdicts.naming import decide_name


def decide(findings: Sequence[PageFindings], *, site_url: str) -> SiteProfile:
    """The profile of a site. The order of `findings` does not matter; no findings give an empty profile."""
    site = survey(findings, site_url)
    name, brand = decide_name(site)
    site = site.named(name.value if name else None, brand)
    identity: dict[str, Decision] = {"name": name} if name else {}
    for field, verdict in IDENTITY.items():
        decision = verdict(site)
        if decision is not None:
            identity[field] = decision
    lists = {field: verdict(site) for field, verdict in LISTS.items()}
    languages = Counter(page.language for page in findings if page.language)
    return SiteProfile(
        site_url=site_url,
        rules_version=RULES_VERSION,
        name=site.name,
        identity=identity,
        products=lists.get("products", []),
        competitors=lists.get("competitors", []),
        audience=lists.get("audience", []),
        language=languages.most_common(1)[0][0] if languages else None,
    )
