"""Reads Stripe's objects into our values.  Since SDK 15 they are no dicts: absent means getattr."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast

from donations.kernel.cadence import Frequency
from donations.kernel.currencies import CURRENCIES
from donations.kernel.money import Money
from donations.stripe_gateway.errors import StrangeSubscription
from donations.stripe_gateway.signatures import Hint
from donations.stripe_gateway.values import (
    CheckoutSession,
    DisputeState,
    Invoice,
    Movement,
    Payment,
    PayoutState,
    Person,
    RefundState,
    Subscription,
)

if TYPE_CHECKING:
    import stripe

DONATION_KEY = "donation"
_TAXES: Final = frozenset({"tax", "withheld_tax"})
_FREQUENCY_OF = {"month": Frequency.MONTHLY, "year": Frequency.ANNUAL}


def read_movement(txn: stripe.BalanceTransaction) -> Movement:
    """A balance transaction."""
    rate = txn.exchange_rate
    return Movement(
        id=txn.id,
        kind=txn.type,
        amount=txn.amount,
        fee=txn.fee,
        net=txn.net,
        currency=txn.currency,
        exchange_rate=None if rate is None else str(rate),
        created=instant(txn.created),
        available_on=instant(txn.available_on),
        source=_id(txn.source),
        category=txn.reporting_category,
        fee_tax=sum(part.amount for part in txn.fee_details if part.type in _TAXES),
    )


def read_payout(payout: stripe.Payout) -> PayoutState:
    """A payout with both of its balance transactions expanded; only a failed one has the second.

    Stripe's `arrival_date` is midnight UTC of a day (docs.stripe.com/api/payouts/object).
    """
    trace: Any = payout.trace_id
    moved, returned = payout.balance_transaction, payout.failure_balance_transaction
    return PayoutState(
        id=payout.id,
        status=payout.status,
        amount=Money(payout.amount, payout.currency),
        automatic=payout.automatic,
        lines_known=payout.reconciliation_status == "completed",
        created=instant(payout.created),
        arrives_on=instant(payout.arrival_date).date(),
        trace_id=getattr(trace, "value", None),
        failure_code=payout.failure_code,
        movement=None if moved is None else read_movement(cast("Any", moved)),
        returned=None if returned is None else read_movement(cast("Any", returned)),
    )


def read_session(session: stripe.checkout.Session) -> CheckoutSession:
    """A Checkout Session, with nothing expanded."""
    details = session.customer_details
    after: Any = getattr(session, "after_expiration", None)
    recovery = getattr(after, "recovery", None)
    return CheckoutSession(
        id=session.id,
        url=session.url,
        status=session.status or "open",
        payment_status=session.payment_status,
        donation=donation_in(session.metadata),
        person=Person(
            email=getattr(details, "email", None),
            name=getattr(details, "name", None),
            customer=_id(session.customer),
        ),
        payment=_id(session.payment_intent),
        subscription=_id(session.subscription),
        invoice=_id(session.invoice),
        expires_at=instant(session.expires_at),
        recovery_url=getattr(recovery, "url", None),
    )


def read_payment(intent: stripe.PaymentIntent) -> Payment:
    """A payment intent with `latest_charge.balance_transaction` expanded."""
    charge: Any = intent.latest_charge
    details = getattr(charge, "billing_details", None)
    method = getattr(charge, "payment_method_details", None)
    txn = getattr(charge, "balance_transaction", None)
    return Payment(
        id=intent.id,
        succeeded=intent.status == "succeeded",
        status=intent.status,
        amount=Money(intent.amount, intent.currency),
        donation=donation_in(intent.metadata),
        person=Person(
            email=getattr(details, "email", None),
            name=getattr(details, "name", None),
            customer=_id(intent.customer),
        ),
        method=getattr(method, "type", None) or "unknown",
        card_country=getattr(getattr(method, "card", None), "country", None),
        charged_at=instant(getattr(charge, "created", None) or intent.created),
        movement=None if txn is None else read_movement(txn),
        failure_code=_failure_code(intent, charge),
    )


def _failure_code(intent: stripe.PaymentIntent, charge: Any) -> str | None:  # noqa: ANN401
    """Stripe's most exact word for why a payment failed; None if it did not.

    Only the intent knows the bank's own word (docs.stripe.com/declines/codes); a card whose owner
    has to confirm may have no charge at all.
    """
    error = intent.last_payment_error
    said = getattr(error, "decline_code", None) or getattr(error, "code", None)
    if said is None and intent.status == "requires_action":
        return "authentication_required"
    return said or getattr(charge, "failure_code", None)


def read_invoice(invoice: stripe.Invoice) -> Invoice:
    """An invoice with `payments` expanded."""
    details = getattr(invoice.parent, "subscription_details", None)
    payments = invoice.payments.data if invoice.payments is not None else []
    return Invoice(
        id=invoice.id or "",
        status=invoice.status or "draft",
        amount_paid=invoice.amount_paid,
        subscription=_id(getattr(details, "subscription", None)),
        donation=donation_in(getattr(details, "metadata", None)),
        person=Person(
            email=invoice.customer_email,
            name=invoice.customer_name,
            customer=_id(invoice.customer),
        ),
        payments=tuple(
            found
            for entry in payments
            if (found := _id(getattr(entry.payment, "payment_intent", None)))
        ),
        attempt_count=invoice.attempt_count,
        next_attempt=_maybe_instant(invoice.next_payment_attempt),
    )


def read_subscription(subscription: stripe.Subscription) -> Subscription:
    """A subscription; its single item carries price and period.

    Raises `StrangeSubscription` for one in a rhythm or currency that our pages would never make.
    """
    if _is_strange(subscription):
        raise StrangeSubscription
    item = subscription["items"].data[0]  # .items would be the mapping's method
    ended = getattr(subscription.cancellation_details, "reason", None)
    price = item.price
    at_period_end = item.current_period_end if subscription.cancel_at_period_end else None
    return Subscription(
        id=subscription.id,
        status=subscription.status,
        donation=donation_in(subscription.metadata),
        customer=_id(subscription.customer) or "",
        amount=Money((price.unit_amount or 0) * (item.quantity or 1), price.currency),
        frequency=_FREQUENCY_OF[price.recurring.interval if price.recurring else "month"],
        started_at=instant(subscription.start_date),
        renews_at=_maybe_instant(item.current_period_end),
        # In flexible billing, the default, the portal sets `cancel_at` and leaves the flag alone.
        ends_with_period=subscription.cancel_at_period_end or subscription.cancel_at is not None,
        collection_paused=subscription.pause_collection is not None,
        ended_at=_maybe_instant(subscription.ended_at),
        end_reason=ended,
        resumes_at=_maybe_instant(getattr(subscription.pause_collection, "resumes_at", None)),
        ends_at=_maybe_instant(subscription.cancel_at or at_period_end),
        method=_id(subscription.default_payment_method),
    )


def _is_strange(subscription: stripe.Subscription) -> bool:
    """Whether its price is in no rhythm or currency we speak of."""
    price = subscription["items"].data[0].price
    rhythm = price.recurring
    return (rhythm is not None and rhythm.interval not in _FREQUENCY_OF) or (
        price.currency not in CURRENCIES
    )


def read_refund(refund: stripe.Refund) -> RefundState:
    """A refund with both of its balance transactions expanded; only a failed one has the second."""
    gave_back: Any = getattr(refund, "failure_balance_transaction", None)
    moved: tuple[Any, ...] = (refund.balance_transaction, gave_back)
    return RefundState(
        id=refund.id,
        status=refund.status or "pending",
        amount=Money(refund.amount, refund.currency),
        payment=_id(refund.payment_intent),
        created=instant(refund.created),
        movements=tuple(read_movement(txn) for txn in moved if txn is not None),
    )


def read_dispute(dispute: stripe.Dispute) -> DisputeState:
    """A dispute; its balance transactions come with it."""
    return DisputeState(
        id=dispute.id,
        status=dispute.status,
        reason=dispute.reason,
        amount=Money(dispute.amount, dispute.currency),
        payment=_id(dispute.payment_intent),
        answer_by=_maybe_instant(getattr(dispute.evidence_details, "due_by", None)),
        created=instant(dispute.created),
        movements=tuple(read_movement(txn) for txn in dispute.balance_transactions),
    )


def read_event(event: stripe.Event) -> Hint:
    """An event, of which only what it speaks of counts."""
    return Hint(
        event_id=event.id,
        type=event.type,
        object_id=getattr(event.data.object, "id", None) or "",
        occurred_at=instant(event.created),
    )


def donation_in(metadata: Any) -> str | None:  # noqa: ANN401 - Stripe's own untyped mapping
    """Our public id in an object's metadata, if it is ours."""
    return getattr(metadata, DONATION_KEY, None)


def _id(reference: Any) -> str | None:  # noqa: ANN401 - an id, an expanded object or nothing
    return reference if reference is None or isinstance(reference, str) else str(reference.id)


def instant(seconds: int) -> datetime:
    """Stripe's seconds as a moment."""
    return datetime.fromtimestamp(seconds, UTC)


def _maybe_instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else instant(seconds)
