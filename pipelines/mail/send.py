"""The one stage of mail: write the letter and hand it over."""

from __future__ import annotations

from typing import Any

from pipelines.clients import mailer
from pipelines.engine.outcomes import Outcome, Permanent
from pipelines.mail import letters
from pipelines.mail.pipeline import Mail
from store.kit import clock, structs


def run(ctx: Any) -> Outcome:
    """Send the job's letter. Run twice, it leaves one file; a mail server may get it twice, under one Message-ID."""
    mail = structs.convert(ctx.input, Mail)
    letter = letters.write(mail, letter_id=ctx.job_id, date=clock.utc_now().replace(microsecond=0))
    try:
        kept = mailer.deliver(letter, name=ctx.job_id)
    except mailer.Refused as error:
        raise Permanent("mail_refused", str(error)) from error
    return Outcome(output={"messageId": str(letter["Message-ID"]), "file": kept})
