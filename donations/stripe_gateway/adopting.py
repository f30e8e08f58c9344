"""Subscriptions another program began at Stripe: which can become ours, and the mark that says so.

What can is what our own pages make: one price, by the month or by the year, of a fixed amount,
taken by Stripe itself.  Source: docs.stripe.com/api/subscriptions/object and
/api/prices/object, by the annotations of the SDK.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from donations.kernel.currencies import CURRENCIES
from donations.kernel.money import Money
from donations.stripe_gateway import reading
from donations.stripe_gateway.errors import translated
from donations.stripe_gateway.values import Person, Subscription

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import stripe

PAGE: Final = 100
_RHYTHMS: Final = frozenset({("month", 1), ("year", 1)})
_BEGUN: Final = frozenset({"active", "past_due", "unpaid", "paused", "trialing"})


@dataclass(frozen=True, slots=True)
class Found:
    """A subscription of the account; `problem` is the word for why it cannot become ours.

    `subscription` is None only with a problem.  `donation` is what its metadata says of ours, and
    `language` the first of its customer's at Stripe.
    """

    id: str
    status: str
    donation: str | None
    person: Person
    language: str | None
    subscription: Subscription | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some subscriptions, the newest first; `more` when there are older ones."""

    found: tuple[Found, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class PaidInvoice:
    """A period that was paid: `payments` are the payments that settled it."""

    id: str
    amount: Money
    paid_at: datetime
    payments: tuple[str, ...]


class AdoptionCalls:
    """What is asked of Stripe to take subscriptions over; raises as `Gateway` does."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._client = client

    def page(self, after: str | None = None) -> Page:
        """The subscriptions behind `after` that have not been cancelled, with their customers."""
        asked: Any = {"limit": PAGE, "expand": ["data.customer"]}
        if after is not None:
            asked["starting_after"] = after
        with translated():
            listed = self._client.v1.subscriptions.list(asked)
            return Page(tuple(_found(one) for one in listed.data), listed.has_more)

    def stamp(self, subscription_id: str, donation: str, *, idempotency_key: str) -> None:
        """Mark a subscription as ours; other words in its metadata stay.

        It reaches the bills made from now on (docs.stripe.com/api/invoices/object, `parent`).
        """
        change: Any = {"metadata": {reading.DONATION_KEY: donation}}
        with translated():
            self._client.v1.subscriptions.update(
                subscription_id, change, {"idempotency_key": idempotency_key}
            )

    def paid_invoices(self, subscription_id: str) -> Iterator[PaidInvoice]:
        """Every bill of a subscription for which something was paid, the newest first."""
        asked: Any = {
            "subscription": subscription_id,
            "status": "paid",
            "limit": PAGE,
            "expand": ["data.payments"],
        }
        with translated():
            for invoice in self._client.v1.invoices.list(asked).auto_paging_iter():
                at = invoice.status_transitions.paid_at
                if not invoice.amount_paid or at is None or invoice.currency not in CURRENCIES:
                    continue
                yield PaidInvoice(
                    id=invoice.id or "",
                    amount=Money(invoice.amount_paid, invoice.currency),
                    paid_at=reading.instant(at),
                    payments=reading.read_invoice(invoice).payments,
                )


def _found(subscription: stripe.Subscription) -> Found:
    customer: Any = subscription.customer
    person = Person(
        email=getattr(customer, "email", None),
        name=getattr(customer, "name", None),
        customer=getattr(customer, "id", customer),
    )
    languages = getattr(customer, "preferred_locales", None) or [None]
    problem = _problem(subscription) or _nobody(customer, person)
    readable = problem in {"", "no_email", "not_begun"}
    return Found(
        id=subscription.id,
        status=subscription.status,
        donation=reading.donation_in(subscription.metadata),
        person=person,
        language=languages[0],
        subscription=reading.read_subscription(subscription) if readable else None,
        problem=problem,
    )


def _nobody(customer: Any, person: Person) -> str:  # noqa: ANN401 - a customer, or what is left of one
    if getattr(customer, "deleted", False):
        return "no_customer"
    return "" if person.email else "no_email"


def _problem(subscription: stripe.Subscription) -> str:
    """Why the subscription cannot be one of ours, or nothing."""
    items = subscription["items"]
    if len(items.data) != 1 or items.has_more:
        return "several_items"
    item: Any = items.data[0]
    return (
        _problem_of_price(item.price)
        or _problem_of_amount(subscription, item)
        or _problem_of_keeping(subscription)
    )


def _problem_of_price(price: Any) -> str:  # noqa: ANN401 - a price of any kind
    rhythm = price.recurring
    if rhythm is None or (rhythm.interval, rhythm.interval_count) not in _RHYTHMS:
        return "rhythm"
    if getattr(rhythm, "usage_type", "licensed") == "metered":
        return "metered"
    if price.billing_scheme != "per_unit" or getattr(price, "transform_quantity", None):
        return "tiers"
    return "" if price.currency in CURRENCIES else "currency"


def _problem_of_amount(subscription: Any, item: Any) -> str:  # noqa: ANN401 - see above
    """What would have another amount be taken than price and quantity say."""
    if item.price.unit_amount is None:
        return "fraction"
    if not item.price.unit_amount * (item.quantity or 1):
        return "nothing"
    if getattr(subscription, "discounts", None) or getattr(item, "discounts", None):
        return "discount"
    automatic = getattr(getattr(subscription, "automatic_tax", None), "enabled", False)
    if automatic or getattr(subscription, "default_tax_rates", None) or item.tax_rates:
        return "tax"
    return ""


def _problem_of_keeping(subscription: Any) -> str:  # noqa: ANN401 - see above
    """What would have somebody else keep it, or share in it."""
    if subscription.status not in _BEGUN:
        return "not_begun"
    if getattr(subscription, "schedule", None):
        return "schedule"
    if subscription.collection_method != "charge_automatically":
        return "sent_bills"
    shares = ("transfer_data", "on_behalf_of", "application_fee_percent")
    return "shared" if any(getattr(subscription, name, None) for name in shares) else ""
