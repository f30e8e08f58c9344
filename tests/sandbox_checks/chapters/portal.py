"""The billing portal."""

from __future__ import annotations

from sandbox_checks.chapters.subscriptions import joined
from sandbox_checks.chapters.wares import BACK
from sandbox_checks.talking import ask, refused

PORTAL = (
    *joined("visitor", customer_email="visitor@example.org"),
    ask("billing_portal.configurations.list"),
    ask(
        "billing_portal.configurations.create",
        {
            "business_profile": {"headline": "Your support"},
            "default_return_url": BACK,
            "name": "Readers",
            "metadata": {"for": "readers"},
            "features": {
                "customer_update": {"enabled": True, "allowed_updates": ["email", "name"]},
                "invoice_history": {"enabled": True},
                "payment_method_update": {"enabled": True},
                "subscription_cancel": {
                    "enabled": True,
                    "mode": "at_period_end",
                    "cancellation_reason": {"enabled": True, "options": ["too_expensive", "other"]},
                },
            },
        },
        keep="configuration",
    ),
    ask("billing_portal.configurations.retrieve", "@configuration"),
    ask("billing_portal.configurations.update", "@configuration", {"active": True, "name": "All"}),
    ask("billing_portal.configurations.list", {"active": True}),
    ask("billing_portal.configurations.list", {"is_default": True}),
    ask("billing_portal.sessions.create", {"customer": "@visitor.customer", "return_url": BACK}),
    ask(
        "billing_portal.sessions.create",
        {
            "customer": "@visitor.customer",
            "configuration": "@configuration",
            "locale": "nl",
            "return_url": BACK,
        },
    ),
    ask(
        "billing_portal.sessions.create",
        {
            "customer": "@visitor.customer",
            "flow_data": {
                "type": "subscription_cancel",
                "subscription_cancel": {"subscription": "@visitor.subscription.id"},
                "after_completion": {"type": "redirect", "redirect": {"return_url": BACK}},
            },
        },
    ),
    ask(
        "billing_portal.sessions.create",
        {"customer": "@visitor.customer", "flow_data": {"type": "payment_method_update"}},
    ),
    refused("resource_missing", "billing_portal.sessions.create", {"customer": "cus_nobody"}),
)
