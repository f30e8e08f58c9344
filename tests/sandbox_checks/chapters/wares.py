"""What the chapters sell, agree to, and return to."""

from __future__ import annotations

MONTHLY = {"interval": "month"}
RETURN = "http://127.0.0.1:1/thanks?s={CHECKOUT_SESSION_ID}"
BACK = "http://127.0.0.1:1/support"
URLS = {"success_url": RETURN, "cancel_url": BACK}

ACCEPTED = {
    "customer_acceptance": {
        "type": "online",
        "online": {"ip_address": "127.0.0.1", "user_agent": "checks"},
    }
}


def price(amount=1500, currency="usd", **more):
    return {"currency": currency, "unit_amount": amount, "product": "support", **more}


def one(**given):
    """The line items of a session that sells one thing."""
    return {"line_items": [{"quantity": 1, "price_data": price(**given)}]}
