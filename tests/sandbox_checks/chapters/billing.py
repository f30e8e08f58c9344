"""Subscriptions made through the API."""

from __future__ import annotations

from sandbox_checks.chapters.wares import MONTHLY, price
from sandbox_checks.talking import ask, refused

YEARLY = {"interval": "year"}

BILLING = (
    ask(
        "customers.create",
        {
            "email": "api@example.org",
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
        },
        keep="payer",
    ),
    ask("prices.create", price(1000, recurring=MONTHLY, product="support"), keep="ten"),
    ask("prices.create", price(1500, recurring=MONTHLY, product="support"), keep="fifteen"),
    ask("prices.create", price(9000, recurring=YEARLY, product="support"), keep="ninety"),
    ask("prices.update", "@ten", {"nickname": "Ten", "metadata": {"a": "b"}}),
    ask(
        "subscriptions.create",
        {"customer": "@payer", "items": [{"price": "@ten"}], "metadata": {"by": "api"}},
        keep="api_sub",
    ),
    ask(
        "subscriptions.create",
        {
            "customer": "@payer",
            "items": [{"price_data": price(700, recurring=MONTHLY), "quantity": 2}],
            "trial_period_days": 14,
            "description": "On trial",
        },
        keep="trial",
    ),
    ask(
        "subscriptions.create",
        {
            "customer": "@reader",
            "items": [{"price": "@ten"}],
            "payment_behavior": "default_incomplete",
            "proration_behavior": "none",
            "expand": ["latest_invoice.confirmation_secret", "latest_invoice.payments"],
        },
        keep="incomplete",
    ),
    ask(
        "subscriptions.create",
        {
            "customer": "@payer",
            "items": [{"price": "@ten"}],
            "collection_method": "send_invoice",
            "days_until_due": 14,
        },
        keep="by_letter",
    ),
    refused(
        "resource_missing",
        "subscriptions.create",
        {"customer": "@payer", "items": [{"price": "price_nobody"}]},
    ),
    ask(
        "invoices.create_preview",
        {
            "customer": "@payer",
            "subscription": "@api_sub",
            "subscription_details": {
                "items": [{"id": "@api_sub.items.data.0.id", "price": "@ninety"}]
            },
        },
    ),
    ask("invoices.create_preview", {"customer": "@payer", "currency": "usd"}),
    ask(
        "subscriptions.update",
        "@api_sub",
        {
            "items": [{"id": "@api_sub.items.data.0.id", "quantity": 3}],
            "proration_behavior": "create_prorations",
        },
    ),
    ask(
        "subscriptions.update",
        "@api_sub",
        {
            "items": [{"id": "@api_sub.items.data.0.id", "price": "@ninety"}],
            "proration_behavior": "always_invoice",
        },
    ),
    ask(
        "subscriptions.update",
        "@api_sub",
        {"cancel_at": "@now+8640000", "proration_behavior": "none"},
    ),
    ask("subscriptions.update", "@api_sub", {"cancel_at": ""}),
    ask("subscriptions.update", "@trial", {"trial_end": "now"}),
    ask("subscriptions.update", "@api_sub", {"billing_cycle_anchor": {"type": "now"}}),
    ask(
        "subscriptions.pause",
        "@api_sub",
        {
            "type": "subscription",
            "invoicing_behavior": "pending_invoice_item",
            "bill_for": {"unused_time_from": {"type": "none"}},
        },
    ),
    ask(
        "subscriptions.resume",
        "@api_sub",
        {
            "billing_cycle_anchor": {"type": "unchanged"},
            "proration_behavior": "create_prorations",
            "proration_date": "@now",
            "payment_behavior": "resume_on_payment_attempt",
        },
    ),
    ask("subscriptions.pause", "@api_sub"),
    ask("subscriptions.resume", "@api_sub"),
    ask("subscription_items.list", {"subscription": "@trial"}, keep="items"),
    ask("subscription_items.retrieve", "@items.data.0.id", {"expand": ["price.product"]}),
    ask("subscription_items.update", "@items.data.0.id", {"quantity": 4, "metadata": {"a": "b"}}),
    ask(
        "subscription_items.update",
        "@items.data.0.id",
        {
            "price": "@fifteen",
            "proration_behavior": "always_invoice",
            "proration_date": "@now",
            "payment_behavior": "allow_incomplete",
            "off_session": True,
        },
    ),
    ask(
        "subscription_items.create",
        {
            "subscription": "@trial",
            "price": "@ten",
            "quantity": 2,
            "metadata": {"a": "b"},
            "proration_behavior": "create_prorations",
            "proration_date": "@now",
            "payment_behavior": "allow_incomplete",
        },
        keep="second_item",
    ),
    ask("subscription_items.delete", "@second_item", {"proration_behavior": "none"}),
    ask("subscriptions.cancel", "@trial", {"prorate": True, "invoice_now": True}),
)
