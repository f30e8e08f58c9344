"""Memberships: begun, changed, paused, failing, ended; and their invoices."""

from __future__ import annotations

from sandbox_checks.chapters.wares import MONTHLY, URLS, one, price
from sandbox_checks.talking import ask, order, refused


def joined(keep, card="4242424242424242", **more):
    """A member by the hosted page."""
    return (
        ask(
            "checkout.sessions.create",
            {"mode": "subscription", **URLS, **one(recurring=MONTHLY), **more},
            keep=keep,
        ),
        order("pay", session=f"@{keep}", card=card),
        ask("checkout.sessions.retrieve", f"@{keep}", {"expand": ["subscription"]}, keep=keep),
    )


SUBSCRIPTIONS = (
    *joined("member", customer_email="member@example.org"),
    ask(
        "subscriptions.retrieve",
        "@member.subscription.id",
        {"expand": ["latest_invoice.payments", "default_payment_method", "customer"]},
        keep="sub",
    ),
    ask(
        "subscriptions.update",
        "@sub",
        {"metadata": {"tier": "friend"}, "description": "Friend of the newsroom"},
    ),
    ask(
        "subscriptions.update",
        "@sub",
        {
            "items": [{"id": "@sub.items.data.0.id", "price_data": price(2500, recurring=MONTHLY)}],
            "proration_behavior": "none",
        },
    ),
    ask("subscriptions.update", "@sub", {"cancel_at_period_end": True}),
    ask("subscriptions.update", "@sub", {"cancel_at_period_end": False}),
    ask("subscriptions.update", "@sub", {"pause_collection": {"behavior": "void"}}),
    ask("subscriptions.update", "@sub", {"pause_collection": ""}),
    order("advance", days=32),
    ask("subscriptions.retrieve", "@sub", {"expand": ["latest_invoice"]}),
    ask("subscriptions.list", {"customer": "@sub.customer.id"}),
    ask("subscriptions.list", {"status": "all", "limit": 2}),
    ask("subscriptions.list", {"status": "active"}),
    ask("subscriptions.list", {"price": "@sub.items.data.0.price.id"}),
    *joined("failing_member", card="4000000000000341", customer_email="failing@example.org"),
    ask(
        "subscriptions.cancel",
        "@sub",
        {"cancellation_details": {"comment": "Goodbye", "feedback": "too_expensive"}},
    ),
    refused("resource_missing", "subscriptions.cancel", "@sub"),
    refused("resource_missing", "subscriptions.retrieve", "sub_nobody"),
)

INVOICES = (
    ask("invoices.list", {"limit": 2}, keep="invoices"),
    ask("invoices.list", {"customer": "@sub.customer.id"}),
    ask("invoices.list", {"status": "paid"}),
    ask("invoices.list", {"subscription": "@sub"}, keep="of_member"),
    ask(
        "invoices.retrieve",
        "@of_member.data.0.id",
        {"expand": ["payments", "customer"]},
        keep="invoice",
    ),
    ask("invoices.line_items.list", "@invoice"),
    ask("invoice_payments.list", {"invoice": "@invoice"}, keep="paid"),
    ask(
        "invoice_payments.retrieve",
        "@paid.data.0.id",
        {"expand": ["payment.payment_intent", "invoice"]},
    ),
    ask("invoice_payments.list", {"status": "paid", "limit": 1}),
    ask(
        "invoice_payments.list",
        {
            "payment": {
                "type": "payment_intent",
                "payment_intent": "@paid.data.0.payment.payment_intent",
            },
            "expand": ["data.invoice"],
        },
    ),
    refused("resource_missing", "invoices.retrieve", "in_nobody"),
)
