"""Which letters the drawing tools can show, however a text was typed."""

from __future__ import annotations

import unicodedata

import pytest

from pipelines.clients.sandboxed import Refused
from pipelines.tools import logo_maker, social_card
from pipelines.tools.logo_maker import LogoInputs
from pipelines.tools.social_card import CardInputs


def drawn(made):
    return [one.data for one in made.files if one.format == "svg"]


def test_a_loose_accent_is_drawn_as_the_letter_that_it_makes():
    loose, whole = (unicodedata.normalize(form, "Zürich") for form in ("NFD", "NFC"))
    assert loose != whole

    logos = [logo_maker.run(LogoInputs(text=text, tagline=text), {}) for text in (loose, whole)]
    cards = [social_card.run(CardInputs(title=text, subtitle=text), {}) for text in (loose, whole)]

    assert drawn(logos[0]) == drawn(logos[1])
    assert drawn(cards[0]) == drawn(cards[1])


def test_an_accent_that_no_letter_takes_is_refused():
    with pytest.raises(Refused, match="No font here"):
        logo_maker.run(LogoInputs(text="x\u0304"), {})
