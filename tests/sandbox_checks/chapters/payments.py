"""Payments made through the API, without a page."""

from __future__ import annotations

from sandbox_checks.chapters.wares import ACCEPTED, BACK
from sandbox_checks.talking import ask, refused

PAYMENTS = (
    ask("payment_intents.create", {"amount": 1200, "currency": "usd"}, keep="intent"),
    ask(
        "payment_intents.update",
        "@intent",
        {
            "amount": 1300,
            "description": "By the API",
            "metadata": {"by": "api"},
            "receipt_email": "api@example.org",
            "statement_descriptor_suffix": "API",
        },
    ),
    refused("payment_intent_unexpected_state", "payment_intents.confirm", "@intent"),
    ask(
        "payment_intents.confirm",
        "@intent",
        {"payment_method": "pm_card_visa", "return_url": BACK, "expand": ["latest_charge"]},
        keep="intent",
    ),
    refused("payment_intent_unexpected_state", "payment_intents.cancel", "@intent"),
    ask(
        "payment_intents.create",
        {
            "amount": 2200,
            "currency": "usd",
            "customer": "@reader",
            "payment_method": "@visa",
            "off_session": True,
            "confirm": True,
            "description": "Off session",
        },
    ),
    ask(
        "payment_intents.create",
        {"amount": 5000, "currency": "usd", "capture_method": "manual"},
        keep="held",
    ),
    ask(
        "payment_intents.confirm",
        "@held",
        {"payment_method": "pm_card_visa", "return_url": BACK},
        keep="held",
    ),
    ask("payment_intents.capture", "@held", {"amount_to_capture": 4000}),
    ask(
        "payment_intents.create",
        {
            "amount": 1000,
            "currency": "usd",
            "capture_method": "manual",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        },
        keep="released",
    ),
    ask("payment_intents.cancel", "@released", {"cancellation_reason": "requested_by_customer"}),
    ask("payment_intents.create", {"amount": 900, "currency": "eur"}, keep="dropped"),
    ask("payment_intents.cancel", "@dropped"),
    refused(
        "card_declined",
        "payment_intents.create",
        {
            "amount": 1000,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_visa_chargeDeclined",
            "return_url": BACK,
        },
    ),
    refused(
        "authentication_required",
        "payment_intents.create",
        {
            "amount": 1000,
            "currency": "usd",
            "confirm": True,
            "off_session": True,
            "customer": "@second",
            "payment_method": "pm_card_authenticationRequired",
        },
    ),
    ask(
        "payment_intents.create",
        {
            "amount": 1000,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_authenticationRequired",
            "return_url": BACK,
        },
    ),
    ask(
        "payment_intents.create",
        {
            "amount": 3000,
            "currency": "usd",
            "capture_method": "manual",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "return_url": BACK,
        },
        keep="held_charge",
    ),
    refused(
        "payment_intent_unexpected_state",
        "payment_intents.increment_authorization",
        "@held_charge",
        {"amount": 4000},
    ),
    ask(
        "charges.capture",
        "@held_charge.latest_charge",
        {"amount": 2000, "statement_descriptor_suffix": "PART"},
    ),
    ask("payment_intents.create", {"amount": 1500, "currency": "eur"}, keep="debited"),
    ask(
        "payment_intents.confirm",
        "@debited",
        {
            "payment_method_data": {
                "type": "sepa_debit",
                "sepa_debit": {"iban": "DE89370400440532013000"},
                "billing_details": {"name": "Jenny Rosen", "email": "jenny@example.org"},
            },
            "allowed_payment_method_types": ["sepa_debit"],
            "receipt_email": "jenny@example.org",
            "setup_future_usage": "off_session",
            "shipping": {"name": "Jenny", "address": {"line1": "Singel 1", "country": "NL"}},
            "mandate_data": ACCEPTED,
            "return_url": BACK,
        },
        keep="debited",
    ),
    ask("payment_intents.create", {"amount": 1500, "currency": "usd"}, keep="careful"),
    ask(
        "payment_intents.confirm",
        "@careful",
        {
            "payment_method": "pm_card_visa",
            "capture_method": "manual",
            "excluded_payment_method_types": ["sepa_debit"],
            "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
            "return_url": BACK,
        },
    ),
    refused("amount_too_small", "payment_intents.create", {"amount": 1, "currency": "usd"}),
    refused("resource_missing", "payment_intents.retrieve", "pi_nobody"),
    ask(
        "charges.update",
        "@intent.latest_charge.id",
        {"description": "Noted", "metadata": {"a": "b"}},
    ),
)
