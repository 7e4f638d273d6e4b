"""Letters from templates: `templates/<name>.txt` (its first line is the subject) and `templates/<name>.html`.

Nothing that a stranger typed is put into a letter, so that nobody can have us send their words; what visitors write to
a workspace goes to its own people, as text, and to nobody else.
"""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlencode, urlsplit

from pipelines.mail.pipeline import Mail
from store.accounts import codes, tokens
from store.kit.settings import settings

FOLDER = Path(__file__).parent / "templates"
SUBJECT = "Subject: "
PAGES = {
    "invitation": "/accept-invitation",
    "reset_password": "/reset-password",
    "verify_email": "/verify-email",
}


def write(mail: Mail, *, letter_id: str, date: datetime) -> EmailMessage:
    """The letter: text and HTML. The same `letter_id` gives the same Message-ID, which receivers compare."""
    base = settings().base_url
    words = {"base_url": base, **mail.words, **_secrets(mail, base)}
    head, _, text = _template(f"{mail.template}.txt").partition("\n")
    letter = EmailMessage(policy=SMTP)
    letter["Subject"] = Template(head.removeprefix(SUBJECT)).substitute(words)
    letter["From"] = _address(settings().mail.sender)
    letter["To"] = _address(mail.to)
    if mail.reply_to:
        letter["Reply-To"] = _address(mail.reply_to)
    letter["Date"] = date
    letter["Message-ID"] = f"<{letter_id}@{urlsplit(base).hostname}>"
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    marked_up = {name: escape(value) for name, value in words.items()}
    text = Template(text.lstrip("\n")).substitute(words)
    html = Template(_template(f"{mail.template}.html")).substitute(marked_up)
    # ASCII as 7bit: the link stays in one piece for those who read the file itself.
    letter.set_content(text, cte=_transfer(text))
    letter.add_alternative(html, subtype="html", cte=_transfer(html))
    return letter


def _secrets(mail: Mail, base: str) -> dict[str, str]:
    """The link or code that the letter carries, made again from its row's id."""
    if not mail.token_id:
        return {}
    if mail.template == "confirm_code":
        return {"code": tokens.mail_code(mail.token_id), "minutes": f"{codes.LIFETIME.total_seconds() / 60:g}"}
    token = tokens.one_time_token(mail.token_id)
    return {
        "hours": f"{settings().accounts.verify_hours:g}",
        "minutes": f"{settings().accounts.reset_minutes:g}",
        "link": f"{base}{PAGES[mail.template]}?{urlencode({'token': token})}",
        "token": token,
    }


def _transfer(text: str) -> str:
    """How a part travels: as it is where it can."""
    return "7bit" if text.isascii() and all(len(line) < 990 for line in text.splitlines()) else "quoted-printable"


def _address(text: str) -> Address:
    name, spec = parseaddr(text)
    return Address(display_name=name, addr_spec=spec)


@lru_cache(maxsize=32)
def _template(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
