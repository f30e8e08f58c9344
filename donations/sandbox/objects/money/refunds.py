"""Refunds: whole or partial, at once, pending for a while, waiting for funds or for the reader."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from donations.kernel.currencies import CURRENCIES
from donations.sandbox.objects.account_settings import settings
from donations.sandbox.objects.metadata import merged
from donations.sandbox.objects.methods.payment_methods import card_of
from donations.sandbox.objects.money import books, disputes, early_fraud_warnings
from donations.sandbox.objects.money import refund_outcomes as outcomes
from donations.sandbox.objects.payments import charges
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World

SETTLES_AFTER_SECONDS: Final = 3600
TRACED_AFTER_SECONDS: Final = 5
_SIGNS: Final = dict.fromkeys(("usd", "cad", "aud", "nzd", "hkd", "sgd"), "$") | {
    "eur": "€",
    "gbp": "£",
}


def create(world: World, given: Obj) -> Obj:
    """Give money back from a charge.  Raises `Refusal` when there is not that much left."""
    charge = _charge_of(world, given)
    amount = _amount_of(world, charge, given)
    charges.ensure_booked(world, charge)
    method = world.store.get("payment_method", charge["payment_method"])
    card = card_of(method)
    refund = world.make(
        "refund",
        "re" if card else "pyr",
        amount=amount,
        currency=charge["currency"],
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        reason=given.get("reason"),
        metadata=merged({}, given.get("metadata")),
        destination_details=_destination(method),
        status="succeeded",
        _fate=card.refund if card else "at_once",
        **(
            {"instructions_email": given["instructions_email"]}
            if "instructions_email" in given
            else {}
        ),
    )
    _start(world, refund)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    world.emit("refund.created", refund)
    world.emit("charge.refunded", charge, {"amount_refunded": charge["amount_refunded"] - amount})
    if charge["refunded"]:
        early_fraud_warnings.settle(world, charge)
    return refund


def settle(world: World, due: Due) -> None:
    """A pending refund succeeds; one that is bound to fail fails and the money returns."""
    refund = world.store.find("refund", due.target)
    if refund is None or refund["status"] not in {"pending", "succeeded"}:
        return
    if refund["status"] == "pending":
        outcomes.succeed(world, refund)
    else:
        outcomes.fail(world, refund, "expired_or_canceled_card")


def trace(world: World, due: Due) -> None:
    """The card network's reference has come."""
    refund = world.store.find("refund", due.target)
    if refund:
        outcomes.give_reference(world, refund)


def send_waiting(world: World) -> None:
    """Send the refunds that wait for funds and are covered now, in the order they were made."""
    waiting: list[str] = world.store.beside.get(outcomes.WAITING, [])
    for identifier in list(waiting):
        refund = world.store.get("refund", identifier)
        if outcomes.affordable(world, refund):
            waiting.remove(identifier)
            outcomes.pay(world, refund)
            outcomes.succeed(world, refund)


def require_action(world: World, refund: Obj) -> Obj:
    """Have a refund wait for the reader's bank details, as it does for some payment methods."""
    if refund["status"] != "pending":
        raise Refusal(f"This refund is {refund['status']}; only a pending one can wait.")
    refund["status"] = "requires_action"
    refund.pop("pending_reason", None)
    outcomes.tell(world, refund, {"status": "pending"})
    return refund


def cancel(world: World, refund: Obj) -> Obj:
    """Call back a refund that waits for the reader.  Raises `Refusal` in any other state."""
    if refund["status"] != "requires_action":
        raise Refusal(
            f"This refund has a status of {refund['status']}; only refunds with a status of "
            "requires_action can be canceled."
        )
    outcomes.cancel(world, refund)
    return refund


def _start(world: World, refund: Obj) -> None:
    """Pay it, and expect what its card is known to bring."""
    now, fate = world.clock.now(), refund["_fate"]
    if not settings(world)["payouts"]["debit_negative_balances"] and not outcomes.affordable(
        world, refund
    ):
        refund |= {"status": "pending", "pending_reason": "insufficient_funds"}
        world.store.beside.setdefault(outcomes.WAITING, []).append(refund["id"])
        books.look_again(world)
        return
    outcomes.pay(world, refund)
    if fate == "pending":
        refund |= {"status": "pending", "pending_reason": "processing"}
    if fate != "at_once":
        world.timeline.expect(now + SETTLES_AFTER_SECONDS, "refund.settle", refund["id"])
    elif refund["destination_details"]["type"] == "card":
        world.timeline.expect(now + TRACED_AFTER_SECONDS, "refund.trace", refund["id"])


def _destination(method: Obj) -> Obj:
    kind = method["type"]
    if kind != "card":
        return {"type": kind}
    card = {
        "type": "refund",
        "reference_status": "pending",
        "reference_type": "acquirer_reference_number",
    }
    return {"type": "card", "card": card}


def _charge_of(world: World, given: Obj) -> Obj:
    if not given.get("charge") and not given.get("payment_intent"):
        raise Refusal(
            "One of the following params should be provided for this request: payment_intent or "
            "charge.",
            code="parameter_missing",
        )
    if given.get("charge"):
        charge = world.store.get("charge", given["charge"])
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
    if not charge["captured"]:
        raise Refusal(
            "You cannot refund a charge that has not been captured; cancel it instead.",
            param="charge",
        )
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
        raise Refusal(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param="amount",
        )
    if amount > left:
        raise Refusal(
            f"Refund amount ({_money(amount, charge)}) is greater than unrefunded amount on charge "
            f"({_money(left, charge)})",
            param="amount",
        )
    return amount


def _money(amount: int, charge: Obj) -> str:
    """An amount as Stripe writes it in a refusal: `$40.00`."""
    exponent = CURRENCIES[charge["currency"]].exponent
    sign = _SIGNS.get(charge["currency"], charge["currency"].upper())
    return f"{sign}{Decimal(amount).scaleb(-exponent):.{exponent}f}"
