"""Letters: what they say, how they are kept, and how a mail server is spoken to."""

from __future__ import annotations

import email
import email.policy
import re
import stat
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import get_args

import pytest

from pipelines.clients import mailer
from pipelines.engine.outcomes import Permanent
from pipelines.mail import letters, send
from pipelines.mail.pipeline import Mail, Template
from store.accounts import tokens
from store.kit import keys
from store.kit.settings import settings
from tests.kit.certificates import self_signed
from tests.kit.fake_smtp import FakeSmtp

NOON = datetime(2026, 2, 3, 12, 0, tzinfo=UTC)
MAIL = Mail(template="verify_email", to="ada@example.com", token_id="tok_1")
JOB = SimpleNamespace(job_id="job_1", input={"template": "verify_email", "to": "ada@example.com", "token_id": "tok_1"})


@pytest.fixture
def configured(monkeypatch, tmp_path, services):
    """Set settings for this process; the data folder is the test's own."""

    def configure(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"MILLRACE_{name}", value)
        settings.cache_clear()

    configure(DATA=str(tmp_path), SECRET="a secret of the tests that is long enough")
    keys.derived.cache_clear()
    yield configure
    monkeypatch.undo()
    settings.cache_clear()
    keys.derived.cache_clear()


@pytest.fixture
def through(configured):
    """Use this mail server, without encryption unless told otherwise."""

    def use(server: FakeSmtp, *, tls: str = "none", host: str = "127.0.0.1", user: str = "") -> None:
        configured(MAIL__SMTP_HOST=host, MAIL__SMTP_PORT=str(server.port), MAIL__SMTP_TLS=tls, MAIL__SMTP_USER=user)

    return use


def parsed(raw: bytes):
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_a_letter_leads_to_our_own_address_with_its_token(configured):
    configured(PUBLIC_URL="https://jobs.example.com/")

    letter = letters.write(MAIL, letter_id="job_1", date=NOON)

    token = tokens.one_time_token("tok_1")
    link = f"https://jobs.example.com/verify-email?token={token}"
    assert letter["To"] == "ada@example.com"
    assert letter["Subject"] == "Confirm your e-mail address"
    assert letter["Message-ID"] == "<job_1@jobs.example.com>"
    text, html = (part.get_content() for part in letter.iter_parts())
    assert link in text.splitlines()
    assert f'href="{link}"' in html
    assert "$" not in text + html
    assert link.encode() in letter.as_bytes(), "whoever reads the file itself finds the link in one piece"


def test_every_template_has_both_forms_and_a_subject():
    texts = sorted(path.stem for path in letters.FOLDER.glob("*.txt"))

    assert texts == sorted(path.stem for path in letters.FOLDER.glob("*.html")) == sorted(get_args(Template))
    for name in texts:
        assert (letters.FOLDER / f"{name}.txt").read_text().startswith(letters.SUBJECT)


def test_without_a_mail_server_a_letter_becomes_one_file_however_often_it_is_sent(configured, tmp_path):
    send.run(JOB)
    first = (tmp_path / "mail" / "job_1.eml").read_bytes()
    send.run(JOB)

    assert [path.name for path in (tmp_path / "mail").iterdir()] == ["job_1.eml"]
    assert (tmp_path / "mail" / "job_1.eml").read_bytes() == first
    assert parsed(first)["To"] == "ada@example.com"
    assert tokens.one_time_token("tok_1") in parsed(first).get_body(("plain",)).get_content()


def test_only_we_can_read_the_files_of_letters(configured, tmp_path):
    send.run(JOB)

    assert stat.S_IMODE((tmp_path / "mail").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "mail" / "job_1.eml").stat().st_mode) == 0o600


def test_with_a_mail_server_the_letter_goes_there_and_no_file_is_left(through, tmp_path):
    with FakeSmtp() as server:
        through(server)
        send.run(JOB)

        assert "rcpt TO:<ada@example.com>" in server.commands
        assert "ehlo [127.0.0.1]" in server.commands
        assert [parsed(raw)["Message-ID"] for raw in server.letters] == ["<job_1@127.0.0.1>"]
    assert not (tmp_path / "mail").exists()


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "END", "CONNECT"])
def test_a_server_that_asks_to_come_back_is_asked_again(through, command):
    with FakeSmtp(replies={command: "451 later, please"}) as server:
        through(server)
        with pytest.raises(mailer.NotSent):
            send.run(JOB)


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "END"])
def test_a_server_that_refuses_for_good_ends_the_job(through, command):
    with FakeSmtp(replies={command: "550 no such mailbox"}) as server:
        through(server)
        with pytest.raises(Permanent) as refused:
            send.run(JOB)
    assert refused.value.code == "mail_refused"
    assert "550 no such mailbox" in refused.value.message


def test_a_server_that_is_away_is_asked_again(through):
    with FakeSmtp() as server:
        through(server)
    with pytest.raises(mailer.NotSent):
        send.run(JOB)


def test_a_wrong_password_of_ours_keeps_the_letter(through):
    with FakeSmtp(replies={"EHLO": "250-hello\r\n250 AUTH PLAIN", "AUTH": "535 no"}) as server:
        through(server, user="millrace")
        with pytest.raises(mailer.NotSent, match="name and password"):
            send.run(JOB)


def test_starttls_checks_the_certificate_before_anything_is_said(through, tmp_path):
    with FakeSmtp(certificate=self_signed(tmp_path / "pair.pem")) as server:
        through(server, tls="starttls", host="localhost")
        with pytest.raises(mailer.NotSent, match="SSLCertVerificationError"):
            send.run(JOB)
    assert not any(re.match("mail|auth", command, re.IGNORECASE) for command in server.commands)


def test_starttls_with_a_trusted_certificate_delivers(through, tmp_path, monkeypatch):
    pair = self_signed(tmp_path / "pair.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(pair))
    with FakeSmtp(certificate=pair) as server:
        through(server, tls="starttls", host="localhost")
        send.run(JOB)
    assert len(server.letters) == 1


def test_a_server_without_starttls_gets_no_letter_in_the_clear(through):
    with FakeSmtp() as server:
        through(server, tls="starttls")
        with pytest.raises(mailer.NotSent):
            send.run(JOB)
    assert server.letters == []
