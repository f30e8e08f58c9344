"""The account's own affairs: where events go, what was paid out, what happened."""

from __future__ import annotations

from sandbox_checks.chapters.wares import URLS, one
from sandbox_checks.talking import ask, order, refused

NOWHERE = "http://127.0.0.1:1/hook"

WEBHOOKS = (
    ask(
        "webhook_endpoints.create",
        {
            "url": NOWHERE,
            "enabled_events": ["charge.succeeded", "invoice.paid"],
            "description": "Books",
            "metadata": {"for": "books"},
        },
        keep="hook",
    ),
    ask("webhook_endpoints.retrieve", "@hook"),
    ask("webhook_endpoints.update", "@hook", {"enabled_events": ["*"], "disabled": True}),
    ask("webhook_endpoints.update", "@hook", {"url": f"{NOWHERE}/2", "disabled": False}),
    ask("webhook_endpoints.list"),
    ask("webhook_endpoints.list", {"limit": 1}),
    ask("webhook_endpoints.delete", "@hook"),
    refused("resource_missing", "webhook_endpoints.retrieve", "@hook"),
)

PAYOUTS = (
    order("advance", days=8),
    ask("balance.retrieve"),
    ask("payouts.list"),
    ask("checkout.sessions.create", {"mode": "payment", **URLS, **one(amount=9000)}, keep="ready"),
    order("pay", session="@ready", card="4000000000000077"),
    ask("payouts.create", {"amount": 100, "currency": "usd"}, keep="payout"),
    ask(
        "payouts.create",
        {"amount": 120, "currency": "usd", "description": "By hand", "metadata": {"by": "hand"}},
        keep="returned",
    ),
    ask("payouts.retrieve", "@payout", {"expand": ["balance_transaction", "destination"]}),
    ask("payouts.update", "@payout", {"metadata": {"week": "48"}}),
    ask("payouts.cancel", "@returned"),
    ask("payouts.retrieve", "@returned", {"expand": ["failure_balance_transaction"]}),
    ask("payouts.list", {"status": "canceled"}),
    ask("payouts.list", {"arrival_date": {"gte": 1}, "limit": 2}),
    ask("payouts.list", {"created": {"gte": 1}}),
    refused("balance_insufficient", "payouts.create", {"amount": 99_999_999, "currency": "usd"}),
    refused("InvalidRequestError", "payouts.reverse", "@payout"),
    refused("resource_missing", "payouts.retrieve", "po_nobody"),
)

EVENTS = (
    ask("events.list", {"limit": 2}, keep="latest"),
    ask("events.retrieve", "@latest.data.0.id"),
    ask("events.list", {"type": "charge.*", "limit": 5}),
    ask("events.list", {"types": ["invoice.paid", "charge.succeeded"]}),
    ask("events.list", {"delivery_success": False, "limit": 3}),
    ask("events.list", {"created": {"gte": 1}, "limit": 100}),
    refused("resource_missing", "events.retrieve", "evt_nobody"),
)
