"""The mails that a stack has written: the newest letter to somebody, and what it carries."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.kit.eventually import eventually


def letters(stack: Any, address: str) -> list[EmailMessage]:
    """All letters to this address, in the order of their jobs."""
    found = []
    for path in sorted(Path(stack.services.data_dir, "mail").glob("*.eml")):
        letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if letter["To"] == address:
            found.append(letter)
    return found


def mailed(stack: Any, address: str, pattern: str, *, number: int = 1) -> str:
    """What `pattern` finds in the newest of at least `number` letters to this address that have it."""

    def find() -> str | None:
        texts = [letter.get_body(("plain",)).get_content() for letter in letters(stack, address)]
        hits = [hit[1] for text in texts if (hit := re.search(pattern, text, re.MULTILINE))]
        return hits[-1] if len(hits) >= number else None

    return eventually(find, within_s=20, what=f"letter {number} to {address} with {pattern}")


def mailed_code(stack: Any, address: str, *, number: int = 1) -> str:
    return mailed(stack, address, r"^(\d{6})\s*$", number=number)


def mailed_token(stack: Any, address: str, *, number: int = 1) -> str:
    return mailed(stack, address, r"token=([\w-]{43})\s", number=number)
