"""Payments made by hand, money given back, money fought over."""

from __future__ import annotations

from sandbox_checks.chapters.wares import URLS, one
from sandbox_checks.talking import ask, order, refused

CHARGES = (
    ask("charges.list", {"limit": 3}),
    ask("charges.list", {"customer": "@reader"}),
    ask("charges.list", {"payment_intent": "@gift.payment_intent.id"}),
    ask("charges.retrieve", "@gift.payment_intent.latest_charge.id", keep="charge"),
    ask(
        "charges.retrieve",
        "@charge",
        {"expand": ["balance_transaction", "payment_intent", "refunds"]},
    ),
    ask("payment_intents.list", {"limit": 2}),
    ask("payment_intents.list", {"customer": "@reader"}),
    ask(
        "payment_intents.retrieve",
        "@gift.payment_intent.id",
        {"expand": ["latest_charge.balance_transaction", "payment_method", "customer"]},
    ),
    ask("balance_transactions.list"),
    ask("balance_transactions.list", {"type": "charge", "currency": "usd"}),
    ask("balance_transactions.list", {"source": "@charge"}),
    ask("balance_transactions.retrieve", "@charge.balance_transaction", {"expand": ["source"]}),
    ask("invoice_payments.list", {"limit": 2}),
    refused("InvalidRequestError", "charges.search", {"query": "amount>100"}),
    refused("resource_missing", "charges.retrieve", "ch_nobody"),
    refused("resource_missing", "balance_transactions.retrieve", "txn_nobody"),
)

REFUNDS = (
    ask(
        "refunds.create",
        {
            "charge": "@charge",
            "amount": 500,
            "reason": "requested_by_customer",
            "metadata": {"by": "office"},
        },
        keep="refund",
    ),
    ask("refunds.retrieve", "@refund", {"expand": ["balance_transaction", "charge"]}),
    ask("refunds.update", "@refund", {"metadata": {"by": "editor"}}),
    refused("InvalidRequestError", "refunds.create", {"charge": "@charge", "amount": 99_999}),
    ask("refunds.create", {"payment_intent": "@gift.payment_intent.id"}),
    refused("charge_already_refunded", "refunds.create", {"charge": "@charge"}),
    ask("refunds.list", {"charge": "@charge"}),
    ask("refunds.list", {"payment_intent": "@gift.payment_intent.id", "limit": 1}),
    ask("refunds.list", {"created": {"gte": 1}}),
    ask("checkout.sessions.create", {"mode": "payment", **URLS, **one()}, keep="slow"),
    order("pay", session="@slow", card="4000000000007726"),
    ask("checkout.sessions.retrieve", "@slow", keep="slow"),
    ask("refunds.create", {"payment_intent": "@slow.payment_intent"}, keep="slow_refund"),
    ask("checkout.sessions.create", {"mode": "payment", **URLS, **one()}, keep="waiting"),
    order("pay", session="@waiting", card="4000000000007726"),
    ask("checkout.sessions.retrieve", "@waiting", keep="waiting"),
    ask("refunds.create", {"payment_intent": "@waiting.payment_intent"}, keep="waiting_refund"),
    order("refund_wait", refund="@waiting_refund"),
    ask("refunds.cancel", "@waiting_refund"),
    ask("checkout.sessions.create", {"mode": "payment", **URLS, **one()}, keep="failing"),
    order("pay", session="@failing", card="4000000000005126"),
    ask("checkout.sessions.retrieve", "@failing", keep="failing"),
    ask("refunds.create", {"payment_intent": "@failing.payment_intent"}, keep="failing_refund"),
    order("advance", days=1),
    ask("refunds.retrieve", "@slow_refund"),
    ask("refunds.retrieve", "@failing_refund", {"expand": ["failure_balance_transaction"]}),
    refused("InvalidRequestError", "refunds.cancel", "@refund"),
)


def disputed(card, keep):
    """Pay with a card that disputes the payment."""
    return (
        ask("checkout.sessions.create", {"mode": "payment", **URLS, **one()}, keep=keep),
        order("pay", session=f"@{keep}", card=card),
        ask("checkout.sessions.retrieve", f"@{keep}", keep=keep),
        ask("disputes.list", {"payment_intent": f"@{keep}.payment_intent"}, keep=f"{keep}_dispute"),
    )


DISPUTES = (
    *disputed("4000000000000259", "fraud"),
    ask(
        "disputes.retrieve",
        "@fraud_dispute.data.0.id",
        {"expand": ["charge", "payment_intent"]},
        keep="fraud_dispute",
    ),
    refused("charge_disputed", "refunds.create", {"payment_intent": "@fraud.payment_intent"}),
    ask(
        "disputes.update",
        "@fraud_dispute",
        {
            "evidence": {"uncategorized_text": "winning_evidence", "customer_name": "Jenny Rosen"},
            "metadata": {"case": "1"},
            "intended_submission_method": "manual",
        },
    ),
    order("advance", days=1),
    ask("disputes.retrieve", "@fraud_dispute"),
    *disputed("4000000000002685", "unreceived"),
    ask(
        "disputes.update",
        "@unreceived_dispute.data.0.id",
        {"evidence": {"product_description": "A mug"}, "submit": False},
    ),
    ask("disputes.close", "@unreceived_dispute.data.0.id"),
    *disputed("4000000000001976", "inquiry"),
    ask("refunds.create", {"payment_intent": "@inquiry.payment_intent"}),
    ask("disputes.list", {"charge": "@fraud_dispute.charge.id"}),
    ask("disputes.list", {"created": {"gte": 1}, "limit": 2}),
    order("early_fraud_warning", charge="@charge"),
    ask("radar.early_fraud_warnings.list", {"charge": "@charge"}, keep="warnings"),
    ask("radar.early_fraud_warnings.retrieve", "@warnings.data.0.id", {"expand": ["charge"]}),
    refused("resource_missing", "disputes.retrieve", "du_nobody"),
)
