"""A workspace's name as a word of a URL."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.accounts import slugs, workspaces
from store.kit.db import database, transaction


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("My Company", "my-company"), ("  A & B, Inc. ", "a-b-inc"), ("Çà & Là", "ca-la"), ("株式会社", "workspace"),
        ("---", "workspace"), ("x" * 60, "x" * 48),
    ],
)  # fmt: skip
def test_names_become_words(name, slug):
    assert slugs.slug_of(name) == slug


@given(st.text(max_size=200))
def test_a_slug_is_always_one_word(name):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slugs.slug_of(name))
    assert len(slugs.another(slugs.slug_of(name))) <= slugs.LONGEST + 7


def test_twenty_workspaces_of_one_name_made_at_once_have_twenty_slugs(empty_store, make):
    owner = make.user()

    def create(_: int) -> str:
        with database.connection_context(), transaction():
            return workspaces.create(name="Acme", owner_id=owner.id).slug

    with ThreadPoolExecutor(20) as threads:
        made = list(threads.map(create, range(20)))

    assert len(set(made)) == 20
    assert "acme" in made
