"""Invoices made by the merchant."""

from __future__ import annotations

from sandbox_checks.talking import ask, order

YEARLY = {"interval": "year"}

DRAFTS = (
    ask(
        "customers.create",
        {
            "email": "buyer@example.org",
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
        },
        keep="buyer",
    ),
    ask(
        "invoice_items.create",
        {"customer": "@buyer", "amount": 500, "currency": "usd", "description": "A book"},
        keep="book",
    ),
    ask("invoice_items.retrieve", "@book"),
    ask("invoice_items.update", "@book", {"amount": 600, "metadata": {"a": "b"}}),
    ask(
        "invoice_items.create",
        {
            "customer": "@buyer",
            "currency": "usd",
            "quantity": 2,
            "unit_amount_decimal": "150",
            "period": {"start": "@now", "end": "@now+86400"},
        },
        keep="books",
    ),
    ask("invoice_items.update", "@books", {"quantity": 3, "unit_amount_decimal": "200"}),
    ask("invoice_items.update", "@books", {"pricing": {"price": "@small"}}),
    ask("invoice_items.list", {"customer": "@buyer"}),
    ask("invoice_items.list", {"pending": True, "limit": 1}),
    ask(
        "invoice_items.create",
        {"customer": "@buyer", "amount": 50, "currency": "usd"},
        keep="stray",
    ),
    ask("invoice_items.delete", "@stray"),
    ask(
        "invoices.create",
        {
            "customer": "@buyer",
            "description": "Thanks",
            "footer": "Goodbye",
            "auto_advance": False,
            "pending_invoice_items_behavior": "include",
            "metadata": {"a": "b"},
        },
        keep="draft",
    ),
    ask("invoices.update", "@draft", {"description": "Many thanks"}),
    ask("invoices.finalize_invoice", "@draft"),
    ask("invoices.pay", "@draft", {"expand": ["payments"]}),
    ask("invoices.create", {"customer": "@buyer"}, keep="empty"),
    ask("invoices.delete", "@empty"),
    ask("invoice_items.create", {"customer": "@buyer", "amount": 900, "currency": "usd"}),
    ask(
        "invoices.create",
        {
            "customer": "@buyer",
            "collection_method": "send_invoice",
            "days_until_due": 30,
            "pending_invoice_items_behavior": "include",
        },
        keep="letter",
    ),
    ask("invoices.send_invoice", "@letter"),
    ask("invoices.mark_uncollectible", "@letter"),
    ask("invoices.void_invoice", "@letter"),
    ask("invoice_items.create", {"customer": "@buyer", "amount": 900, "currency": "usd"}),
    ask(
        "invoices.create",
        {"customer": "@buyer", "pending_invoice_items_behavior": "include"},
        keep="outside",
    ),
    ask("invoices.pay", "@outside", {"paid_out_of_band": True}),
    ask("customers.balance_transactions.list", "@buyer"),
    order("advance", days=32),
    ask("invoices.list", {"collection_method": "send_invoice"}),
    ask("products.delete", "@mug"),
)
