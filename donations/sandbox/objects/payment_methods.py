"""Payment methods: test cards and the delayed bank debit."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from donations.sandbox.cards import BY_NAME, BY_NUMBER, Card
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

_EXPIRES_YEAR: Final = 2034
_TEST_IBAN_LAST4: Final = "3000"


def card_method(
    world: World, card: Card, billing: Obj, expiry: tuple[int, int] | None = None
) -> Obj:
    """A payment method for a test card; `expiry` is (month, year)."""
    month, year = expiry or (12, _EXPIRES_YEAR)
    details = {
        "brand": card.brand,
        "display_brand": card.brand,
        "country": card.country,
        "exp_month": month,
        "exp_year": year,
        "fingerprint": hashlib.sha256(card.number.encode()).hexdigest()[:16],
        "funding": "credit",
        "last4": card.number[-4:],
        "checks": {"cvc_check": "pass"},
        "networks": {"available": [card.brand]},
        "three_d_secure_usage": {"supported": True},
        "regulated_status": "unregulated",
    }
    return world.make(
        "payment_method",
        "pm",
        type="card",
        card=details,
        billing_details=billing,
        metadata={},
        allow_redisplay="limited",
        _number=card.number,
    )


def bank_method(world: World, billing: Obj) -> Obj:
    """A SEPA Direct Debit payment method, whose payments are decided days later."""
    details = {
        "bank_code": "37040044",
        "country": "DE",
        "last4": _TEST_IBAN_LAST4,
        "branch_code": "",
    }
    return world.make(
        "payment_method",
        "pm",
        type="sepa_debit",
        sepa_debit=details | {"fingerprint": "sandboxsepa00000"},
        billing_details=billing,
        metadata={},
        allow_redisplay="limited",
    )


def card_of(method: Obj) -> Card | None:
    """The test card behind a payment method; None for the bank debit."""
    return BY_NUMBER[method["_number"]] if method["type"] == "card" else None


def named(world: World, identifier: str, param: str = "payment_method") -> Obj:
    """The payment method `identifier`; a test name such as `pm_card_visa` makes a new one."""
    if identifier in BY_NAME:
        return card_method(world, BY_NAME[identifier], {})
    return world.store.get("payment_method", identifier, param)


def attach(world: World, method: Obj, customer: str) -> Obj:
    """Give the method to a customer.  Cards that are plainly declined refuse (402)."""
    card = card_of(method)
    if card and card.decline:
        raise declined(card)
    if method["customer"] != customer:
        method["customer"] = customer
        world.emit("payment_method.attached", method)
    return method


def detach(world: World, method: Obj) -> Obj:
    """Take the method from its customer."""
    if method["customer"] is None:
        raise Refusal(
            "The payment method you provided is not attached to a customer so detachment is "
            "impossible."
        )
    before = {"customer": method["customer"]}
    method["customer"] = None
    world.emit("payment_method.detached", method, before)
    return method


def declined(card: Card) -> Refusal:
    """The 402 a declined card is answered with."""
    assert card.decline is not None  # noqa: S101 - callers ask only about such cards
    return Refusal(
        card.decline.message,
        status=402,
        kind="card_error",
        code=card.decline.code,
        decline_code=card.decline.decline_code,
        kept=True,
    )
