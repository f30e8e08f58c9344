"""Calls Stripe.  Reads answer with our values; every write carries a key derived from a row.

Two clients: a reader waits at one, so it gives up in time for a kind page; the worker waits at the
other, which retries.  One client per process is right, because each keeps a connection per thread.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import stripe

from donations.kernel.errors import NotFound
from donations.stripe_gateway import reading
from donations.stripe_gateway.adopting import AdoptionCalls
from donations.stripe_gateway.customers import CustomerCalls
from donations.stripe_gateway.errors import StrangeSubscription, translated
from donations.stripe_gateway.ordering import make_product, session_params
from donations.stripe_gateway.subscriptions import SubscriptionCalls
from donations.stripe_gateway.values import (
    CheckoutSession,
    DisputeState,
    Invoice,
    Movement,
    Payment,
    PayoutState,
    RefundState,
    Subscription,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from donations.kernel.cadence import Frequency
    from donations.stripe_gateway.ordering import CheckoutOrder
    from donations.stripe_gateway.signatures import Hint

API_VERSION: Final = stripe.api_version
_READER_WAITS: Final = (2, 6)  # connect, read: seconds; the page must come within ten
_WORKER_WAITS: Final = (5, 30)
_TYPES_AT_ONCE: Final = 20

stripe.enable_telemetry = False  # else the SDK writes a file and sends an identifier
stripe.set_app_info("donations", version="0.1.0")


class Gateway:
    """Stripe, as the rest of the house speaks of it.

    Every call raises `StripeUnavailable` when a later try may do, `StripeRefused` when none will,
    and `NotFound` when the object does not exist.
    """

    def __init__(self, secret_key: str, api_base: str = "") -> None:
        """`api_base` replaces every Stripe host, so that nothing can leave for the real one."""
        self._reader = _client(secret_key, api_base, _READER_WAITS, retries=0)
        self._worker = _client(secret_key, api_base, _WORKER_WAITS, retries=2)
        self.adopting = AdoptionCalls(self._worker)
        self.customers = CustomerCalls(self._worker)
        self.changes = SubscriptionCalls(self._worker)
        self.asked_by_readers = SubscriptionCalls(self._reader)

    def open_checkout(self, order: CheckoutOrder) -> CheckoutSession:
        """Open a session of the hosted page, or give back the one opened under the same key.

        The first gift of a kind on a new account finds no product yet: it is made, and the call
        repeated.
        """
        try:
            return self._create_session(order)
        except NotFound:
            self._make_product(order.frequency)
            # A key of its own, in case Stripe kept the refusal under the first one.
            return self._create_session(
                replace(order, idempotency_key=f"{order.idempotency_key}-product")
            )

    def _create_session(self, order: CheckoutOrder) -> CheckoutSession:
        with translated():
            session = self._reader.v1.checkout.sessions.create(
                session_params(order), {"idempotency_key": order.idempotency_key}
            )
            return reading.read_session(session)

    def _make_product(self, frequency: Frequency) -> None:
        with translated():
            make_product(self._reader, frequency)

    def checkout_session(self, session_id: str) -> CheckoutSession:
        """A Checkout Session as it stands now."""
        with translated():
            return reading.read_session(self._worker.v1.checkout.sessions.retrieve(session_id))

    def payment(self, payment_id: str) -> Payment:
        """A payment with its latest charge and that charge's balance transaction."""
        with translated():
            intent = self._worker.v1.payment_intents.retrieve(
                payment_id, {"expand": ["latest_charge.balance_transaction"]}
            )
            return reading.read_payment(intent)

    def payment_of_charge(self, charge_id: str) -> str | None:
        """The payment a charge belongs to; None for a charge made without one."""
        with translated():
            charge = self._worker.v1.charges.retrieve(charge_id)
            found = charge.payment_intent
            return found if found is None or isinstance(found, str) else found.id

    def movement_of_charge(self, charge_id: str) -> str | None:
        """The id of the balance transaction that credited a charge; None until there is one."""
        with translated():
            found = self._worker.v1.charges.retrieve(charge_id).balance_transaction
            return found if found is None or isinstance(found, str) else found.id

    def invoice(self, invoice_id: str) -> Invoice:
        """An invoice with its payments."""
        with translated():
            invoice = self._worker.v1.invoices.retrieve(invoice_id, {"expand": ["payments"]})
            return reading.read_invoice(invoice)

    def invoice_of_payment(self, payment_id: str) -> str | None:
        """The invoice a payment settles, or None: then it is no membership's payment."""
        with translated():
            found = self._worker.v1.invoice_payments.list(
                {"payment": {"type": "payment_intent", "payment_intent": payment_id}}
            )
            for entry in found.data:
                return entry.invoice if isinstance(entry.invoice, str) else entry.invoice.id
            return None

    def subscription(self, subscription_id: str) -> Subscription:
        """A subscription as it stands now."""
        with translated():
            found = self._worker.v1.subscriptions.retrieve(subscription_id)
            return reading.read_subscription(found)

    def cancel_subscription(self, subscription_id: str, *, idempotency_key: str) -> Subscription:
        """End a subscription now, its open bill with it; no payment is taken after this."""
        with translated():
            ended = self._worker.v1.subscriptions.cancel(
                subscription_id, {"prorate": False}, {"idempotency_key": idempotency_key}
            )
            return reading.read_subscription(ended)

    def refund(self, refund_id: str) -> RefundState:
        """A refund with what it moved."""
        expand = ["balance_transaction", "failure_balance_transaction"]
        with translated():
            return reading.read_refund(
                self._worker.v1.refunds.retrieve(refund_id, {"expand": expand})
            )

    def dispute(self, dispute_id: str) -> DisputeState:
        """A dispute with what it moved."""
        with translated():
            return reading.read_dispute(self._worker.v1.disputes.retrieve(dispute_id))

    def untold(self, types: Iterable[str], since: datetime) -> Iterator[Hint]:
        """Every event of `types` since a moment that an endpoint has not taken, newest first.

        Stripe keeps events for thirty days and takes twenty types in one question
        (docs.stripe.com/api/events/list).
        """
        with translated():
            for asked in _batched(types, _TYPES_AT_ONCE):
                pages = self._worker.v1.events.list(
                    {
                        "delivery_success": False,
                        "types": list(asked),
                        "created": {"gte": int(since.timestamp())},
                        "limit": 100,
                    }
                )
                for event in pages.auto_paging_iter():
                    yield reading.read_event(event)

    def movements(self, since: datetime, until: datetime | None = None) -> Iterator[Movement]:
        """Every balance transaction created from a moment up to another, newest first."""
        created: Any = {"gte": int(since.timestamp())}
        if until is not None:
            created["lt"] = int(until.timestamp())
        with translated():
            pages = self._worker.v1.balance_transactions.list({"created": created, "limit": 100})
            for txn in pages.auto_paging_iter():
                yield reading.read_movement(txn)

    def movement(self, movement_id: str) -> Movement:
        """One balance transaction."""
        with translated():
            return reading.read_movement(self._worker.v1.balance_transactions.retrieve(movement_id))

    def payout(self, payout_id: str) -> PayoutState:
        """A payout with what took it from the balance and what brought it back."""
        expand = ["balance_transaction", "failure_balance_transaction"]
        with translated():
            return reading.read_payout(
                self._worker.v1.payouts.retrieve(payout_id, {"expand": expand})
            )

    def payouts(self, since: datetime) -> Iterator[str]:
        """The ids of every payout created since a moment, newest first."""
        with translated():
            pages = self._worker.v1.payouts.list(
                {"created": {"gte": int(since.timestamp())}, "limit": 100}
            )
            for payout in pages.auto_paging_iter():
                yield payout.id

    def payout_lines(self, payout_id: str) -> list[Movement]:
        """What an automatic payout is made of, oldest first, its own movement left out.

        Another payout, made by hand since the last automatic one, may be among it.
        """
        with translated():
            pages = self._worker.v1.balance_transactions.list({"payout": payout_id, "limit": 100})
            lines = [reading.read_movement(txn) for txn in pages.auto_paging_iter()]
        own = ("payout", payout_id)
        return [line for line in reversed(lines) if (line.kind, line.source) != own]

    def balance(self) -> dict[str, int]:
        """What Stripe holds by currency, available and pending together, in minor units."""
        held: dict[str, int] = {}
        with translated():
            found = self._worker.v1.balance.retrieve()
            parts: list[Any] = [*found.available, *found.pending]
            for part in parts:
                held[part.currency] = held.get(part.currency, 0) + part.amount
        return held

    def subscriptions(self) -> Iterator[Subscription]:
        """Every subscription that has not ended; strange ones of other programs are left out."""
        with translated():
            pages = self._worker.v1.subscriptions.list({"limit": 100})
            for subscription in pages.auto_paging_iter():
                with suppress(StrangeSubscription):
                    yield reading.read_subscription(subscription)

    def refunds(self, since: datetime) -> Iterator[RefundState]:
        """Every refund made since a moment, newest first."""
        expand = ["data.balance_transaction", "data.failure_balance_transaction"]
        created: Any = {"gte": int(since.timestamp())}
        with translated():
            pages = self._worker.v1.refunds.list(
                {"created": created, "limit": 100, "expand": expand}
            )
            for refund in pages.auto_paging_iter():
                yield reading.read_refund(refund)

    def disputes(self, since: datetime) -> Iterator[DisputeState]:
        """Every dispute opened since a moment, newest first."""
        created: Any = {"gte": int(since.timestamp())}
        with translated():
            pages = self._worker.v1.disputes.list({"created": created, "limit": 100})
            for dispute in pages.auto_paging_iter():
                yield reading.read_dispute(dispute)


def _batched(names: Iterable[str], size: int) -> Iterator[list[str]]:
    """The names in lists of at most `size`."""
    every = list(names)
    for first in range(0, len(every), size):
        yield every[first : first + size]


def _client(key: str, base: str, waits: tuple[int, int], *, retries: int) -> stripe.StripeClient:
    bases: Any = dict.fromkeys(("api", "files", "connect", "meter_events"), base) if base else None
    return stripe.StripeClient(
        key,
        base_addresses=bases,
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=waits),
    )
