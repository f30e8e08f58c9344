"""What becomes of a refund: paid from the balance, arrived, failed, called back."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from donations.sandbox.objects.money import books, fees

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

WAITING: Final = "refunds_waiting"


def pay(world: World, refund: Obj) -> None:
    """Take the refund's money from the balance."""
    refund["balance_transaction"] = _book(world, refund, -refund["amount"])["id"]


def affordable(world: World, refund: Obj) -> bool:
    """Whether the available balance covers the refund, counted in what it settles in."""
    landed, currency, _ = fees.settled(world, refund["amount"], refund["currency"])
    return landed <= books.held(world, "available", currency)


def tell(world: World, refund: Obj, previous: Obj) -> None:
    """Send the two events of a changed refund, the newer name first, as Stripe does."""
    world.emit("refund.updated", refund, previous)
    world.emit("charge.refund.updated", refund, previous)


def give_reference(world: World, refund: Obj) -> None:
    """The card network has taken the refund: it can be traced from now on."""
    kept = refund["destination_details"]
    if refund["status"] != "succeeded" or not kept or kept["type"] != "card":
        return
    if kept["card"].get("reference_status") != "pending":
        return
    kept["card"] |= {
        "reference": f"7{secrets.randbelow(10**22):022}",
        "reference_status": "available",
    }
    before = {"reference": None, "reference_status": "pending"}
    tell(world, refund, {"destination_details": {"card": before}})


def succeed(world: World, refund: Obj) -> None:
    """A pending refund has gone through."""
    before = {"status": refund["status"], "pending_reason": refund.get("pending_reason")}
    refund["status"] = "succeeded"
    refund.pop("pending_reason", None)
    tell(world, refund, before)


def fail(world: World, refund: Obj, reason: str) -> None:
    """It did not arrive: the money returns, the charge is refunded by so much less."""
    before = {"status": refund["status"], "failure_reason": None}
    _undo(world, refund, {"status": "failed", "failure_reason": reason})
    tell(world, refund, before)
    world.emit("refund.failed", refund)


def cancel(world: World, refund: Obj) -> None:
    """Nobody claimed it in time, or the merchant thought better of it."""
    before = {"status": refund["status"]}
    refund.pop("next_action", None)
    _undo(world, refund, {"status": "canceled"})
    tell(world, refund, before)


def fail_pending_of(world: World, charge: Obj) -> None:
    """A dispute takes the charge's money: refunds still on their way come to nothing."""
    for refund in world.store.owned("refund", "charge", charge["id"]):
        if refund["status"] in {"pending", "requires_action"}:
            fail(world, refund, "charge_for_pending_refund_disputed")


def _undo(world: World, refund: Obj, values: Obj) -> None:
    if refund["balance_transaction"]:
        entry = _book(world, refund, refund["amount"], failed=True)
        refund["failure_balance_transaction"] = entry["id"]
    waiting: list[str] = world.store.beside.get(WAITING, [])
    if refund["id"] in waiting:
        waiting.remove(refund["id"])
    refund |= values
    refund.pop("pending_reason", None)
    charge = world.store.get("charge", refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False


def _book(world: World, refund: Obj, amount: int, *, failed: bool = False) -> Obj:
    charge = world.store.get("charge", refund["charge"])
    card = charge["payment_method_details"]["type"] == "card"
    words = "REFUND FAILURE" if failed else "REFUND FOR CHARGE" if card else "REFUND FOR PAYMENT"
    return books.record(
        world,
        books.Movement(
            kind="refund_failure" if failed else "refund" if card else "payment_refund",
            amount=amount,
            currency=refund["currency"],
            source=refund["id"],
            description=f"{words} ({charge['description']})" if charge["description"] else words,
            at_once=True,
        ),
    )
