"""Writes to a reader who did not finish: the way back to Stripe's page, and the way to say no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from donations.giving.models import Checkout
from donations.kernel.database import begin_write
from donations.kernel.errors import NotFound
from donations.kernel.wording import money_text
from donations.mailer.links import reader_link
from donations.mailer.message import Message, Stream
from donations.recoveries.recovering import (
    BETWEEN_LETTERS,
    EMAIL_COLUMN,
    JOB,
    MOST_LETTERS,
    URL_COLUMN,
    end,
    find_recovery,
    is_over,
    promise_letter,
)
from donations.vault.sealed import Forgotten, open_data_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.kernel.newsroom import Newsroom
    from donations.kernel.tokens import Signer
    from donations.mailer.postbox import Postbox
    from donations.recoveries.models import Recovery
    from donations.vault.keys import MasterKey

SAYING_NO: Final = "recovery-no"
"""The purpose of the token in the link that says no."""


@dataclass(frozen=True, slots=True)
class RecoverySender:
    """The handler of the job `recovery`: one letter, unless the reader gave or said no since."""

    master: MasterKey
    postbox: Postbox
    signer: Signer
    base_url: str
    newsroom: Newsroom

    def __call__(self, session: Session, arguments: Mapping[str, Any], now: datetime) -> None:
        """Send the letter of that number; after the last one the address is forgotten."""
        public_id, number = str(arguments["recovery"]), int(arguments["number"])
        try:
            recovery = find_recovery(session, public_id)
            if recovery.state != "set" or recovery.sent >= number:
                return
            message = None if is_over(session, recovery) else self._message(session, recovery)
        except (NotFound, Forgotten):
            return  # the reader was forgotten meanwhile, so nothing is owed
        if message is None:
            begin_write(session)
            end(session, find_recovery(session, public_id, to_change=True), "given", now)
            return
        self.postbox.post(session, f"{JOB}:{public_id}:{number}", message)
        begin_write(session)
        _note_sent(session, find_recovery(session, public_id, to_change=True), now)

    def _message(self, session: Session, recovery: Recovery) -> Message:
        checkout = session.get_one(Checkout, recovery.checkout_id)
        envelope = open_data_key(session, self.master, recovery.data_key_id)
        language = recovery.language
        token = self.signer.sign_lasting(SAYING_NO, recovery.public_id)
        no_url = reader_link(self.base_url, self.newsroom, language, f"/support/unfinished/{token}")
        context = {
            "amount": money_text(checkout.amount, language),
            "frequency": checkout.frequency,
            "finish_url": envelope.open(URL_COLUMN, recovery.url_sealed or b""),
            "no_url": no_url,
            "last": recovery.sent + 1 == MOST_LETTERS,
            "contact": self.newsroom.contact,
        }
        address = envelope.open(EMAIL_COLUMN, recovery.email_sealed)
        return Message(
            "recovery",
            address,
            language,
            context,
            unsubscribe_url=no_url,
            stream=Stream.WISHED,
        )


def _note_sent(session: Session, recovery: Recovery, now: datetime) -> None:
    """Count the letter; what the reader decided while it was on its way stands."""
    recovery.sent += 1
    recovery.attempts += 1
    recovery.last_sent_at = now
    if recovery.state != "set":
        return
    if recovery.sent >= MOST_LETTERS:
        end(session, recovery, "sent", now)
        return
    recovery.due_at = recovery.created_at + BETWEEN_LETTERS
    promise_letter(session, recovery, now=now)
