"""One module a resource; importing them enters their operations into the table."""

from __future__ import annotations

from donations.sandbox.api.resources import (
    balances,
    catalogue,
    charges,
    customers,
    disputes,
    events,
    invoices,
    payment_intents,
    payment_methods,
    refunds,
    sessions,
    subscriptions,
)

__all__ = [
    "balances",
    "catalogue",
    "charges",
    "customers",
    "disputes",
    "events",
    "invoices",
    "payment_intents",
    "payment_methods",
    "refunds",
    "sessions",
    "subscriptions",
]
