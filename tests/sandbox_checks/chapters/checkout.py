"""Checkout in its modes."""

from __future__ import annotations

from sandbox_checks.chapters.wares import MONTHLY, URLS, one
from sandbox_checks.talking import ask, order, refused

CHECKOUT = (
    ask(
        "checkout.sessions.create",
        {
            "mode": "payment",
            **URLS,
            **one(),
            "submit_type": "donate",
            "client_reference_id": "gift-1",
            "customer_email": "giver@example.org",
            "metadata": {"gift": "1"},
            "payment_intent_data": {
                "metadata": {"gift": "1"},
                "description": "A gift",
                "statement_descriptor_suffix": "GIFT",
                "receipt_email": "giver@example.org",
            },
            "customer_creation": "always",
            "expires_at": "@now+3600",
            "locale": "auto",
            "adaptive_pricing": {"enabled": False},
        },
        keep="gift",
    ),
    ask("checkout.sessions.retrieve", "@gift", {"expand": ["line_items"]}),
    ask("checkout.sessions.line_items.list", "@gift"),
    order("pay", session="@gift", card="4242424242424242"),
    ask(
        "checkout.sessions.retrieve",
        "@gift",
        {"expand": ["payment_intent.latest_charge.balance_transaction", "customer"]},
        keep="gift",
    ),
    ask("checkout.sessions.create", {"mode": "payment", **URLS, **one(amount=900)}, keep="left"),
    ask("checkout.sessions.expire", "@left"),
    ask(
        "checkout.sessions.create",
        {"mode": "payment", **URLS, **one(currency="eur"), "customer": "@reader"},
        keep="debit",
    ),
    order("pay", session="@debit", method="sepa_debit"),
    order("async_payment", session="@debit", outcome="succeeded"),
    ask(
        "checkout.sessions.create",
        {
            "mode": "subscription",
            **URLS,
            **one(recurring=MONTHLY),
            "customer": "@reader",
            "subscription_data": {"metadata": {"membership": "1"}, "description": "Membership"},
        },
        keep="joining",
    ),
    order("pay", session="@joining"),
    ask("checkout.sessions.retrieve", "@joining", keep="joining"),
    ask(
        "checkout.sessions.create",
        {"mode": "setup", **URLS, "currency": "usd", "customer": "@reader"},
        keep="saving",
    ),
    ask("checkout.sessions.update", "@saving", {"metadata": {"for": "later"}}),
    order("pay", session="@saving"),
    ask("checkout.sessions.retrieve", "@saving", {"expand": ["setup_intent.payment_method"]}),
    ask("checkout.sessions.list", {"limit": 3}),
    ask("checkout.sessions.list", {"status": "expired"}),
    ask("checkout.sessions.list", {"customer": "@reader"}),
    ask("checkout.sessions.list", {"customer_details": {"email": "giver@example.org"}}),
    ask("checkout.sessions.list", {"subscription": "@joining.subscription"}),
    refused("resource_missing", "checkout.sessions.retrieve", "cs_test_nobody"),
    refused(
        "payment_method_types_no_longer_supported",
        "checkout.sessions.create",
        {"mode": "payment", **URLS, **one(), "payment_method_types": ["card"]},
    ),
)
