"""Payment methods made through the API: test cards by number or token, test bank accounts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from donations.sandbox.cards import BY_NUMBER, BY_TOKEN, Card, declines, passes_luhn
from donations.sandbox.objects.metadata import merged, update
from donations.sandbox.objects.methods import ibans, payment_methods
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

_MONTHS: Final = 12
_CENTURY: Final = 100


def create(world: World, given: Obj, param: str = "") -> Obj:
    """Make a payment method for `given`, the parameters or a `payment_method_data` called `param`.

    Raises the `Refusal` Stripe would, 402 for what is wrong with a card.
    """
    kind = given.get("type")
    if kind not in ("card", "sepa_debit"):
        raise Refusal(
            "The sandbox has the types card and sepa_debit.", param=_within(param, "type")
        )
    details = given.get(kind)
    if not details:
        raise Refusal(
            f"Missing required param: {kind}.",
            code="parameter_missing",
            param=_within(param, kind),
        )
    more = {
        "metadata": merged({}, given.get("metadata")),
        "allow_redisplay": given.get("allow_redisplay", "unspecified"),
    }
    billing = _billing(given.get("billing_details") or {})
    if kind == "sepa_debit":
        return payment_methods.bank_method(world, billing, _account(details["iban"]), **more)
    card = _card(details)
    expiry = None if details.get("token") else _expiry(world, details)
    given_cvc = details.get("cvc")
    if given_cvc is not None and not re.fullmatch(r"\d{3,4}", given_cvc):
        raise _wrong("invalid_cvc", "Your card's security code is invalid.", "cvc")
    cvc = given_cvc is not None or bool(details.get("token"))
    return payment_methods.card_method(world, card, billing, expiry, cvc=cvc, **more)


def change(world: World, method: Obj, given: Obj) -> Obj:
    """Lay billing details, a card's expiry and metadata over a kept method, and tell."""
    if method["customer"] is None:
        raise Refusal(
            "You must save this PaymentMethod to a customer before you can update it.",
            code="payment_method_unexpected_state",
        )
    before = update(method, given, *(name for name in ("allow_redisplay",) if name in given))
    if "billing_details" in given:
        before["billing_details"] = dict(method["billing_details"])
        told = _billing(given["billing_details"])
        if told.get("address"):
            told["address"] = (method["billing_details"]["address"] or {}) | told["address"]
        method["billing_details"] |= told
    if given.get("card"):
        if method["type"] != "card":
            raise Refusal("This payment method is no card.", param="card")
        card = {name: method["card"][name] for name in ("exp_month", "exp_year")}
        month, year = _expiry(world, card | given["card"])
        before["card"] = card
        payment_methods.expire_at(world, method, month, year)
    if before:
        world.emit("payment_method.updated", method, before)
    return method


def _card(details: Obj) -> Card:
    token, number = details.get("token"), re.sub(r"[\s-]", "", details.get("number") or "")
    if token:
        if token not in BY_TOKEN:
            raise Refusal(
                f"No such token: '{token}'", status=404, code="resource_missing", param="token"
            )
        return BY_TOKEN[token]
    if not number:
        raise Refusal(
            "Missing required param: card[number].", code="parameter_missing", param="card[number]"
        )
    if number in BY_NUMBER:
        return BY_NUMBER[number]
    known = number.isascii() and number.isdigit() and passes_luhn(number)
    raise declines.refusal(
        declines.NOT_A_TEST_CARD if known else declines.WRONG_NUMBER, param="number"
    )


def _expiry(world: World, details: Obj) -> tuple[int, int]:
    for name in ("exp_month", "exp_year"):
        if details.get(name) is None:
            raise Refusal(
                f"Missing required param: card[{name}].",
                code="parameter_missing",
                param=f"card[{name}]",
            )
    month, year = int(details["exp_month"]), int(details["exp_year"])
    today = datetime.fromtimestamp(world.clock.now(), UTC)
    year += today.year // _CENTURY * _CENTURY if year < _CENTURY else 0
    if not 1 <= month <= _MONTHS:
        raise _wrong(
            "invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month"
        )
    if year < today.year:
        raise _wrong("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year")
    if (year, month) < (today.year, today.month):
        raise _wrong(
            "invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month"
        )
    return month, year


def _account(text: str) -> str:
    number = ibans.compact(text)
    if not ibans.passes_check(number):
        raise Refusal(
            "The IBAN you provided is invalid.",
            code="invalid_bank_account_iban",
            param="sepa_debit[iban]",
        )
    if number not in ibans.TEST_IBANS:
        raise Refusal(
            "In test mode only test IBANs are taken, such as "
            f"{ibans.DEFAULT_IBAN}. They are listed at https://docs.stripe.com/testing.",
            code="payment_method_invalid_parameter_testmode",
            param="sepa_debit[iban]",
        )
    return number


def _billing(given: Obj) -> Obj:
    """Billing details with `""` as what unsets a field."""
    told = {name: value or None for name, value in given.items() if name != "address"}
    if "address" in given:
        address = given["address"] or dict.fromkeys(
            ("city", "country", "line1", "line2", "postal_code", "state")
        )
        told["address"] = {name: value or None for name, value in address.items()}
    return told


def _wrong(code: str, message: str, param: str) -> Refusal:
    return declines.refusal(declines.Decline(code, "", message), param=param)


def _within(param: str, name: str) -> str:
    return f"{param}[{name}]" if param else name
