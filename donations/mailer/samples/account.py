"""What the account writes."""

from __future__ import annotations

from typing import Final

from donations.mailer.samples.sample import SIGNED, Facts, Reader, Sample


def _mailbox(reader: Reader, side: str) -> Facts:
    return {"url": reader.link(f"/account/email/{side}/{SIGNED}")}


def _sign_in(reader: Reader) -> Facts:
    return {"url": reader.link(f"/account/sign-in/{SIGNED}"), "minutes": 20}


SAMPLES: Final = (
    Sample("sign-in", "sign_in", _sign_in),
    Sample("mailbox-old", "mailbox_old", lambda r: _mailbox(r, "old")),
    Sample("mailbox-new", "mailbox_new", lambda r: _mailbox(r, "new")),
)
