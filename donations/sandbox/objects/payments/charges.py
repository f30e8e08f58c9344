"""Charges: one attempt each, and the line in the books a successful one leaves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from donations.sandbox.objects.methods import mandates
from donations.sandbox.objects.methods.payment_methods import card_of, shown_card
from donations.sandbox.objects.money import books, disputes, early_fraud_warnings
from donations.sandbox.world import cloned

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.cards import Card, Decline
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World

LATE_SECONDS: Final = 5
_KEPT_OF_DEBIT: Final = ("bank_code", "branch_code", "country", "fingerprint", "last4")
_SCORES: Final = {"normal": 12, "elevated": 66, "highest": 94}
_UNTOLD: Final = frozenset({"generic_decline", "authentication_required"})


def attempt(
    world: World,
    intent: Obj,
    method: Obj,
    status: str,
    *,
    authenticated: bool = False,
    captured: bool = True,
) -> Obj:
    """A charge of `intent` by `method`, in `status`: succeeded, pending or failed.

    `captured` false only holds the amount on the card.
    """
    paid = status == "succeeded"
    charge = world.make(
        "charge",
        "ch" if method["type"] == "card" else "py",
        amount=intent["amount"],
        amount_captured=intent["amount"] if paid and captured else 0,
        captured=status != "failed" and captured,
        paid=paid,
        status=status,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        metadata=dict(intent["metadata"]),
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=_details(world, intent, method, authenticated=authenticated),
        billing_details=cloned(method["billing_details"]),
        receipt_email=intent["receipt_email"],
        shipping=cloned(intent["shipping"]),
        statement_descriptor=intent["statement_descriptor"],
        statement_descriptor_suffix=intent["statement_descriptor_suffix"],
        calculated_statement_descriptor=_descriptor(world, intent, method),
        fraud_details={},
        outcome=_outcome(card_of(method)),
    )
    intent["latest_charge"] = charge["id"]
    return charge


def fail(charge: Obj, decline: Decline, *, blocked: bool = False) -> None:
    """Note why the issuer refused, or that Stripe did without asking it (`blocked`)."""
    charge |= {
        "status": "failed",
        "paid": False,
        "captured": False,
        "amount_captured": 0,
        "failure_code": decline.code,
        "failure_message": decline.message,
    }
    reason = decline.decline_code or decline.code
    if blocked:
        charge["outcome"] |= {
            "network_status": "not_sent_to_network",
            "reason": "highest_risk_level",
            "seller_message": "Stripe blocked this payment as too risky.",
            "type": "blocked",
        }
        return
    charge["outcome"] |= {
        "advice_code": decline.advice,
        "network_status": "declined_by_network",
        "reason": reason,
        "seller_message": "The bank did not return any further details with this decline."
        if reason in _UNTOLD
        else f"The bank returned the decline code `{reason}`.",
        "type": "issuer_declined",
    }


def succeed(
    world: World, charge: Obj, card_dispute: str | None = None, *, warned: bool = False
) -> None:
    """The money is taken: book it unless ordered late, tell, and let the card dispute it.

    `warned`: its issuer sends an early fraud warning.
    """
    charge |= {"status": "succeeded", "paid": True, "amount_captured": charge["amount"]}
    take(world, charge)
    world.emit("charge.succeeded", charge)
    if warned:
        early_fraud_warnings.warn(world, charge)
    if card_dispute:
        disputes.open_dispute(world, charge, card_dispute)


def take(world: World, charge: Obj) -> None:
    """Book what was captured, or have it booked late by the fault `late_balance_transaction`."""
    charge["receipt_url"] = f"{world.base_url}/receipts/{charge['id']}"
    if world.faults.late_balance_transaction:
        charge["_late"] = True
        world.timeline.expect(world.clock.now() + LATE_SECONDS, "charge.book", charge["id"])
    else:
        _book(world, charge)


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
            amount=charge["amount_captured"],
            currency=charge["currency"],
            source=charge["id"],
            description=charge["description"],
            fees=books.charge_fees(world, charge),
            at_once=bool(card and card.available_at_once),
        ),
    )
    charge["balance_transaction"] = entry["id"]


def _details(world: World, intent: Obj, method: Obj, *, authenticated: bool) -> Obj:
    if method["type"] != "card":
        debit = {name: method["sepa_debit"][name] for name in _KEPT_OF_DEBIT}
        mandate = mandates.of_method(world, method)
        expected = intent.get("_settles_at")
        day = datetime.fromtimestamp(expected, UTC).date().isoformat() if expected else None
        debit |= {"mandate": mandate and mandate["id"], "expected_debit_date": day}
        return {"type": "sepa_debit", "sepa_debit": debit}
    card = shown_card(method, authenticated=authenticated) | {
        "amount_authorized": intent["amount"],
        "regulated_status": "unregulated",
        "network_token": {"used": False},
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": {"status": "unavailable"},
        "multicapture": {"status": "unavailable"},
        "overcapture": {"maximum_amount_capturable": intent["amount"], "status": "unavailable"},
    }
    return {"type": "card", "card": card}


def _descriptor(world: World, intent: Obj, method: Obj) -> str | None:
    if method["type"] != "card":
        return None
    prefix = "".join(c for c in world.merchant_name.upper() if c.isalnum() or c == " ")[:10].strip()
    suffix = intent["statement_descriptor_suffix"]
    return (f"{prefix}* {suffix}" if suffix else prefix)[:22]


def _outcome(card: Card | None) -> Obj:
    risk = card.risk if card else "normal"
    return {
        "network_status": "approved_by_network",
        "risk_level": risk if card else "not_assessed",
        "risk_score": _SCORES[risk] if card else None,
        "seller_message": "Payment complete.",
        "type": "authorized",
    }
