"""Letters that anybody can ask for by naming an address: bounded, and silent about who has an account."""

from __future__ import annotations

from pipelines.mail import queue
from store.accounts import attempts, codes, passwords, signup, users
from store.accounts import email as addresses
from store.accounts.signup import Applicant
from store.accounts.tables import User
from store.kit.db import transaction
from store.kit.errors import Conflict


def new_password(email: str, *, address: str) -> None:
    """Mail the link that sets a new password, if somebody has the address and no five such letters went there this hour.

    `address` is the caller's in the network. Raises QuotaExceeded when too much was asked from there.
    """
    attempts.take_from(attempts.RESETS_FROM_ADDRESS, address)
    known = addresses.find_normal(email)
    if known is None:
        return
    may_mail = attempts.take(attempts.RESETS_OF_ACCOUNT, known)
    user = users.find_by_email(known)
    if user is not None and may_mail:
        with transaction():
            queue.new_password(user)


def sign_up(who: Applicant, password: str, *, address: str) -> None:
    """Mail a code to a new address, or a new code to one that nobody has shown to be theirs yet.

    Who has shown it gets a letter that says so. Nothing that the caller sees differs: each way hashes once.
    Slow on purpose. Raises InvalidInput for the password, QuotaExceeded when too much was asked from there.
    """
    passwords.check_acceptable(password)
    attempts.take_from(attempts.SIGN_UPS_FROM_ADDRESS, address)
    may_mail = attempts.take(attempts.CODES_OF_ACCOUNT, who.email)
    user = users.find_by_email(who.email)
    if user is None:
        try:
            _sign_up_anew(who, passwords.hash_of(password), may_mail=may_mail)
        except Conflict:
            user = users.get_by_email(who.email)  # somebody signed up with it at this very moment
    if user is not None:
        _sign_up_again(user, is_same_password=passwords.check(password, user.password_hash).is_right, may_mail=may_mail)


def _sign_up_anew(who: Applicant, password_hash: str, *, may_mail: bool) -> None:
    with transaction():
        user, _ = signup.create(who, password_hash=password_hash)
        if may_mail:
            queue.code(user, is_contested=False)


def _sign_up_again(user: User, *, is_same_password: bool, may_mail: bool) -> None:
    is_contested = user.password_hash is not None and not is_same_password
    with transaction():
        if user.verified_at is not None:
            if may_mail:
                queue.already_registered(user)
        elif may_mail:
            queue.code(user, is_contested=is_contested)
        elif is_contested:
            codes.contest(user.id)
