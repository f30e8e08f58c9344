"""The terms of a Checkout Session: what it carries of what its caller asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects import catalogue
from donations.sandbox.objects.checkout import (
    checkout_expiry,
    checkout_fields,
    checkout_rules,
    purchase_invoices,
)
from donations.sandbox.objects.metadata import merged

if TYPE_CHECKING:
    from donations.sandbox import Obj

_KEPT_AS_GIVEN: Final = (
    "allow_promotion_codes", "allowed_payment_method_types", "billing_address_collection",
    "cancel_url", "client_reference_id", "customer_email", "excluded_payment_method_types",
    "integration_identifier", "locale", "origin_context", "submit_type", "success_url",
    "wallet_options",
)  # fmt: skip
_KEPT_FOR_LATER: Final = (
    "customer_update", "payment_intent_data", "payment_method_data", "setup_intent_data",
    "subscription_data",
)  # fmt: skip


def asked(given: Obj, mode: str) -> Obj:
    """What the page asks for and how it looks.  Raises `Refusal` for a field that cannot be."""
    methods = checkout_rules.methods(given)
    consent = given.get("consent_collection")
    recovery = (given.get("after_expiration") or {}).get("recovery")
    fields = checkout_fields.custom_fields(given.get("custom_fields") or [])
    three_d_secure = (given.get("payment_method_options") or {}).get("card") or {}
    by_card = {"card": {"request_three_d_secure": "automatic"} | three_d_secure}
    return {
        **{name: given[name] for name in _KEPT_AS_GIVEN if given.get(name) is not None},
        **{f"_{name}": given.get(name) or {} for name in _KEPT_FOR_LATER},
        "adaptive_pricing": {"enabled": False},
        "after_expiration": recovery and {"recovery": checkout_expiry.recovery(recovery)},
        "automatic_tax": {"enabled": False},
        "consent_collection": consent,
        "custom_fields": fields,
        "custom_text": checkout_fields.custom_text(given.get("custom_text") or {}),
        "invoice_creation": purchase_invoices.terms(given.get("invoice_creation"))
        if mode == "payment"
        else None,
        "metadata": merged({}, given.get("metadata")),
        "mode": mode,
        "name_collection": _names(given.get("name_collection")),
        "payment_method_collection": given.get(
            "payment_method_collection", "if_required" if mode == "payment" else "always"
        ),
        "payment_method_options": by_card if "card" in methods else {},
        "payment_method_types": methods,
        "phone_number_collection": given.get("phone_number_collection") or {"enabled": False},
        "ui_mode": "hosted_page",
    }


def known(given: Obj, mode: str, customer: Obj | None) -> Obj:
    """The customer, as far as known before the page is filled in."""
    creation = given.get("customer_creation", "if_required")
    return {
        "customer": customer and customer["id"],
        "customer_creation": creation if mode != "subscription" and not customer else None,
        "customer_details": _details_of(customer, given.get("customer_email")),
        "saved_payment_method_options": _saved(given, mode),
    }


def total(given: Obj, lines: list[Obj]) -> Obj:
    """What the session comes to, in minor units of its currency; in setup mode it has no amount."""
    if not lines:
        currency = given.get("currency")
        return {"currency": currency and catalogue.known_currency(currency, "currency")}
    whole = sum(line["amount_total"] for line in lines)
    return {
        "amount_subtotal": whole,
        "amount_total": whole,
        "currency": lines[0]["currency"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    }


def collects(mode: str, due: int | None, collection: str) -> str:
    """What the page takes: a payment, a method for later, or nothing but the reader's word."""
    if due:
        return "payment"
    return "setup" if mode != "payment" and collection == "always" else "nothing"


def _names(given: Obj | None) -> Obj | None:
    return given and {kind: {"optional": False, **terms} for kind, terms in given.items()}


def _saved(given: Obj, mode: str) -> Obj | None:
    """The terms of saved methods, for a customer who may have some or wants to leave one."""
    options = given.get("saved_payment_method_options")
    if mode == "setup" or not (options or given.get("customer")):
        return None
    defaults = {"allow_redisplay_filters": ["always"], "payment_method_remove": "disabled"}
    return defaults | (options or {})


def _details_of(customer: Obj | None, email: str | None) -> Obj | None:
    if customer is None and not email:
        return None
    return {
        "email": customer["email"] if customer else email,
        "name": customer["name"] if customer else None,
        "tax_exempt": "none",
    }
