"""Passwords: slow hashes of one cost, whoever asks."""

from __future__ import annotations

import argon2
import pytest

from store.accounts import passwords
from store.kit.errors import InvalidInput


def test_a_hash_is_argon2id_with_the_chosen_cost_and_its_own_salt():
    first, second = passwords.hash_of("securepassword123"), passwords.hash_of("securepassword123")

    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second
    assert passwords.check("securepassword123", first) == passwords.Verdict(is_right=True)
    assert passwords.check("Securepassword123", first) == passwords.Verdict(is_right=False)


def test_an_account_that_nobody_has_costs_as_much_as_one_that_somebody_has(monkeypatch):
    class Spy:
        def __init__(self) -> None:
            self.costs = []

        def verify(self, stored, password):
            self.costs.append(stored.rsplit("$", 2)[0])
            return argon2.PasswordHasher().verify(stored, password)

    stored = passwords.hash_of("securepassword123")
    passwords.check("warm", None)
    spy = Spy()
    monkeypatch.setattr(passwords, "_hasher", spy)

    assert not passwords.check("wrong", stored).is_right
    assert not passwords.check("nobody has this password", None).is_right

    assert spy.costs == ["$argon2id$v=19$m=19456,t=2,p=1"] * 2


def test_a_right_password_with_an_old_hash_gets_a_new_one():
    old = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("securepassword123")

    verdict = passwords.check("securepassword123", old)

    assert verdict.is_right
    assert passwords.check("securepassword123", verdict.better_hash) == passwords.Verdict(is_right=True)
    assert passwords.check("wrong", old) == passwords.Verdict(is_right=False)


def test_a_password_is_the_same_however_its_letters_were_composed():
    stored = passwords.hash_of("caf\u00e9 au lait")

    assert passwords.check("cafe\u0301 au lait", stored).is_right


def test_a_hash_that_cannot_be_read_fits_no_password():
    assert not passwords.check("securepassword123", "not a hash").is_right


@pytest.mark.parametrize("password", ["", "seven77", "x" * 257])
def test_a_password_too_short_or_too_long_is_refused(password):
    with pytest.raises(InvalidInput) as refused:
        passwords.check_acceptable(password)
    assert refused.value.fields == {"field": "password"}
