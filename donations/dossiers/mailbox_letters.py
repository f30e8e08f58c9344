"""The letters that ask both mailboxes, and the word to Stripe once they agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from donations.dossiers.mailbox import LETTER_JOB, NEW_SEALED, TELL_JOB, Side
from donations.dossiers.models import MailboxChange
from donations.mailer.links import reader_link
from donations.mailer.message import Message
from donations.supporters.directory import CUSTOMER, identity
from donations.supporters.models import StripeCustomer, Supporter
from donations.vault.sealed import Forgotten, open_data_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.jobs.worker import Handler
    from donations.kernel.newsroom import Newsroom
    from donations.kernel.tokens import Signer
    from donations.mailer.postbox import Postbox
    from donations.stripe_gateway.gateway import Gateway
    from donations.vault.keys import MasterKey

TEMPLATES: Final = {Side.OLD: "mailbox_old", Side.NEW: "mailbox_new"}


def purpose_of(side: Side) -> str:
    """What the tokens of a side are signed for: neither opens the other's page."""
    return f"mailbox-{side}"


class MailboxLetters:
    """Writes to both mailboxes; the handler of `mailbox_letter`."""

    def __init__(
        self,
        master: MasterKey,
        postbox: Postbox,
        signer: Signer,
        base_url: str,
        newsroom: Newsroom,
    ) -> None:
        self._master = master
        self._postbox = postbox
        self._signer = signer
        self._base_url = base_url
        self._newsroom = newsroom

    def __call__(self, session: Session, arguments: Mapping[str, Any], _now: datetime) -> None:
        """Ask one mailbox, unless the wish is over."""
        side = Side(arguments["side"])
        change = session.get_one(MailboxChange, arguments["change"])
        supporter = session.get_one(Supporter, change.supporter_id)
        if change.state != "asked" or change.new_sealed is None:
            return
        try:
            to = self._address(session, supporter, change, side)
        except Forgotten:
            return
        if to is None:
            return
        token = self._signer.sign(purpose_of(side), change.public_id)
        url = reader_link(
            self._base_url, self._newsroom, supporter.language, f"/account/email/{side}/{token}"
        )
        context = {"url": url, "contact": self._newsroom.contact}
        message = Message(TEMPLATES[side], to, supporter.language, context)
        self._postbox.post(session, f"{LETTER_JOB}:{change.public_id}:{side}", message)

    def _address(
        self, session: Session, supporter: Supporter, change: MailboxChange, side: Side
    ) -> str | None:
        if side is Side.OLD:
            return identity(session, self._master, supporter).email
        if change.new_sealed is None:
            return None
        envelope = open_data_key(session, self._master, supporter.data_key_id)
        return envelope.open(NEW_SEALED, change.new_sealed)


def stripe_teller(gateway: Gateway, master: MasterKey) -> Handler:
    """The job that lets Stripe know the mailbox, so that its page is filled in rightly."""

    def tell(session: Session, arguments: Mapping[str, Any], _now: datetime) -> None:
        supporter = session.get_one(Supporter, arguments["supporter"])
        try:
            envelope = open_data_key(session, master, supporter.data_key_id)
            email = identity(session, master, supporter).email
        except Forgotten:
            return
        mine = select(StripeCustomer).where(StripeCustomer.supporter_id == supporter.id)
        customers = [
            (one.id, envelope.open(CUSTOMER, one.customer_sealed)) for one in session.scalars(mine)
        ]
        session.rollback()
        if email is None:
            return
        for row, customer in customers:
            key = f"{TELL_JOB}-{arguments['change']}-{row}"
            gateway.customers.write_to(customer, email, idempotency_key=key)

    return tell
