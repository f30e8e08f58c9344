"""Customers and their payment methods."""

from __future__ import annotations

from sandbox_checks.talking import ask, refused

CUSTOMERS = (
    ask(
        "customers.create",
        {
            "email": "reader@example.org",
            "name": "Jenny Rosen",
            "metadata": {"ours": "1"},
            "address": {"country": "NL", "city": "Amsterdam", "line1": "Singel 1"},
        },
        keep="reader",
    ),
    ask(
        "customers.create",
        {"email": "second@example.org", "payment_method": "pm_card_visa"},
        keep="second",
    ),
    ask(
        "customers.create",
        {
            "balance": -100,
            "business_name": "Readers Ltd",
            "individual_name": "Jenny Rosen",
            "invoice_prefix": "READER",
            "next_invoice_sequence": 7,
            "phone": "+31207654321",
            "preferred_locales": ["nl", "en"],
            "shipping": {"name": "Jenny", "address": {"line1": "Singel 1", "country": "NL"}},
            "tax_exempt": "none",
        },
        keep="full",
    ),
    ask(
        "customers.update",
        "@full",
        {
            "balance": 0,
            "business_name": "Readers BV",
            "description": "Everything there is",
            "individual_name": "Jenny R.",
            "invoice_prefix": "READERS",
            "next_invoice_sequence": 9,
            "preferred_locales": ["en"],
            "tax_exempt": "exempt",
        },
    ),
    ask("customers.create", {"description": "To be deleted"}, keep="gone"),
    ask("customers.retrieve", "@reader"),
    ask("customers.update", "@reader", {"name": "Jenny R.", "metadata": {"ours": "2"}}),
    ask("customers.update", "@reader", {"phone": "+31201234567"}),
    ask("customers.list"),
    ask("customers.list", {"email": "reader@example.org"}),
    ask("customers.list", {"limit": 2, "starting_after": "@gone"}),
    ask("customers.delete", "@gone"),
    ask("customers.retrieve", "@gone"),
    refused("resource_missing", "customers.update", "@gone", {"name": "Nobody"}),
)

METHODS = (
    ask("payment_methods.attach", "pm_card_visa", {"customer": "@reader"}, keep="visa"),
    ask("payment_methods.attach", "pm_card_mastercard", {"customer": "@reader"}, keep="mastercard"),
    ask("payment_methods.retrieve", "@visa", {"expand": ["customer"]}),
    ask("payment_methods.list", {"customer": "@reader", "type": "card"}),
    ask("customers.payment_methods.list", "@reader"),
    ask("customers.payment_methods.list", "@reader", {"type": "card"}),
    ask(
        "customers.update",
        "@reader",
        {"invoice_settings": {"default_payment_method": "@visa"}},
    ),
    ask("payment_methods.detach", "@mastercard"),
    refused(
        "card_declined",
        "payment_methods.attach",
        "pm_card_visa_chargeDeclined",
        {"customer": "@reader"},
    ),
)
