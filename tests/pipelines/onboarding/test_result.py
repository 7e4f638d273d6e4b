"""The documented result, built from a profile."""

from __future__ import annotations

import msgspec

from pipelines.onboarding import result
from pipelines.onboarding.extraction import Alternative, Decision, Evidence, Item, SiteProfile
from pipelines.onboarding.result import Readable

SITE = "https://acme.test/"
EVIDENCE = Evidence(url=SITE, quote="Founded in 1999", rule="founded.sentence", confidence=0.8)


def decision(field, value, confidence=0.8, status="accepted", **more):
    return Decision(field=field, value=value, confidence=confidence, status=status, evidence=[EVIDENCE], **more)


def profile(**identity):
    return SiteProfile(
        site_url=SITE,
        rules_version="r1",
        name="Acme",
        identity=identity,
        products=[
            decision(
                "product",
                {
                    "name": "Desk",
                    "pricing": {"currency": "EUR", "amount": 49.0, "confidence": 0.4, "evidence": [EVIDENCE]},
                },
            )
        ],
        competitors=[decision("competitor", "Bolt")],
        audience=[],
        language="en",
    )


def built(seen, pages=()):
    return result.build(
        site_url=SITE,
        pages=list(pages),
        summary={"read": len(pages)},
        profile=seen,
        proposed=result.proposals(seen),
        llm={"used": False, "reason": "not_configured"},
    )


def test_what_was_not_found_is_not_there():
    answer = built(profile(foundedYear=decision("foundedYear", 1999)))

    assert answer["extractedIdentity"] == {"foundedYear": 1999}
    assert answer["extractedAudience"] == []
    assert set(answer["evidence"]) == {"foundedYear", "competitors", "products", "audience"}


def test_every_value_has_its_source_beside_it():
    answer = built(profile(foundedYear=decision("foundedYear", 1999)))

    (source,) = answer["evidence"]["foundedYear"]["sources"]
    assert source == {"url": SITE, "quote": "Founded in 1999", "rule": "founded.sentence", "confidence": 0.8}
    assert answer["evidence"]["competitors"]["Bolt"]["accepted"] is True
    assert answer["extractedProducts"] == [{"name": "Desk", "pricing": {"currency": "EUR", "amount": 49}}]
    assert answer["evidence"]["products"]["Desk"]["pricing"]["confidence"] == 0.4


def test_the_proposals_can_be_read_back_from_the_result():
    seen = profile(
        mission=decision(
            "mission", "Carry water", alternatives=[Alternative(value="Sell", confidence=0.3, evidence=[EVIDENCE])]
        ),
        coreValues=decision("coreValues", ["Care"], items=[Item(value="Care", confidence=0.8, evidence=[EVIDENCE])]),
    )
    answer = msgspec.json.decode(msgspec.json.encode(built(seen)))

    assert result.proposals_of(answer) == result.proposals(seen)


def test_a_value_that_the_profile_cannot_hold_is_left_out():
    answer = built(profile(name=decision("name", "x" * 600), foundedYear=decision("foundedYear", "soon")))

    assert answer["extractedIdentity"] == {}


def test_characters_that_cannot_be_stored_are_dropped():
    answer = built(profile(mission=decision("mission", "Carry\x00 water \ud800")))

    assert answer["extractedIdentity"]["mission"] == "Carry water ?"


def test_the_markdown_is_cut_and_says_so():
    page = Readable(url=SITE, title="Acme", description="Water", markdown="w" * (result.MAX_MARKDOWN + 1))
    answer = built(profile(), [page])

    assert len(answer["crawlData"]["markdown"]) == result.MAX_MARKDOWN
    assert answer["crawlData"]["markdownTruncated"] is True
    assert answer["crawlData"]["metadata"] == {"title": "Acme", "description": "Water", "language": "en", "pages": 1}
