"""The one way a payment becomes a gift, whichever event spoke of it first.

A payment is ours by its own metadata (one-time) or by the subscription of the invoice it settles.
"No invoice" proves nothing: Checkout makes the subscription after the payment.  So a payment we
cannot place yet is left alone, and the event that places it asks again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from donations.adoption.recognising import adopted_donation
from donations.entitlements.comps import link_comps
from donations.entitlements.following import follow_membership
from donations.entitlements.gifting import note_paid
from donations.entitlements.seat_standing import follow_seats
from donations.giving.checkouts import find_checkout
from donations.giving.gifts import find_gift, record_gift
from donations.giving.memberships import follow
from donations.giving.states import CheckoutState
from donations.inbox.desk import Desk, Outcome
from donations.ledger.books import hold
from donations.partners.kinds import Told
from donations.partners.telling import tell, tell_standing
from donations.reminders.giving import note_gift
from donations.self_service.raising import follow_promo
from donations.stripe_gateway.values import Invoice, Person

if TYPE_CHECKING:
    from datetime import datetime

    from donations.giving.models import Gift
    from donations.stripe_gateway.values import Payment, Subscription


@dataclass(frozen=True, slots=True)
class Case:
    """A payment with everything asked of Stripe that places it."""

    payment: Payment
    person: Person
    donation: str | None
    subscription: Subscription | None


def gather(desk: Desk, payment_id: str, told: Person | None = None) -> Case:
    """Ask Stripe whose payment this is.  `told` is what a session or invoice said of the person."""
    payment = desk.gateway.payment(payment_id)
    if payment.donation is not None:
        return Case(payment, _join(told, payment.person), payment.donation, None)
    invoice_id = desk.gateway.invoice_of_payment(payment_id)
    if invoice_id is None:
        return Case(payment, payment.person, None, None)
    return gather_invoice(desk, desk.gateway.invoice(invoice_id), payment, told)


def gather_invoice(
    desk: Desk, invoice: Invoice, payment: Payment, told: Person | None = None
) -> Case:
    """Place a payment by the invoice it settles."""
    person = _join(told, _join(invoice.person, payment.person))
    donation = donation_of(desk, invoice, payment.charged_at)
    if invoice.subscription is None or donation is None:
        return Case(payment, person, None, None)
    subscription = desk.gateway.subscription(invoice.subscription)
    return Case(payment, person, donation, subscription)


def donation_of(
    desk: Desk, told: Invoice | Subscription, paid_at: datetime | None = None
) -> str | None:
    """Whose promise it is: as Stripe's metadata says, or as it was taken over from elsewhere.

    What was `paid_at` before it was taken over is not ours.  No transaction is left open.
    """
    subscription = told.subscription if isinstance(told, Invoice) else told.id
    session, donation = desk.session, told.donation
    if subscription is not None and find_checkout(session, donation) is None:
        donation = adopted_donation(session, desk.master, subscription, paid_at)
    session.rollback()
    return donation


def settle(desk: Desk, case: Case) -> Outcome:
    """Record the case if it is ours and paid; the transaction is left open for the worker."""
    session = desk.write()
    checkout = find_checkout(session, case.donation)
    if checkout is None:
        return Outcome.NOT_OURS
    hold(session)  # the books before any other lock, as whoever books many gifts does
    membership = None
    if case.subscription is not None:
        membership = follow(
            session,
            desk.master,
            subscription=case.subscription,
            person=case.person,
            checkout=checkout,
            asked_at=desk.now,
            now=desk.now,
        )
        tell_standing(session, membership, now=desk.now)
    if case.payment.succeeded:
        first = checkout.state != CheckoutState.PAID
        known = find_gift(session, desk.master, case.payment.id) is not None
        gift = record_gift(
            session,
            desk.master,
            payment=_unmarked(desk, case.payment),
            person=case.person,
            checkout=checkout,
            membership=membership,
            now=desk.now,
        )
        note_paid(session, gift, now=desk.now)
        if not known:
            tell(session, Told.PAID, membership, cause=gift.public_id, now=desk.now, gift=gift)
        if first:  # a renewal is no answer to a letter
            note_gift(
                session,
                gift.supporter.email_index if gift.supporter else None,
                checkout.reminder,
                gift.received_at,
                membership=membership is not None,
            )
            if gift.supporter is not None:
                link_comps(session, gift.supporter, desk.now)
    if membership is not None:
        follow_membership(session, membership, desk.now)
        follow_seats(session, membership, now=desk.now)
        follow_promo(session, membership, desk.now)
    return Outcome.APPLIED


def gift_behind(desk: Desk, payment_id: str | None) -> Gift | None:
    """The gift of a payment, recorded first if its own event has not come yet; None if not ours.

    Leaves a write transaction open when it gives a gift.
    """
    if payment_id is None:
        return None
    known = find_gift(desk.session, desk.master, payment_id)
    desk.session.rollback()
    if known is None:
        settle(desk, gather(desk, payment_id))
    else:
        desk.write()
    return find_gift(desk.session, desk.master, payment_id)


def _unmarked(desk: Desk, payment: Payment) -> Payment:
    """Where giving may be held against a reader, not even the country of the card is kept."""
    if payment.card_country in desk.guarded:
        return replace(payment, card_country=None)
    return payment


def _join(first: Person | None, second: Person) -> Person:
    if first is None:
        return second
    return Person(
        email=first.email or second.email,
        name=first.name or second.name,
        customer=first.customer or second.customer,
    )
