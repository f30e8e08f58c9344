"""Checkout Sessions: completed, paid later, failed later, expired."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.giving.checkouts import find_checkout, is_current, move
from donations.giving.letters import promise_failed_letter, promise_pending_letter
from donations.giving.states import CheckoutState
from donations.inbox.desk import Desk, Outcome
from donations.inbox.settling import gather, gather_invoice, settle
from donations.recoveries.recovering import promise_recovery

if TYPE_CHECKING:
    from donations.stripe_gateway.values import CheckoutSession


def changed(desk: Desk, session_id: str) -> Outcome:
    """Bring the checkout to where its session is now: paid, pending or expired."""
    visit = desk.gateway.checkout_session(session_id)
    if visit.status == "expired":
        return _move(desk, visit, CheckoutState.EXPIRED)
    if visit.status != "complete":
        return Outcome.APPLIED if find_checkout(desk.session, visit.donation) else Outcome.NOT_OURS
    if visit.payment_status == "unpaid":
        return _move(desk, visit, CheckoutState.PENDING)
    return _settle(desk, visit)


def payment_failed(desk: Desk, session_id: str) -> Outcome:
    """A method that takes days has failed; nothing was taken."""
    visit = desk.gateway.checkout_session(session_id)
    if visit.payment_status == "paid":
        return _settle(desk, visit)
    return _move(desk, visit, CheckoutState.FAILED)


def _settle(desk: Desk, visit: CheckoutSession) -> Outcome:
    if visit.payment is not None:
        return settle(desk, gather(desk, visit.payment, visit.person))
    if visit.invoice is None:
        return Outcome.NOT_OURS
    invoice = desk.gateway.invoice(visit.invoice)
    outcome = Outcome.NOT_OURS
    for payment_id in invoice.payments:
        payment = desk.gateway.payment(payment_id)
        outcome = settle(desk, gather_invoice(desk, invoice, payment, visit.person))
    return outcome


def _move(desk: Desk, visit: CheckoutSession, target: CheckoutState) -> Outcome:
    session = desk.write()
    checkout = find_checkout(session, visit.donation)
    if checkout is None:
        return Outcome.NOT_OURS
    if is_current(checkout, desk.master, visit.id) and move(checkout, target):
        if target is CheckoutState.PENDING:
            promise_pending_letter(session, checkout, now=desk.now)
        if target is CheckoutState.FAILED:
            promise_failed_letter(session, checkout, now=desk.now)
        if target is CheckoutState.EXPIRED:
            promise_recovery(session, desk.master, checkout, visit.recovery_url, now=desk.now)
    return Outcome.APPLIED
