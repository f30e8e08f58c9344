"""What Stripe is asked for when a reader wants to give: one hosted page for one price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from donations.kernel.cadence import Frequency
from donations.stripe_gateway import reading

if TYPE_CHECKING:
    from datetime import datetime

    import stripe
    from stripe.params.checkout import SessionCreateParams

    from donations.kernel.money import Money

INTERVAL: Final = {Frequency.MONTHLY: "month", Frequency.ANNUAL: "year"}


@dataclass(frozen=True, slots=True)
class CheckoutOrder:
    """Everything Stripe is told about a gift: no name of ours, no campaign, one random id.

    `recoverable` asks for a page on which the gift can be finished after the first has expired.
    """

    donation: str
    amount: Money
    frequency: Frequency
    language: str
    success_url: str
    cancel_url: str
    statement_suffix: str
    expires_at: datetime
    idempotency_key: str
    recoverable: bool = False


def session_params(order: CheckoutOrder) -> SessionCreateParams:
    """What Stripe's Checkout is asked for."""
    price: Any = {
        "currency": order.amount.currency,
        "unit_amount": order.amount.minor,
        "product": PRODUCTS[order.frequency].id,
    }
    metadata = {reading.DONATION_KEY: order.donation}
    params: Any = {
        "mode": "subscription" if order.frequency.recurring else "payment",
        "submit_type": "donate",
        "success_url": order.success_url,
        "cancel_url": order.cancel_url,
        "client_reference_id": order.donation,
        "locale": order.language,
        "line_items": [{"quantity": 1, "price_data": price}],
        "metadata": metadata,
        "adaptive_pricing": {"enabled": False},
        "expires_at": int(order.expires_at.timestamp()),
    }
    if order.recoverable:
        params["after_expiration"] = {"recovery": {"enabled": True}}
    if order.frequency.recurring:
        price["recurring"] = {"interval": INTERVAL[order.frequency]}
        params["subscription_data"] = {"metadata": metadata}
    else:
        params["customer_creation"] = "always"
        params["payment_intent_data"] = {
            "metadata": metadata,
            "statement_descriptor_suffix": order.statement_suffix,
        }
    return params  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class _Product:
    id: str
    name: str


PRODUCTS: Final = {
    Frequency.ONCE: _Product("reader_support_once", "One-time support"),
    Frequency.MONTHLY: _Product("reader_support_monthly", "Monthly support"),
    Frequency.ANNUAL: _Product("reader_support_annual", "Annual support"),
}


def make_product(client: stripe.StripeClient, frequency: Frequency) -> None:
    """One long-lived product per kind of gift, under our own id: making it twice is one."""
    product = PRODUCTS[frequency]
    client.v1.products.create(
        {"id": product.id, "name": product.name}, {"idempotency_key": f"product-{product.id}"}
    )
