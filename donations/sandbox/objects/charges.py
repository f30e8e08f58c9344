"""Charges: one attempt each, and the line in the books a successful one leaves."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Final

from donations.sandbox.objects import books, disputes
from donations.sandbox.objects.payment_methods import card_of

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.cards import Decline
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World

LATE_SECONDS: Final = 5
_KEPT_OF_CARD: Final = (
    "brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4",
)  # fmt: skip
_KEPT_OF_DEBIT: Final = ("bank_code", "branch_code", "country", "fingerprint", "last4")


def attempt(world: World, intent: Obj, method: Obj, status: str) -> Obj:
    """A charge of `intent` by `method`, in `status`: succeeded, pending or failed."""
    charge = world.make(
        "charge",
        "ch" if method["type"] == "card" else "py",
        amount=intent["amount"],
        amount_captured=intent["amount"] if status == "succeeded" else 0,
        captured=status != "failed",
        paid=status == "succeeded",
        status=status,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        metadata=dict(intent["metadata"]),
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=_details(intent, method),
        billing_details=copy.deepcopy(method["billing_details"]),
        receipt_email=intent["receipt_email"],
        statement_descriptor_suffix=intent["statement_descriptor_suffix"],
        calculated_statement_descriptor=_descriptor(world, intent, method),
        fraud_details={},
        outcome=_outcome(),
    )
    intent["latest_charge"] = charge["id"]
    return charge


def fail(charge: Obj, decline: Decline) -> None:
    """Note why the issuer refused."""
    charge |= {
        "status": "failed",
        "paid": False,
        "captured": False,
        "failure_code": decline.code,
        "failure_message": decline.message,
    }
    charge["outcome"] |= {
        "network_status": "declined_by_network",
        "reason": decline.decline_code,
        "seller_message": "The bank did not return any further details with this decline.",
        "type": "issuer_declined",
    }


def succeed(world: World, charge: Obj, card_dispute: str | None = None) -> None:
    """The money is taken: book it unless ordered late, tell, and let the card dispute it."""
    charge |= {"status": "succeeded", "paid": True, "amount_captured": charge["amount"]}
    charge["receipt_url"] = f"{world.base_url}/receipts/{charge['id']}"
    if world.faults.late_balance_transaction:
        charge["_late"] = True
        world.timeline.expect(world.clock.now() + LATE_SECONDS, "charge.book", charge["id"])
    else:
        _book(world, charge)
    world.emit("charge.succeeded", charge)
    if card_dispute:
        disputes.open_dispute(world, charge, card_dispute)


def tell_booked(world: World, charge: Obj) -> None:
    """Send the `charge.updated` that follows every success, unless the line is late."""
    if not charge.get("_late"):
        world.emit("charge.updated", charge, {"balance_transaction": None})


def book_late(world: World, due: Due) -> None:
    """The balance transaction of a charge arrives at last."""
    charge = world.store.find("charge", due.target)
    if charge and charge.pop("_late", False):
        _book(world, charge)
        tell_booked(world, charge)


def ensure_booked(world: World, charge: Obj) -> None:
    """Book a late charge now, because money is about to be given back from it."""
    if charge.pop("_late", False):
        _book(world, charge)
        tell_booked(world, charge)


def _book(world: World, charge: Obj) -> None:
    method = world.store.get("payment_method", charge["payment_method"])
    card = card_of(method)
    entry = books.record(
        world,
        books.Movement(
            kind="charge" if card else "payment",
            category="charge",
            amount=charge["amount"],
            currency=charge["currency"],
            source=charge["id"],
            description=charge["description"],
            fee=books.charge_fee(world, charge["amount"], charge["currency"]),
            at_once=bool(card and card.available_at_once),
        ),
    )
    charge["balance_transaction"] = entry["id"]


def _details(intent: Obj, method: Obj) -> Obj:
    if method["type"] != "card":
        debit = {name: method["sepa_debit"][name] for name in _KEPT_OF_DEBIT}
        return {"type": "sepa_debit", "sepa_debit": debit}
    card = {name: method["card"][name] for name in _KEPT_OF_CARD}
    card |= {
        "network": method["card"]["brand"],
        "checks": {"cvc_check": "pass"},
        "amount_authorized": intent["amount"],
        "regulated_status": "unregulated",
        "network_token": {"used": False},
        "overcapture": {"maximum_amount_capturable": intent["amount"], "status": "unavailable"},
    }
    return {"type": "card", "card": card}


def _descriptor(world: World, intent: Obj, method: Obj) -> str | None:
    if method["type"] != "card":
        return None
    prefix = "".join(c for c in world.merchant_name.upper() if c.isalnum() or c == " ")[:10].strip()
    suffix = intent["statement_descriptor_suffix"]
    return (f"{prefix}* {suffix}" if suffix else prefix)[:22]


def _outcome() -> Obj:
    return {
        "network_status": "approved_by_network",
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "Payment complete.",
        "type": "authorized",
    }
