"""Stands in for Stripe at the gateway: answers with the values it was given, and counts questions."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from donations.kernel.cadence import Frequency
from donations.kernel.errors import NotFound
from donations.kernel.money import Money
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

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NOBODY = Person(None, None, None)


def movement(name, amount=5000, fee=175, currency="usd", kind="charge", **changes):
    made = Movement(name, kind, amount, fee, amount - fee, currency, None, AT, AT)
    return replace(made, **changes)


def payment(name="pi_1", donation=None, **changes):
    made = Payment(
        id=name,
        succeeded=True,
        status="succeeded",
        amount=Money(5000, "usd"),
        donation=donation,
        person=Person("reader@example.org", "Vera Reader", "cus_1"),
        method="card",
        card_country="NL",
        charged_at=AT,
        movement=movement(f"txn_{name}"),
        failure_code=None,
    )
    return replace(made, **changes)


def session_of(donation, **changes):
    made = CheckoutSession(
        id="cs_1",
        url=None,
        status="complete",
        payment_status="paid",
        donation=donation,
        person=Person("reader@example.org", "Vera Reader", "cus_1"),
        payment=None,
        subscription=None,
        invoice=None,
        expires_at=AT + timedelta(hours=3),
    )
    return replace(made, **changes)


def invoice(donation, **changes):
    made = Invoice(
        id="in_1",
        status="paid",
        amount_paid=5000,
        subscription="sub_1",
        donation=donation,
        person=Person("reader@example.org", "Vera Reader", "cus_1"),
        payments=("pi_1",),
        attempt_count=1,
        next_attempt=None,
    )
    return replace(made, **changes)


def subscription(donation, **changes):
    made = Subscription(
        id="sub_1",
        status="active",
        donation=donation,
        customer="cus_1",
        amount=Money(5000, "usd"),
        frequency=Frequency.MONTHLY,
        started_at=AT,
        renews_at=AT + timedelta(days=30),
        ends_with_period=False,
        collection_paused=False,
        ended_at=None,
        end_reason=None,
    )
    return replace(made, **changes)


def refund(name="re_1", **changes):
    moved = (movement(f"txn_{name}", -2000, 0, kind="refund"),)
    made = RefundState(name, "succeeded", Money(2000, "usd"), "pi_1", AT, moved)
    return replace(made, **changes)


def dispute(name="dp_1", **changes):
    moved = (movement(f"txn_{name}", -5000, 1500, kind="adjustment"),)
    made = DisputeState(
        name, "needs_response", "fraudulent", Money(5000, "usd"), "pi_1", AT, AT, moved
    )
    return replace(made, **changes)


def payout(name="po_1", amount=4825, **changes):
    made = PayoutState(
        id=name,
        status="paid",
        amount=Money(amount, "usd"),
        automatic=True,
        lines_known=True,
        created=AT,
        arrives_on=AT.date(),
        trace_id="trace_1",
        failure_code=None,
        movement=movement(f"txn_{name}", -amount, 0, kind="payout", source=name),
        returned=None,
    )
    return replace(made, **changes)


class FakeChanges:
    """Changes of subscriptions: what was asked for, in order; `answer` is what comes back."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.calls = []
        self.failure = None

    def void_open_bills(self, name, *, idempotency_key):
        self.calls.append(("void", name, idempotency_key))
        return 0

    expires = (2040, 12)

    def card_expiry(self, _name):
        self.gateway._closed()
        if self.failure is not None:
            raise self.failure
        return self.expires

    def __getattr__(self, verb):
        def call(name, *given, idempotency_key):
            self.gateway._closed()
            self.calls.append((verb, name, *given, idempotency_key))
            if self.failure is not None:
                raise self.failure
            return self.gateway._find(name)

        return call


class FakeGateway:
    """Objects by id; an unknown one is gone.  Refuses to be asked while a transaction is open."""

    def __init__(self, session=None):
        self.objects = {}
        self.invoices_of = {}
        self.charges = {}
        self.credits = {}
        self.moved = []
        self.lines = {}
        self.asked = Counter()
        self.opened = []
        self.cancelled = []
        self.changes = FakeChanges(self)
        self.failure = None
        self.session = session

    def put(self, *values):
        for value in values:
            self.objects[value.id] = value
        return self

    def _find(self, name):
        if self.session is not None:
            assert not self.session.in_transaction(), "Stripe was asked inside a transaction"
        self.asked[name] += 1
        if self.failure is not None:
            raise self.failure
        if name not in self.objects:
            raise NotFound
        return self.objects[name]

    checkout_session = payment = invoice = subscription = refund = dispute = payout = _find

    def subscriptions(self):
        self._closed()
        return iter([one for one in self.objects.values() if isinstance(one, Subscription)])

    def move(self, *movements):
        """What the account's list of movements holds, oldest first."""
        self.moved += movements
        return self

    def _closed(self):
        if self.session is not None:
            assert not self.session.in_transaction(), "Stripe was asked inside a transaction"

    def movements(self, since, until=None):
        self._closed()
        self.asked["movements"] += 1
        until = until or datetime.max.replace(tzinfo=UTC)
        found = [each for each in self.moved if since <= each.created < until]
        yield from sorted(found, key=lambda each: each.created)[::-1]

    def movement(self, name):
        self._closed()
        return next(each for each in self.moved if each.id == name)

    def payouts(self, since):
        self._closed()
        made = [each for each in self.objects.values() if isinstance(each, PayoutState)]
        yield from [each.id for each in made if each.created >= since][::-1]

    def payout_lines(self, name):
        self._closed()
        self.asked[f"{name} lines"] += 1
        return list(self.lines.get(name, ()))

    def movement_of_charge(self, name):
        self._closed()
        return self.credits.get(name)

    def payment_of_charge(self, name):
        self._closed()
        return self.charges.get(name)

    def invoice_of_payment(self, name):
        return self.invoices_of.get(name)

    def cancel_subscription(self, name, *, idempotency_key):
        self.cancelled.append((name, idempotency_key))
        return self._find(name)

    def open_checkout(self, order):
        if self.session is not None:
            assert not self.session.in_transaction(), "Stripe was asked inside a transaction"
        if self.failure is not None:
            raise self.failure
        self.opened.append(order)
        return session_of(
            order.donation,
            id=f"cs_{order.idempotency_key}",
            url=f"https://checkout.stripe.com/c/pay/{order.idempotency_key}",
            status="open",
            payment_status="unpaid",
        )
