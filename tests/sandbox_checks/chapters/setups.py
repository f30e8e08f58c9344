"""Methods kept for later, through the API."""

from __future__ import annotations

from sandbox_checks.chapters.wares import ACCEPTED, BACK
from sandbox_checks.talking import ask, refused

SETUPS = (
    ask(
        "payment_methods.create",
        {
            "type": "sepa_debit",
            "sepa_debit": {"iban": "DE89370400440532013000"},
            "billing_details": {"name": "Jenny Rosen", "email": "jenny@example.org"},
            "metadata": {"n": "1"},
        },
        keep="iban",
    ),
    ask(
        "payment_methods.create",
        {"type": "card", "card": {"token": "tok_visa"}, "billing_details": {"name": "Jenny"}},
        keep="token",
    ),
    ask(
        "payment_methods.update",
        "@visa",
        {"billing_details": {"name": "J."}, "metadata": {"a": "b"}},
    ),
    ask("setup_intents.create", {"customer": "@second"}, keep="setup"),
    ask("setup_intents.update", "@setup", {"description": "For later", "metadata": {"a": "b"}}),
    ask("setup_intents.retrieve", "@setup", {"expand": ["customer"]}),
    ask(
        "setup_intents.confirm",
        "@setup",
        {"payment_method": "pm_card_visa", "return_url": BACK, "expand": ["latest_attempt"]},
    ),
    ask("setup_attempts.list", {"setup_intent": "@setup"}),
    ask("setup_attempts.list", {"setup_intent": "@setup", "created": {"gte": 1}}),
    ask(
        "setup_intents.create",
        {
            "customer": "@second",
            "payment_method": "pm_card_mastercard",
            "usage": "off_session",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        },
    ),
    ask(
        "setup_intents.create",
        {
            "customer": "@second",
            "payment_method": "@iban",
            "confirm": True,
            "return_url": BACK,
            "mandate_data": ACCEPTED,
        },
        keep="debit_setup",
    ),
    ask("setup_intents.create", {"customer": "@second"}, keep="debit_later"),
    ask(
        "setup_intents.confirm",
        "@debit_later",
        {"payment_method": "@iban", "mandate_data": ACCEPTED, "return_url": BACK},
    ),
    ask("mandates.retrieve", "@debit_setup.mandate", {"expand": ["payment_method"]}),
    ask("setup_intents.create", {}, keep="dropped_setup"),
    ask("setup_intents.cancel", "@dropped_setup", {"cancellation_reason": "abandoned"}),
    ask("setup_intents.list"),
    ask("setup_intents.list", {"customer": "@second", "limit": 1}),
    refused(
        "card_declined",
        "setup_intents.create",
        {
            "confirm": True,
            "payment_method": "pm_card_visa_chargeDeclined",
            "return_url": BACK,
        },
    ),
    refused("setup_intent_unexpected_state", "setup_intents.confirm", "@setup"),
    ask("customers.payment_methods.retrieve", "@reader", "@visa"),
)
