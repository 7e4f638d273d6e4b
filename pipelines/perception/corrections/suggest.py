"""suggest: what to publish so that answers become right, ready to paste. Pure; from verified facts, without a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from msgspec import Struct

from pipelines.perception.corrections import markup
from pipelines.perception.corrections.ground import Ground, Wrong, leading, shortened, told
from pipelines.perception.insights.claims import label
from pipelines.perception.records import Fact, plain
from store.kit.errors import Unprocessable

FixType = Literal["schema_org", "content_update", "faq", "press_note", "llms_txt", "source_outreach"]
MAX_QUESTIONS = 8
MAX_PAGES = 20
ASKED = {
    "founded_year": "When was {name} founded?",
    "headquarters": "Where is {name} based?",
    "founder": "Who founded {name}?",
    "ceo": "Who leads {name}?",
    "employees": "How many people work at {name}?",
    "price": "How much does {name} cost?",
    "audience": "Who is {name} for?",
    "geography": "Where is {name} available?",
    "industries": "Which industries does {name} serve?",
    "category": "What is {name}?",
    "description": "What is {name}?",
    "mission": "What is the mission of {name}?",
    "selling_point": "What sets {name} apart?",
    "differentiator": "How is {name} different?",
    "feature": "What does {name} offer?",
}
DATES = {"founded_year": "founding date"}  # how schema.org calls it


class Case(Struct, frozen=True):
    """`fact` is the one that answers get wrong, if it is about one that the profile still has."""

    wrong: Wrong
    ground: Ground
    fact: Fact | None


class Suggestion(Struct, rename="camel", kw_only=True, omit_defaults=True):
    """`content` is for a person, with what is to be published in it; the other fields hold the same for a program.

    `facts` are the ids of the facts that it states.
    """

    type: FixType
    title: str = ""
    content: str
    json_ld: dict[str, Any] | None = None
    snippet: str | None = None
    questions: list[dict[str, str]] | None = None
    pages: list[str] | None = None
    facts: list[str] = []


def suggest(fix_type: FixType, wrong: Wrong, ground: Ground) -> Suggestion:
    """Raises Unprocessable when there is nothing verified to say, or nobody to write to."""
    if not ground.facts:
        raise Unprocessable(
            "The brand's profile has no verified facts to build a correction from; fill it in first.",
            field="insightId",
            code="no_verified_facts",
        )
    return _WRITERS[fix_type](Case(wrong, ground, ground.find(wrong.fact_id)))


def _schema_org(case: Case) -> Suggestion:
    ground, fact = case.ground, case.fact
    subject = fact.subject if fact else None
    built = markup.product(ground, subject) if subject else markup.organization(ground)
    kind = "Product" if subject else "Organization"
    what = f" with correct {DATES.get(fact.predicate) or label(fact)}" if fact else ""
    place = f"the page of {subject}" if subject else ground.url or "your home page"
    snippet = markup.script(built)
    named = [one for one in ground.facts if subject is None or one.subject in {None, subject}]
    return Suggestion(
        type="schema_org",
        title=f"Add {kind} schema{what}",
        content=f"Add {kind} schema{what}: paste this into the head of {place}.\n\n{snippet}",
        json_ld=built,
        snippet=snippet,
        facts=[one.id for one in named],
    )


def _content_update(case: Case) -> Suggestion:
    wrong, ground, fact = case.wrong, case.ground, case.fact
    stated = leading(ground, fact, limit=5)
    paragraph = " ".join(told(one, 400) for one in stated)
    where = "the first paragraph of your about page" + (f" ({ground.url}/about)" if ground.url else "")
    advice = [f"Put this where crawlers look first, in {where}:", "", paragraph, ""]
    if fact and fact.subject:
        advice[0] = f"Put this into the first paragraph of the page of {fact.subject}:"
    if wrong.claimed:
        advice.append(f"Then search your own pages for “{wrong.claimed}” and take it out wherever it stands.")
    if wrong.type in {"missing_from_answers", "competitor_dominance", "source_gap"}:
        advice.append(
            "Say in plain words which kind of product you are and for whom: answers pick up names that stand"
            " beside the words of the question."
        )
    if wrong.type == "competitor_dominance" and wrong.subject:
        advice.append(
            f"A fair comparison page “{ground.name} and {wrong.subject}” gives answers a source that names both."
        )
    return Suggestion(
        type="content_update",
        title=f"State the {label(fact)} plainly" if fact else "Say plainly what you are",
        content="\n".join(advice).rstrip(),
        facts=[one.id for one in stated],
    )


def _faq(case: Case) -> Suggestion:
    ground, fact = case.ground, case.fact
    items: dict[str, tuple[str, str]] = {}
    for one in leading(ground, fact, limit=20):
        question = ASKED.get(one.predicate, "What is the {label} of {name}?").format(
            name=one.subject or ground.name, label=one.predicate.replace("_", " ") or "background"
        )
        answer, fact_id = told(one, 600), one.id
        items.setdefault(question, (answer, fact_id))
        if len(items) == MAX_QUESTIONS:
            break
    pairs = [(question, answer) for question, (answer, _) in items.items()]
    built = markup.questions(pairs)
    snippet = markup.script(built)
    shown = "\n\n".join(f"{question}\n{answer}" for question, answer in pairs)
    return Suggestion(
        type="faq",
        title="Answer these questions on a page of yours",
        content=f"Publish these questions and answers on a page of yours.\n\n{shown}\n\n{snippet}",
        json_ld=built,
        snippet=snippet,
        questions=[{"question": question, "answer": answer} for question, answer in pairs],
        facts=[fact_id for _, fact_id in items.values()],
    )


def _press_note(case: Case) -> Suggestion:
    wrong, ground, fact = case.wrong, case.ground, case.fact
    stated = leading(ground, fact, limit=6)
    tagline = ground.value("tagline")
    headline = told(stated[0], 160) if fact or not tagline else shortened(f"{ground.name}: {tagline}", 160)
    rest = [told(one, 300) for one in stated]
    lines = [headline, "", " ".join(rest[1:] if rest[0] == headline and rest[1:] else rest)]
    if fact and wrong.claimed:
        lines += ["", f"Some sources give another {label(fact)} ({wrong.claimed}). The right one is {plain(fact)}."]
    if ground.url:
        lines += ["", f"More: {ground.url}"]
    return Suggestion(
        type="press_note",
        title=headline,
        content="\n".join(lines),
        facts=[one.id for one in stated],
    )


def _llms_txt(case: Case) -> Suggestion:
    ground = case.ground
    general = [one for one in ground.facts if one.subject is None and one.predicate != "tagline"]
    lines = [f"# {ground.name}", ""]
    if summary := ground.value("tagline") or ground.value("mission"):
        lines += [f"> {' '.join(str(summary).split())}", ""]
    lines += ["## Facts", "", *(f"- {told(one, 300)}" for one in general[:30])]
    for name in ground.products()[:20]:
        of_product = [one for one in ground.facts if one.subject == name]
        lines += ["", f"## {name}", "", *(f"- {told(one, 300)}" for one in of_product[:10])]
    text = "\n".join(lines)
    place = f"{ground.url}/llms.txt" if ground.url else "/llms.txt of your site"
    return Suggestion(
        type="llms_txt",
        title="Publish an llms.txt with your verified facts",
        content=f"Publish this as {place}:\n\n{text}",
        snippet=text,
        facts=[one.id for one in ground.facts],
    )


def _source_outreach(case: Case) -> Suggestion:
    wrong, ground, fact = case.wrong, case.ground, case.fact
    pages = list(dict.fromkeys(wrong.pages))[:MAX_PAGES]
    if not pages:
        raise Unprocessable(
            "The answers of this insight cite no pages to write to; choose another fixType.",
            field="fixType",
            code="no_cited_pages",
        )
    listed = "\n".join(f"- {page}" for page in pages)
    if fact:
        what = label(fact) if fact.subject else f"{label(fact)} of {ground.name}"
        says = f"say that the {what} is {wrong.claimed}" if wrong.claimed else f"are wrong about the {what}"
        ask = f"Answers of AI assistants that {says} cite your page; the right {label(fact)} is {plain(fact)}."
        opening = f"Answers that {says} cite these pages:"
    elif wrong.claimed:
        opening = f"Answers that state “{wrong.claimed}” cite these pages:"
        ask = f"Your page may say “{wrong.claimed}” of {ground.name}; that is not so."
    else:
        opening = "Answers that leave you out lean on these pages:"
        ask = f"Your page compares products like ours and does not name {ground.name} yet."
    stated = leading(ground, fact, limit=1 if fact else 3)
    about = " ".join(told(one, 300) for one in stated)
    letter = f"Dear editors,\n\n{ask} {about} Could you check your page and update it?" + (
        f" You can check it at {ground.url}." if ground.url else ""
    )
    return Suggestion(
        type="source_outreach",
        title="Write to the pages that answers lean on",
        content=f"{opening}\n{listed}\n\nA letter to send:\n\n{letter}",
        snippet=letter,
        pages=pages,
        facts=[one.id for one in stated],
    )


_WRITERS: dict[FixType, Callable[[Case], Suggestion]] = {
    "schema_org": _schema_org,
    "content_update": _content_update,
    "faq": _faq,
    "press_note": _press_note,
    "llms_txt": _llms_txt,
    "source_outreach": _source_outreach,
}
