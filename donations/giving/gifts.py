"""Recording what was really paid: one gift per payment, booked when Stripe has booked it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from donations.giving.booking import book_movement
from donations.giving.checkouts import move
from donations.giving.levels import tier_of_payment
from donations.giving.models import Gift
from donations.giving.receipts import issue_receipt
from donations.giving.states import CheckoutState
from donations.kernel.ids import public_id
from donations.ledger.books import hold
from donations.ledger.chart import Kind
from donations.supporters.directory import recognise
from donations.vault.sealed import Forgotten, open_data_key, seal_operational

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.giving.models import Checkout, Membership
    from donations.stripe_gateway.values import Payment, Person
    from donations.supporters.models import Supporter
    from donations.vault.keys import MasterKey

_PAYMENT = "gift.payment"


def find_gift(session: Session, master: MasterKey, payment_id: str) -> Gift | None:
    """The gift a payment made."""
    index = master.index("payment", payment_id)
    return session.scalar(select(Gift).where(Gift.payment_index == index))


def record_gift(
    session: Session,
    master: MasterKey,
    *,
    payment: Payment,
    person: Person,
    checkout: Checkout,
    membership: Membership | None,
    now: datetime,
) -> Gift:
    """Record a payment that succeeded, once, and book it if its movement is known by now.

    The caller holds the write transaction.  A first recording issues the receipt.
    """
    hold(session)  # before the receipt's counter: everyone takes these two in the same order
    gift = find_gift(session, master, payment.id)
    if gift is None:
        supporter = _giver(session, master, person, checkout, membership, now)
        gift = _new_gift(session, master, payment, checkout, membership, supporter)
        issue_receipt(session, gift, now=now)
    move(checkout, CheckoutState.PAID)
    if gift.booked_at is None and payment.movement is not None:
        book_movement(
            session,
            Kind.GIFT,
            payment.movement,
            gift,
            gift.amount_minor,
            now=now,
            card_country=payment.card_country,
        )
        gift.booked_at = now
    return gift


def _giver(
    session: Session,
    master: MasterKey,
    person: Person,
    checkout: Checkout,
    membership: Membership | None,
    now: datetime,
) -> Supporter | None:
    if membership is not None and membership.supporter is not None:
        return membership.supporter
    return recognise(
        session,
        master,
        email=person.email,
        name=person.name,
        customer=person.customer,
        language=checkout.language,
        now=now,
    )


def _sealed(
    session: Session, master: MasterKey, supporter: Supporter | None, payment_id: str
) -> bytes:
    """Under the giver's own key; a payment that arrives after they were forgotten has none."""
    if supporter is not None:
        try:
            return open_data_key(session, master, supporter.data_key_id).seal(_PAYMENT, payment_id)
        except Forgotten:
            pass
    return seal_operational(master, _PAYMENT, payment_id)


def _new_gift(
    session: Session,
    master: MasterKey,
    payment: Payment,
    checkout: Checkout,
    membership: Membership | None,
    supporter: Supporter | None,
) -> Gift:
    sealed = _sealed(session, master, supporter, payment.id)
    gift = Gift(
        public_id=public_id(),
        supporter_id=None if supporter is None else supporter.id,
        checkout_id=checkout.id,
        membership_id=None if membership is None else membership.id,
        tier_id=tier_of_payment(session, membership, checkout, payment.amount),
        frequency=checkout.frequency if membership is None else membership.frequency,
        amount_minor=payment.amount.minor,
        currency=payment.amount.currency,
        language=checkout.language if supporter is None else supporter.language,
        method=payment.method,
        fund=checkout.fund,
        payment_sealed=sealed,
        payment_index=master.index("payment", payment.id),
        received_at=payment.charged_at,
    )
    session.add(gift)
    session.flush()
    return gift
