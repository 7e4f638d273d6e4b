"""One answer of the sandbox: what the platform believes about the brand, said in the platform's way. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from random import Random
from typing import Any

from msgspec import Struct

from pipelines.perception.questions.words import joined, running
from pipelines.perception.records import BrandFacts, Fact
from pipelines.perception.sandbox import phrases
from pipelines.perception.sandbox.beliefs import Beliefs, beliefs
from pipelines.perception.sandbox.chance import dice, share
from pipelines.perception.sandbox.sources import pages
from pipelines.perception.sandbox.voices import Voice, laid_out, voice_of
from pipelines.replies import Citation, Reply, Usage

SAYS_SO = 0.65  # how often a platform says what it has wrong; else it happens to be right
NO_OVERVIEW = 0.08  # how often Google shows no AI answer to a question
OTHERS = ("Brightpath", "Northlane", "Kestrel Works", "Halden & Co")  # made up: for a brand without known rivals
CAREFUL = "Details like prices change, so it is worth checking the company's own website."
STRENGTHS = (
    "an established name with a broad range of features",
    "popular with larger teams, though it takes longer to set up",
    "a solid all-rounder with a large community",
    "often chosen for its wide range of integrations",
    "a simpler option for people who want to start quickly",
    "known for good reporting and a generous trial",
    "a budget-friendly alternative with fewer features",
)
_ALTERNATIVES = re.compile(r"\b(alternatives?|competitors?|compete|else is there|cheaper than)\b", re.IGNORECASE)


class Asked(Struct, frozen=True, kw_only=True):
    """A question as the plan has it, of which platform, for the how manieth time."""

    text: str
    intent: str
    branded: bool
    platform: str
    repeat: int


def answer(facts: BrandFacts, asked: Asked, *, published: Collection[str] = frozenset()) -> Reply:
    """The answer. `published` are fact ids and insight keys of approved corrections."""
    believed = beliefs(facts, asked.platform, published)
    speaker = _Speaker(facts, believed, asked)
    if asked.platform == "google_aio" and share("overview", facts.name, asked.text) < NO_OVERVIEW:
        return Reply(state="absent", model=f"sandbox-{asked.platform}", usage=Usage(cost_nano=0))
    paragraphs = speaker.paragraphs()
    named = [name for name in believed.order if any(name in part for part in paragraphs)]
    sources: list[Citation] = pages(facts, asked.platform, asked.text, named, most=speaker.voice.cites)
    text, cited = laid_out(speaker.voice, paragraphs, sources, named, speaker.dice)
    return Reply(
        state="valid",
        text=text,
        citations=tuple(cited),
        queries=(running(asked.text).rstrip("?"),) if cited else (),
        usage=Usage(input_tokens=len(asked.text) // 4, output_tokens=len(text) // 4, cost_nano=0),
        model=f"sandbox-{asked.platform}",
    )


class _Speaker:
    """One platform that answers one question."""

    def __init__(self, facts: BrandFacts, believed: Beliefs, asked: Asked) -> None:
        self.facts = facts
        self.believed = believed
        self.asked = asked
        self.name = facts.name
        self.voice: Voice = voice_of(asked.platform)
        self.dice: Random = dice("answer", facts.name, asked.platform, asked.text, asked.repeat)
        wrong = {fact_id for fact_id in sorted(believed.wrong) if self.dice.random() < SAYS_SO}
        self.told = {fact.id: believed.facts[fact.id] if fact.id in wrong else fact for fact in facts.facts}
        self.rivals = [rival.name for rival in facts.competitors if _stands_in(rival.name, asked.text)]

    def paragraphs(self) -> list[str]:
        wants_others = _ALTERNATIVES.search(self.asked.text) is not None
        if not self.asked.branded:
            return self._recommendations(without=self.rivals if wants_others else [])
        if wants_others and not self.rivals:
            return self._recommendations(without=[self.name], opening=f"The main alternatives to {self.name} are:")
        if self.rivals:
            return self._comparison()
        return self._pros_and_cons() if "pros and cons" in self.asked.text else self._portrait()

    def _recommendations(self, *, without: Sequence[str], opening: str = "") -> list[str]:
        """A list of brands, with ours among them as often as the platform thinks of it."""
        known = [name for name in self.believed.order if name not in without]
        if self.name in known and not self._thinks_of_it():
            known.remove(self.name)
        missing = 2 - len([name for name in known if name != self.name])
        known += self.dice.sample(OTHERS, max(missing, 0))
        listed = known[: self.voice.most]
        if self.name in known and self.name not in listed:
            listed[-1] = self.name
        strengths = self.dice.sample(STRENGTHS, len(STRENGTHS))
        items = [
            self.voice.item.format(
                n=place + 1,
                name=name,
                text=self._in_short() if name == self.name else f"{strengths[place % len(strengths)]}.",
            )
            for place, name in enumerate(listed)
        ]
        return [
            opening or self.dice.choice(self.voice.openings),
            "\n".join(items),
            self.dice.choice(self.voice.endings),
        ]

    def _in_short(self) -> str:
        """What a list says of the brand, whose name stands in front of it."""
        year = self._value("founded_year") if self.dice.random() < 0.7 else None
        features = [text for fact in self._about("feature") if (text := phrases.feature(fact))]
        told = [phrases.in_short(year, self._value("audience") or [], features, self.dice)]
        if self.dice.random() < 0.6:
            told += self._prices()[:1]
        if self.believed.grumbles and self.dice.random() < 0.5:
            told.append(self.dice.choice(phrases.GRUMBLES))
        return " ".join(one for one in told if one) or "a specialised provider."

    def _comparison(self) -> list[str]:
        """The brand beside the rivals that the question names."""
        rival = self.rivals[0]
        ours = [*self._description(), *self._prices()[:2], *self._features()[:1], *self._origins()[:1]]
        theirs = f"{rival} is {self.dice.choice(STRENGTHS)}."
        first = min((self.name, rival), key=self.believed.order.index)
        verdict = self.dice.choice(
            (
                f"Overall, {first} is the stronger choice for most people.",
                f"If you want one answer: {first} tends to come out ahead.",
                f"For most teams, {first} is the safer choice.",
            )
        )
        lead = f"{self.name} and {rival} solve a similar problem in different ways."
        tone = self._tone()
        if self.voice.heading:
            heads = [self.voice.heading.format(title=title) for title in (self.name, rival, "Verdict")]
            told = [f"{heads[0]}\n{' '.join([*ours, *tone])}", f"{heads[1]}\n{theirs}", f"{heads[2]}\n{verdict}"]
            return [lead, *told]
        return [lead, " ".join([*ours, *tone]), theirs, verdict]

    def _portrait(self) -> list[str]:
        """What the platform knows of the brand, with what the question wants to know first."""
        origins, prices, products, invention = self._origins(), self._prices(), self._products(), self._invention()
        description, features = self._description(), self._features()
        product = self._product_asked()
        if product is not None:
            about = [*self._description(product), *self._prices(product), *self._features(product)]
            rest = [*origins[:1], *self._audience()]
            return [" ".join(about or description or products), " ".join([*rest, *self._tone()]), self._ending()]
        first, second = {
            "facts": ([*origins, *products, *invention], [*description[:1], *prices[:1], *self._audience()]),
            "pricing": ([*prices, *products, *invention], [*description[:1], *origins[:1], *self._audience()]),
        }.get(
            self.asked.intent,
            ([*self._lead(), *description[:1], *self._audience(), *origins], [*invention, *prices[:2], *features]),
        )
        if not first:
            first = [f"{self.name} is a company that not much has been written about."]
        return [" ".join(first), " ".join([*second, *self._tone()]), self._ending()]

    def _origins(self) -> list[str]:
        found = phrases.origins(self.name, self._value("founded_year"), self._value("headquarters"), self.dice)
        if self.believed.award and self.dice.random() < 0.6:
            found.append(phrases.awarded(self.name, self.believed.award))
        return found

    def _prices(self, product: str | None = None) -> list[str]:
        told = [fact for fact in self._about("price") if product in (None, fact.subject)]
        self.dice.shuffle(told)
        return phrases.prices(told[:3], self.dice)

    def _pros_and_cons(self) -> list[str]:
        """What speaks for it and against it, as two lists."""
        features = [text for fact in self._about("feature") if (text := phrases.feature(fact))]
        pros = [*self.dice.sample(phrases.PROS, 2), *(f"Comes with {joined(features[:2])}" for _ in features[:1])]
        cons = self.dice.sample(phrases.WORSE if self.believed.grumbles else phrases.CONS, 2)
        about = " ".join([*self._description(), *self._origins()])
        lists = [
            "\n".join([f"**{title}**" if self.voice.heading else f"{title}:", *(f"- {one}" for one in told)])
            for title, told in (("Pros", pros), ("Cons", cons))
        ]
        return [about or f"Here is what is said about {self.name}.", *lists, " ".join(self._prices()[:1])]

    def _products(self) -> list[str]:
        offered = list(self.facts.products[:5])
        return [phrases.offers(self.name, offered, self.dice)] if offered else []

    def _invention(self) -> list[str]:
        if self.believed.invented and self.dice.random() < SAYS_SO:
            return [phrases.invented(self.name, self.believed.invented, self.dice)]
        return []

    def _lead(self) -> list[str]:
        """A first sentence that says the brand's own name."""
        return [phrases.behind(self.name, list(self.facts.products), self.dice)] if self.facts.products else []

    def _features(self, product: str | None = None) -> list[str]:
        by_product: dict[str, list[str]] = {}
        for fact in self._about("feature"):
            text = phrases.feature(fact)
            if text and fact.subject and product in (None, fact.subject):
                by_product.setdefault(fact.subject, []).append(text)
        told = [phrases.featured(subject, texts[:3], self.dice) for subject, texts in by_product.items()]
        self.dice.shuffle(told)
        return told[:2]

    def _description(self, product: str | None = None) -> list[str]:
        found = [
            phrases.description(fact, self.dice)
            for fact in self._about("description")
            if product in (None, fact.subject)
        ]
        told = [one for one in found if one]
        self.dice.shuffle(told)
        return told[:1]

    def _audience(self) -> list[str]:
        return [
            phrases.audience(self.name, fact.value[:3], self.dice) for fact in self._about("audience") if fact.value
        ]

    def _tone(self) -> list[str]:
        if self.believed.grumbles:
            return [self.dice.choice(phrases.GRUMBLES)]
        return [self.dice.choice(phrases.PRAISE)] if self.dice.random() < 0.6 else []

    def _ending(self) -> str:
        """Some platforms like to be careful."""
        return CAREFUL if self.voice.paragraphs and self.dice.random() < 0.5 else ""

    def _value(self, predicate: str) -> Any:
        """The value of the one fact of this kind, None without one."""
        found = self._about(predicate)
        return found[0].value if found else None

    def _about(self, predicate: str) -> list[Fact]:
        return [fact for fact in self.told.values() if fact.predicate == predicate]

    def _product_asked(self) -> str | None:
        """The product that the question names; the longest name where one is part of another."""
        named = [one for one in self.facts.products if _stands_in(one, self.asked.text)]
        return max(named, key=len) if named and self.name not in named else None

    def _thinks_of_it(self) -> bool:
        """Mostly the same for all repeats of a question, as with real platforms."""
        likes = share("thinks of", self.name, self.asked.platform, self.asked.text) < self.believed.mentions
        always = self.believed.mentions >= 1
        return self.dice.random() < (1 if always else 0.92 if likes else 0.08)


def _stands_in(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None
