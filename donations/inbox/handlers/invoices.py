"""Invoices: a membership's period paid, or its payment failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.dunning.failing import tell_of_failure
from donations.entitlements.following import follow_membership
from donations.entitlements.seat_standing import follow_seats
from donations.giving.checkouts import find_checkout
from donations.giving.memberships import follow, note_failure
from donations.inbox.desk import Desk, Outcome
from donations.inbox.settling import donation_of, gather_invoice, settle
from donations.partners.kinds import Told
from donations.partners.telling import tell, tell_standing

if TYPE_CHECKING:
    from donations.stripe_gateway.values import Invoice


def paid(desk: Desk, invoice_id: str) -> Outcome:
    """Every payment of the invoice becomes a gift; an invoice of nothing paid makes none."""
    invoice = desk.gateway.invoice(invoice_id)
    outcome = Outcome.NOT_OURS
    for payment_id in invoice.payments if invoice.amount_paid else ():
        case = gather_invoice(desk, invoice, desk.gateway.payment(payment_id))
        outcome = settle(desk, case)
        if outcome is not Outcome.APPLIED:
            break
    return outcome


def failed(desk: Desk, invoice_id: str) -> Outcome:
    """The membership is behind: remember why, and promise its supporter a letter."""
    invoice = desk.gateway.invoice(invoice_id)
    donation = donation_of(desk, invoice)
    if invoice.subscription is None or donation is None:
        return Outcome.NOT_OURS
    subscription = desk.gateway.subscription(invoice.subscription)
    code = _failure_code(desk, invoice)
    session = desk.write()
    checkout = find_checkout(session, donation)
    if checkout is None:
        return Outcome.NOT_OURS
    membership = follow(
        session,
        desk.master,
        subscription=subscription,
        person=invoice.person,
        checkout=checkout,
        asked_at=desk.now,
        now=desk.now,
    )
    tell_standing(session, membership, now=desk.now)
    follow_membership(session, membership, desk.now)
    follow_seats(session, membership, now=desk.now)
    if invoice.status == "paid":  # an older failure; the period has been paid since
        return Outcome.APPLIED
    note_failure(membership, code, now=desk.now)
    if subscription.status != "incomplete":  # a first payment fails before the reader's own eyes
        bill = desk.master.index("invoice", invoice.id).hex()
        cause = f"{bill}:{invoice.attempt_count}"
        tell(session, Told.FAILED, membership, cause=cause, now=desk.now)
        tell_of_failure(
            session,
            membership,
            bill=bill,
            attempt=invoice.attempt_count,
            next_at=invoice.next_attempt,
            now=desk.now,
        )
    return Outcome.APPLIED


def _failure_code(desk: Desk, invoice: Invoice) -> str | None:
    for payment_id in reversed(invoice.payments):
        return desk.gateway.payment(payment_id).failure_code
    return None
