"""Facts the authors of `seahaven-stripe-world` 0.3.0 recorded at Stripe in September 2026 (`dahlia`).

They wrote them down beside their own emulator.  Nothing in this folder was inferred.
"""

from __future__ import annotations

import pytest
from sandbox_checks.recordings.asking import RETURN


@pytest.fixture
def paid(sandbox, sdk):
    """Pays a session by a card; its charge."""

    def pay(card="4242424242424242", amount=5000, **more):
        item = {
            "quantity": 1,
            "price_data": {
                "currency": "usd",
                "unit_amount": amount,
                "product_data": {"name": "Gift"},
            },
        }
        session = sdk.v1.checkout.sessions.create(
            {"mode": "payment", "success_url": RETURN, "line_items": [item], **more}
        )
        sandbox.control("pay", {"session": session.id, "card": card})
        intent = sdk.v1.checkout.sessions.retrieve(session.id).payment_intent
        return sdk.v1.charges.list({"payment_intent": intent}).data[0]

    return pay


@pytest.fixture
def member(sandbox, sdk):
    """Joins by the hosted page; the subscription."""

    def join():
        item = {
            "quantity": 1,
            "price_data": {
                "currency": "usd",
                "unit_amount": 1500,
                "product_data": {"name": "Support"},
                "recurring": {"interval": "month"},
            },
        }
        session = sdk.v1.checkout.sessions.create(
            {"mode": "subscription", "success_url": RETURN, "line_items": [item]}
        )
        sandbox.control("pay", {"session": session.id})
        joined = sdk.v1.checkout.sessions.retrieve(session.id).subscription
        return sdk.v1.subscriptions.retrieve(joined)

    return join


@pytest.fixture
def payer(sdk):
    """A customer whose card pays by default."""
    return sdk.v1.customers.create(
        {
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
        }
    )


@pytest.fixture
def monthly(sdk):
    """A price of fifteen dollars a month."""
    product = sdk.v1.products.create({"name": "Support"})
    return sdk.v1.prices.create(
        {
            "currency": "usd",
            "unit_amount": 1500,
            "product": product.id,
            "recurring": {"interval": "month"},
        }
    )
