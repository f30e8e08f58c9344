"""The letters that giving owes: promised in the transaction that owes them, written by jobs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from donations.giving.checkouts import session_of
from donations.giving.funds import fund_name
from donations.giving.models import Checkout, Gift, Membership
from donations.giving.receipts import RECEIPT_JOB
from donations.jobs.outbox import enqueue
from donations.kernel.wording import day_text, money_text
from donations.mailer.message import Message
from donations.supporters.directory import mailbox_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from donations.giving.statement import Statement
    from donations.jobs.worker import Handler
    from donations.kernel.newsroom import Newsroom
    from donations.mailer.postbox import Postbox
    from donations.stripe_gateway.gateway import Gateway
    from donations.vault.keys import MasterKey

PENDING_JOB: Final = "payment_pending"
FAILED_JOB: Final = "payment_failed"


def promise_pending_letter(session: Session, checkout: Checkout, *, now: datetime) -> None:
    """Promise the letter that says a payment takes some days."""
    key = f"{PENDING_JOB}:{checkout.public_id}:{checkout.round}"
    enqueue(session, PENDING_JOB, key, {"checkout": checkout.id}, now=now)


def promise_failed_letter(session: Session, checkout: Checkout, *, now: datetime) -> None:
    """Promise the letter that says a slow payment failed and nothing was taken."""
    key = f"{FAILED_JOB}:{checkout.public_id}:{checkout.round}"
    enqueue(session, FAILED_JOB, key, {"checkout": checkout.id}, now=now)


class LetterWriter:
    """Writes giving's letters; its methods are the handlers of the jobs above."""

    def __init__(
        self,
        master: MasterKey,
        postbox: Postbox,
        gateway: Gateway,
        newsroom: Newsroom,
        statement: Statement,
        support_url: Callable[[str], str],
        act_url: Callable[[str, str, str], str],
        paper_url: Callable[[int, str], str],
    ) -> None:
        """`support_url` gives the appeal's address in a language.

        `act_url` gives the address of the page that does one thing to a membership, by the word for
        it, the membership's public id and a language; `paper_url` that of a receipt as a file, by
        its number and a language.
        """
        self._master = master
        self._postbox = postbox
        self._gateway = gateway
        self._newsroom = newsroom
        self._statement = statement
        self._support_url = support_url
        self._act_url = act_url
        self._paper_url = paper_url

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """The jobs this writer does, by kind."""
        return {
            RECEIPT_JOB: self.receipt,
            PENDING_JOB: self.pending,
            FAILED_JOB: self.failed,
        }

    def receipt(self, session: Session, arguments: Mapping[str, Any], _now: datetime) -> None:
        """The receipt of one gift."""
        gift = session.get_one(Gift, arguments["gift"])
        to = mailbox_of(session, self._master, gift.supporter)
        if to is None or gift.receipt is None:
            return
        membership = session.get(Membership, gift.membership_id) if gift.membership_id else None
        renews_at = membership.renews_at if membership is not None else None
        context = {
            "receipt_number": gift.receipt.number,
            "paper_url": self._paper_url(gift.receipt.number, gift.language),
            "amount": money_text(gift.amount, gift.language),
            "frequency": gift.frequency,
            "fund": fund_name(session, gift.fund),
            "method": None if gift.batch_id is None else gift.method,
            "given_on": self._day(gift.received_at, gift.language),
            "next_on": None if renews_at is None else self._day(renews_at, gift.language),
            "cancel_url": self._acting("cancel", membership, gift.language),
            "changes": self._changes(membership, gift.language),
            "statement_line": self._statement.line if gift.batch_id is None else None,
            "contact": self._newsroom.contact,
        }
        message = Message("receipt", to, gift.language, context)
        self._postbox.post(session, f"receipt:{gift.public_id}", message)

    def pending(self, session: Session, arguments: Mapping[str, Any], _now: datetime) -> None:
        """A payment that takes days is on its way."""
        self._write_to_checkout(session, arguments["checkout"], PENDING_JOB)

    def failed(self, session: Session, arguments: Mapping[str, Any], _now: datetime) -> None:
        """A payment that took days has failed."""
        self._write_to_checkout(session, arguments["checkout"], FAILED_JOB)

    def _write_to_checkout(self, session: Session, checkout_id: int, template: str) -> None:
        checkout = session.get_one(Checkout, checkout_id)
        key = f"{template}:{checkout.public_id}:{checkout.round}"
        language, amount = checkout.language, money_text(checkout.amount, checkout.language)
        stripe_session = session_of(checkout, self._master)
        session.rollback()
        if stripe_session is None:
            return
        to = self._gateway.checkout_session(stripe_session).person.email
        if to is None:
            return
        context = {"amount": amount, "contact": self._newsroom.contact}
        if template == FAILED_JOB:
            context["retry_url"] = self._support_url(language)
        self._postbox.post(session, key, Message(template, to, language, context))

    def _acting(self, action: str, membership: Membership | None, language: str) -> str | None:
        return None if membership is None else self._act_url(action, membership.public_id, language)

    def _changes(self, membership: Membership | None, language: str) -> Mapping[str, str]:
        """What else may be done with a membership, by the word for it."""
        if membership is None:
            return {}
        wanted = ("pause", "skip", "amount", "frequency", "card")
        name = membership.public_id
        return {action: self._act_url(action, name, language) for action in wanted}

    def _day(self, moment: datetime, language: str) -> str:
        return day_text(moment.astimezone(self._newsroom.zone).date(), language)
