"""Which parameters of a Checkout Session go together, and what each may hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from donations.sandbox.objects.metadata import merged
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj

METHODS: Final = ("card", "sepa_debit")
EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SUFFIX: Final = re.compile(r"[A-Za-z0-9 .,&/#:;()+-]{1,22}")
_LENGTHS: Final = {
    "client_reference_id": 200, "customer_email": 512, "success_url": 5000, "cancel_url": 5000,
    "integration_identifier": 200,
}  # fmt: skip

NOT_IN_MODE: Final = {
    "payment": ("setup_intent_data", "subscription_data", "payment_method_collection"),
    "subscription": (
        "payment_intent_data", "setup_intent_data", "customer_creation", "invoice_creation",
    ),
    "setup": (
        "line_items", "payment_intent_data", "subscription_data", "submit_type", "custom_fields",
        "invoice_creation", "payment_method_collection", "phone_number_collection",
        "saved_payment_method_options", "allow_promotion_codes",
    ),
}  # fmt: skip
_ONLY_IN: Final = {
    "customer_creation": "`customer_creation` can only be used in `payment` and `setup` mode.",
    "payment_method_collection": (
        "`payment_method_collection` can only be used in `subscription` mode."
    ),
    "invoice_creation": (
        "You can only enable invoice creation when `mode` is set to `payment`. Invoices are "
        "created automatically when `mode` is set to `subscription`."
    ),
}
_ONE_OF: Final = (("customer", "customer_email"), ("customer", "customer_creation"))
_ONLY_OFF: Final = (
    "adaptive_pricing", "automatic_tax", "managed_payments", "tax_id_collection",
)  # fmt: skip
_OF_OTHER_PAGES: Final = ("return_url", "redirect_on_completion", "permissions")


def check(given: Obj, mode: str) -> None:
    """Raise the `Refusal` Stripe would for parameters that do not suit `mode` or each other."""
    _check_mode(given, mode)
    _check_customer(given, mode)
    _check_page(given)
    _check_payment_data(given)
    _check_options(given)
    _check_metadata(given)


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


def _check_mode(given: Obj, mode: str) -> None:
    for name in NOT_IN_MODE[mode]:
        if name in given:
            told = _ONLY_IN.get(name, f"You can not pass `{name}` in `{mode}` mode.")
            raise Refusal(told, param=name)
    if mode == "setup" and not (given.get("currency") or given.get("allowed_payment_method_types")):
        raise Refusal(
            "Missing required param: currency.", code="parameter_missing", param="currency"
        )
    for name in _ONLY_OFF:
        if (given.get(name) or {}).get("enabled"):
            raise Refusal(
                f"The sandbox gives `{name}` no effect; leave it out.", param=f"{name}[enabled]"
            )


def _check_customer(given: Obj, mode: str) -> None:
    for first, second in _ONE_OF:
        if given.get(first) and given.get(second):
            raise Refusal(
                f"You may only specify one of these parameters: {first}, {second}.", param=second
            )
    if given.get("customer_update") and not given.get("customer"):
        raise Refusal(
            "`customer_update` can only be used with `customer`.", param="customer_update"
        )
    saved = given.get("saved_payment_method_options") or {}
    nobody = not given.get("customer") and given.get("customer_creation") != "always"
    if saved.get("payment_method_save") == "enabled" and mode == "payment" and nobody:
        raise Refusal(
            "Saving a payment method needs a `customer`, or `customer_creation` set to `always`.",
            param="saved_payment_method_options[payment_method_save]",
        )


def _check_page(given: Obj) -> None:
    if given.get("ui_mode", "hosted_page") != "hosted_page":
        raise Refusal("The sandbox serves `hosted_page` only.", param="ui_mode")
    for name in _OF_OTHER_PAGES:
        if name in given:
            raise Refusal(f"You can not pass `{name}` when `ui_mode` is `hosted_page`.", param=name)
    for name, longest in _LENGTHS.items():
        if len(given.get(name) or "") > longest:
            raise Refusal(f"Invalid string: must be at most {longest} characters", param=name)
    for name in ("success_url", "cancel_url"):
        url = given.get(name)
        if url and not url.startswith(("http://", "https://")):
            raise Refusal("Not a valid URL", code="url_invalid", param=name)
    if not given.get("success_url"):
        raise Refusal(
            "Missing required param: success_url.", code="parameter_missing", param="success_url"
        )
    _check_email(given.get("customer_email"), "customer_email")


def _check_payment_data(given: Obj) -> None:
    data = given.get("payment_intent_data") or {}
    _check_email(data.get("receipt_email"), "payment_intent_data[receipt_email]")
    if "statement_descriptor" in data and "card" in methods(given):
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


def _check_options(given: Obj) -> None:
    """Of the options of a method, 3-D Secure on request has its effect, and holding the amount."""
    for kind, terms in (given.get("payment_method_options") or {}).items():
        for name in terms:
            if (kind, name) != ("card", "request_three_d_secure"):
                path = f"payment_method_options[{kind}][{name}]"
                raise Refusal(f"The sandbox gives `{path}` no effect; leave it out.", param=path)
    held = (given.get("payment_intent_data") or {}).get("capture_method") == "manual"
    if held and (given.get("invoice_creation") or {}).get("enabled"):
        raise Refusal(
            "You can not use `invoice_creation` when `capture_method` is `manual`.",
            param="invoice_creation",
        )


def _check_metadata(given: Obj) -> None:
    merged({}, given.get("metadata"))
    for name in ("payment_intent_data", "subscription_data", "setup_intent_data"):
        merged({}, (given.get(name) or {}).get("metadata"))


def _check_email(email: str | None, param: str) -> None:
    if email and not EMAIL.fullmatch(email):
        raise Refusal(f"Invalid email address: {email}", code="email_invalid", param=param)
