"""Which parameters of a Checkout Session go together, and what each may hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from donations.sandbox.objects.metadata import merged
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj

_SUFFIX: Final = re.compile(r"[A-Za-z0-9 .,&/#:;()+-]{1,22}")


METHODS: Final = ("card", "sepa_debit")


def methods(given: Obj) -> list[str]:
    """The methods the page will offer: of those the sandbox has, what the caller lets it."""
    allowed = given.get("allowed_payment_method_types") or METHODS
    excluded = given.get("excluded_payment_method_types") or ()
    offered = [each for each in METHODS if each in allowed and each not in excluded]
    if not offered:
        raise Refusal(
            "No payment method is left; the sandbox has card and sepa_debit.",
            param="allowed_payment_method_types",
        )
    return offered


def check(given: Obj, mode: str) -> None:
    """Raise the `Refusal` Stripe would for parameters that do not suit `mode` or each other."""
    _check_mode(given, mode)
    _check_page(given)
    _check_payment_data(given)


def _check_mode(given: Obj, mode: str) -> None:
    if mode == "setup":
        raise Refusal("The sandbox has no setup mode.", param="mode")
    if mode == "subscription":
        if given.get("customer_creation"):
            raise Refusal(
                "`customer_creation` can only be used in `payment` and `setup` mode.",
                param="customer_creation",
            )
        if given.get("payment_intent_data"):
            raise Refusal(
                "You can not pass `payment_intent_data` in `subscription` mode.",
                param="payment_intent_data",
            )
    elif given.get("subscription_data"):
        raise Refusal(
            "You can not pass `subscription_data` in `payment` mode.", param="subscription_data"
        )
    if given.get("customer") and given.get("customer_email"):
        raise Refusal(
            "You may only specify one of these parameters: customer, customer_email.",
            param="customer_email",
        )
    if given.get("customer") and given.get("customer_creation"):
        raise Refusal(
            "You may only specify one of these parameters: customer, customer_creation.",
            param="customer_creation",
        )


def _check_page(given: Obj) -> None:
    if given.get("ui_mode", "hosted_page") != "hosted_page":
        raise Refusal("The sandbox serves `hosted_page` only.", param="ui_mode")
    for name in ("success_url", "cancel_url"):
        url = given.get(name)
        if url and not url.startswith(("http://", "https://")):
            raise Refusal("Not a valid URL", code="url_invalid", param=name)
    if not given.get("success_url"):
        raise Refusal(
            "Missing required param: success_url.", code="parameter_missing", param="success_url"
        )
    email = given.get("customer_email")
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise Refusal("Invalid email address", code="email_invalid", param="customer_email")


def _check_payment_data(given: Obj) -> None:
    data = given.get("payment_intent_data") or {}
    merged({}, data.get("metadata"))
    merged({}, (given.get("subscription_data") or {}).get("metadata"))
    if "statement_descriptor" in data:
        raise Refusal(
            "Card payments take `statement_descriptor_suffix`, not `statement_descriptor`.",
            param="payment_intent_data[statement_descriptor]",
        )
    suffix = data.get("statement_descriptor_suffix")
    if suffix and not (_SUFFIX.fullmatch(suffix) and re.search("[A-Za-z]", suffix)):
        raise Refusal(
            "The statement descriptor suffix must be at most 22 Latin characters, hold a letter "
            "and none of < > \\ ' \" *.",
            param="payment_intent_data[statement_descriptor_suffix]",
        )
