"""Payment methods: test cards and the delayed bank debit."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from donations.sandbox.cards import BY_NAME, BY_NUMBER, Card, declines
from donations.sandbox.objects.methods import card_updates, ibans, mandates
from donations.sandbox.objects.methods.card_updates import has_expired
from donations.sandbox.objects.methods.ibans import DEFAULT_IBAN, TEST_IBANS, Iban
from donations.sandbox.refusals import Refusal
from donations.sandbox.world import presented

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

__all__ = [
    "TEST_IBANS", "Iban", "account_of", "attach", "bank_method", "card_method", "card_of",
    "declined", "detach", "expire_at", "has_expired", "named", "shown_card",
]  # fmt: skip

_EXPIRES_YEAR: Final = 2034
_UNAUTHENTICABLE: Final = frozenset({"amex"})
_KEPT_OF_CARD: Final = (
    "brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4",
)  # fmt: skip


def card_method(
    world: World,
    card: Card,
    billing: Obj,
    expiry: tuple[int, int] | None = None,
    *,
    cvc: bool = True,
    **more: object,
) -> Obj:
    """A payment method for a test card; `expiry` is (month, year), `cvc` whether it was given.

    The knob `country` has every new card issued there.
    """
    month, year = expiry or (12, _EXPIRES_YEAR)
    details = {
        "brand": card.brand,
        "display_brand": card.networks[0] if card.networks else card.brand,
        "country": world.faults.country or card.country,
        "exp_month": month,
        "exp_year": year,
        "fingerprint": _fingerprint(card.number),
        "funding": card.funding,
        "last4": card.number[-4:],
        "checks": _checks(card, billing, cvc=cvc),
        "networks": {"available": list(card.networks or (card.brand,))},
        "three_d_secure_usage": {"supported": card.brand not in _UNAUTHENTICABLE},
        "regulated_status": "unregulated",
    }
    return world.make(
        "payment_method",
        "pm",
        type="card",
        card=details,
        billing_details=billing | {"address": _address(billing)},
        **({"metadata": {}, "allow_redisplay": "limited"} | more),
        _number=card.number,
    )


def bank_method(world: World, billing: Obj, iban: str = DEFAULT_IBAN, **more: object) -> Obj:
    """A SEPA Direct Debit payment method, whose payments are decided days later.

    `iban` is a key of `TEST_IBANS`.  Raises `Refusal` for an account that takes no debits.
    """
    account = TEST_IBANS[iban]
    if account.fate in ("bank_not_supported", "debits_not_supported"):
        what = "bank" if account.fate == "bank_not_supported" else "account"
        raise Refusal(
            f"The {what} of this IBAN does not support SEPA Direct Debit.",
            code=f"sepa_debit_{account.fate}",
            param="sepa_debit[iban]",
        )
    bank, branch = ibans.bank_of(iban)
    details = {"bank_code": bank, "branch_code": branch, "country": account.country}
    details |= {"last4": iban[-4:], "fingerprint": _fingerprint(iban)}
    return world.make(
        "payment_method",
        "pm",
        type="sepa_debit",
        sepa_debit=details,
        billing_details=billing | {"address": _address(billing)},
        **({"metadata": {}, "allow_redisplay": "limited"} | more),
        _iban=iban,
    )


def _address(billing: Obj) -> Obj:
    """The address of billing details: whole, with null for what is not known."""
    known = ("city", "country", "line1", "line2", "postal_code", "state")
    return dict.fromkeys(known) | (billing.get("address") or {})


def card_of(method: Obj) -> Card | None:
    """The test card behind a payment method; None for the bank debit."""
    return BY_NUMBER[method["_number"]] if method["type"] == "card" else None


def account_of(method: Obj) -> Iban | None:
    """The test account behind a bank debit; None for a card."""
    return TEST_IBANS[method["_iban"]] if method["type"] == "sepa_debit" else None


def shown_card(method: Obj, *, authenticated: bool = False) -> Obj:
    """What a charge or an attempt to set up shows of its card."""
    card = {name: method["card"][name] for name in _KEPT_OF_CARD}
    secure = {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "result": "authenticated",
        "version": "2.2.0",
    }
    return card | {
        "network": method["card"]["brand"],
        "checks": dict(method["card"]["checks"]),
        "three_d_secure": secure if authenticated else None,
    }


def expire_at(world: World, method: Obj, month: int, year: int) -> None:
    """Write another expiry on a kept card; the network then renews it in time for that one."""
    method["card"] |= {"exp_month": month, "exp_year": year}
    card_updates.plan(world, method)


def named(world: World, identifier: str, param: str = "payment_method") -> Obj:
    """The payment method `identifier`; a test name such as `pm_card_visa` makes a new one."""
    if identifier in BY_NAME:
        return card_method(world, BY_NAME[identifier], {})
    if identifier in ibans.BY_NAME:
        billing = {"name": "Jenny Rosen", "email": "jenny@example.com"}
        return bank_method(world, billing, ibans.BY_NAME[identifier].number)
    return world.store.get("payment_method", identifier, param)


def attach(world: World, method: Obj, customer: str) -> Obj:
    """Give the method to a customer.  Cards that are plainly declined refuse (402)."""
    card = card_of(method)
    if card and card.decline and not card.attaches_only and card.challenge == "never":
        raise declined(card, payment_method=presented(method))
    if method["customer"] is None and (method.get("_spent") or method.get("_detached")):
        raise Refusal(
            "This PaymentMethod was previously used without being attached to a Customer or was "
            "detached from a Customer, and may not be used again."
        )
    if method["customer"] not in (None, customer):
        raise Refusal("The payment method you provided has already been attached to a customer.")
    if method["customer"] is None:
        method["customer"] = customer
        world.emit("payment_method.attached", method)
        card_updates.plan(world, method)
    return method


def detach(world: World, method: Obj) -> Obj:
    """Take the method from its customer for good; a bank account's mandate ends with it."""
    if method["customer"] is None:
        raise Refusal(
            "The payment method you provided is not attached to a customer so detachment is "
            "impossible."
        )
    before = {"customer": method["customer"]}
    method |= {"customer": None, "_detached": True}
    world.emit("payment_method.detached", method, before)
    mandates.withdraw(world, method)
    return method


def declined(card: Card, **more: Any) -> Refusal:  # noqa: ANN401 - fields of an answer
    """The 402 a declined card is answered with."""
    assert card.decline is not None  # noqa: S101 - callers ask only about such cards
    return declines.refusal(card.decline, **more)


def _checks(card: Card, billing: Obj, *, cvc: bool) -> Obj:
    """What the issuer says of what was given; what was not given is not checked."""
    address = billing.get("address") or {}
    return {
        "cvc_check": card.cvc_check if cvc else None,
        "address_postal_code_check": card.postal_check if address.get("postal_code") else None,
        "address_line1_check": card.line1_check if address.get("line1") else None,
    }


def _fingerprint(number: str) -> str:
    return hashlib.sha256(number.encode()).hexdigest()[:16]
