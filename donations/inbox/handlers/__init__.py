"""One handler per kind of event; each asks Stripe what is true and calls one verb."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.inbox.handlers import (
    charges,
    checkouts,
    customers,
    disputes,
    invoices,
    payouts,
    refunds,
    subscriptions,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from donations.inbox.desk import Desk, Outcome

HANDLERS: Final[Mapping[str, Callable[[Desk, str], Outcome]]] = {
    "checkout.session.completed": checkouts.changed,
    "checkout.session.async_payment_succeeded": checkouts.changed,
    "checkout.session.async_payment_failed": checkouts.payment_failed,
    "checkout.session.expired": checkouts.changed,
    "invoice.paid": invoices.paid,
    "invoice.payment_failed": invoices.failed,
    "invoice.payment_action_required": invoices.failed,
    "customer.subscription.created": subscriptions.changed,
    "customer.subscription.updated": subscriptions.changed,
    "customer.subscription.deleted": subscriptions.changed,
    "customer.subscription.paused": subscriptions.changed,
    "customer.subscription.resumed": subscriptions.changed,
    "customer.updated": customers.changed,
    "charge.updated": charges.changed,
    "refund.created": refunds.changed,
    "refund.updated": refunds.changed,
    "refund.failed": refunds.changed,
    "charge.dispute.created": disputes.changed,
    "charge.dispute.updated": disputes.changed,
    "charge.dispute.closed": disputes.changed,
    "charge.dispute.funds_withdrawn": disputes.changed,
    "charge.dispute.funds_reinstated": disputes.changed,
    "payout.created": payouts.changed,
    "payout.updated": payouts.changed,
    "payout.paid": payouts.changed,
    "payout.failed": payouts.changed,
    "payout.canceled": payouts.changed,
    "payout.reconciliation_completed": payouts.changed,
}
