"""Hands a letter over: to the mail server of the settings, or without one to a file in the data folder.

The operator chose the server, so it may be a private address; users only choose the recipient.
"""

from __future__ import annotations

import os
import smtplib
import ssl
import tempfile
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from store.kit.sections import Mail
from store.kit.settings import settings

TIMEOUT_SECONDS = 20.0  # for each step of the conversation; the stage's deadline bounds the whole


class NotSent(Exception):
    """Not this time: the server is away, busy, or asks to come back (4xx)."""


class Refused(Exception):
    """The server will not take this letter (5xx); sending it again cannot help."""


def deliver(letter: EmailMessage, *, name: str) -> str | None:
    """Send a letter, or keep it as `<data folder>/mail/<name>.eml` and return that file's name.

    Keeping is idempotent: a file that is there already stays as it is. Raises NotSent, Refused.
    """
    if settings().mail.smtp_host:
        _send(letter, settings().mail)
        return None
    return _keep(letter, settings().data_dir / "mail", f"{name}.eml")


def _keep(letter: EmailMessage, folder: Path, name: str) -> str:
    """Write a file that appears whole or not at all. Links in letters are secrets: only we may read them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = folder / name
    if not place.exists():
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")  # made with mode 0600
        with os.fdopen(handle, "wb") as file:
            file.write(letter.as_bytes())
        Path(temporary).replace(place)
    return name


def _send(letter: EmailMessage, wanted: Mail) -> None:
    try:
        with _connected(wanted) as server:
            if wanted.smtp_user:
                server.login(wanted.smtp_user, wanted.smtp_password)
            server.send_message(letter)
    except smtplib.SMTPAuthenticationError as error:
        # The operator's mistake, not the letter's: it is worth keeping until that is put right.
        raise NotSent("The mail server does not accept our name and password.") from error
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        raise _told(code, text) from error
    except smtplib.SMTPResponseException as error:
        raise _told(error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(f"The mail server could not be used: {type(error).__name__}.") from error


def _connected(wanted: Mail) -> smtplib.SMTP:
    """A conversation with the server, encrypted as the settings say; its certificate is checked."""
    ourselves = _greeting(urlsplit(settings().base_url).hostname or "localhost")
    context = ssl.create_default_context()
    if wanted.smtp_tls == "tls":
        return smtplib.SMTP_SSL(wanted.smtp_host, wanted.smtp_port, ourselves, timeout=TIMEOUT_SECONDS, context=context)
    server = smtplib.SMTP(wanted.smtp_host, wanted.smtp_port, ourselves, timeout=TIMEOUT_SECONDS)
    if wanted.smtp_tls == "starttls":
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
    return server


def _greeting(host: str) -> str:
    """Our name as EHLO wants it: an address stands in brackets (RFC 5321, 4.1.3)."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return f"[{address}]" if address.version == 4 else f"[IPv6:{address}]"


def _told(code: int, text: bytes | str) -> NotSent | Refused:
    reason = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    sentence = f"The mail server answered {code} {reason}"
    return Refused(sentence) if 500 <= code < 600 else NotSent(sentence)
