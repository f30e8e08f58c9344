"""Refunds: whole or partial, at once, pending for a while, or failing afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects import books, charges, disputes
from donations.sandbox.objects.metadata import merged
from donations.sandbox.objects.payment_methods import card_of
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World

SETTLES_AFTER_SECONDS: Final = 3600


def create(world: World, given: Obj) -> Obj:
    """Give money back from a charge.  Raises `Refusal` when there is not that much left."""
    charge = _charge_of(world, given)
    amount = _amount_of(world, charge, given)
    charges.ensure_booked(world, charge)
    method = world.store.get("payment_method", charge["payment_method"])
    card = card_of(method)
    fate = card.refund if card else "at_once"
    refund = world.make(
        "refund",
        "re" if card else "pyr",
        amount=amount,
        currency=charge["currency"],
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        reason=given.get("reason"),
        metadata=merged({}, given.get("metadata")),
        status="pending" if fate == "pending" else "succeeded",
        pending_reason="processing" if fate == "pending" else None,
        destination_details={"type": "card", "card": {"type": "refund"}} if card else None,
    )
    _book(world, refund, charge, -amount)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    world.emit("refund.created", refund)
    world.emit("charge.refunded", charge, {"amount_refunded": charge["amount_refunded"] - amount})
    if fate != "at_once":
        due = world.clock.now() + SETTLES_AFTER_SECONDS
        world.timeline.expect(due, "refund.settle", refund["id"])
    return refund


def settle(world: World, due: Due) -> None:
    """A pending refund succeeds; one that is bound to fail fails and the money returns."""
    refund = world.store.find("refund", due.target)
    if refund is None:
        return
    charge = world.store.get("charge", refund["charge"])
    if refund["status"] == "pending":
        refund |= {"status": "succeeded", "pending_reason": None}
        world.emit("refund.updated", refund, {"status": "pending"})
        return
    entry = _book(world, refund, charge, refund["amount"], failed=True)
    refund |= {
        "status": "failed",
        "failure_reason": "expired_or_canceled_card",
        "failure_balance_transaction": entry["id"],
    }
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    world.emit("refund.updated", refund, {"status": "succeeded"})
    world.emit("refund.failed", refund)


def _charge_of(world: World, given: Obj) -> Obj:
    if not given.get("charge") and not given.get("payment_intent"):
        raise Refusal(
            "One of the following params should be provided for this request: payment_intent or "
            "charge.",
            code="parameter_missing",
        )
    if given.get("charge"):
        charge = world.store.get("charge", given["charge"], "charge")
    else:
        intent = world.store.get("payment_intent", given["payment_intent"], "payment_intent")
        if intent["status"] != "succeeded":
            raise Refusal(
                "This PaymentIntent does not have a successful charge to refund.",
                param="payment_intent",
            )
        charge = world.store.get("charge", intent["latest_charge"])
    if charge["status"] != "succeeded":
        raise Refusal("You cannot refund a charge that did not succeed.", param="charge")
    return charge


def _amount_of(world: World, charge: Obj, given: Obj) -> int:
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise Refusal(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if disputes.keep_from_refund(world, charge):
        raise Refusal(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    amount: int = given.get("amount", left)
    if amount < 1:
        raise Refusal("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        raise Refusal(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
            code="amount_too_large",
            param="amount",
        )
    return amount


def _book(world: World, refund: Obj, charge: Obj, amount: int, *, failed: bool = False) -> Obj:
    entry = books.record(
        world,
        books.Movement(
            kind="refund_failure" if failed else "refund",
            category="refund_failure" if failed else "refund",
            amount=amount,
            currency=refund["currency"],
            source=refund["id"],
            description=f"REFUND {'FAILURE' if failed else 'FOR CHARGE'} ({charge['description']})",
            at_once=True,
        ),
    )
    if not failed:
        refund["balance_transaction"] = entry["id"]
    return entry
