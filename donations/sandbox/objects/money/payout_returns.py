"""Payouts that come back: refused by the bank, at once or days later, or called back in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects.money import books
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World

FAILS_AFTER_PAID_SECONDS: Final = books.DAY
FAILURES: Final = {
    "account_closed": "The bank account has been closed.",
    "account_frozen": "The bank account has been frozen.",
    "could_not_process": "The bank could not process this payout.",
    "declined": "The bank has declined this payout. Please contact the bank before retrying.",
    "incorrect_account_holder_name": (
        "Your bank notified us that the bank account holder name on file is incorrect."
    ),
    "invalid_account_number": (
        "The routing number seems correct, but the account number is invalid."
    ),
    "no_account": (
        "The bank account details on file are probably incorrect. No bank account could be located "
        "with those details."
    ),
}
_ORDERED: Final = "failing_payouts"


def order_failure(world: World, code: str) -> None:
    """The next payout that arrives is to be sent back a day later."""
    _check(code)
    world.store.beside.setdefault(_ORDERED, []).append(code)


def expect_ordered(world: World, payout: Obj) -> None:
    """Have a payout that has just arrived sent back, if one was ordered."""
    ordered: list[str] = world.store.beside.get(_ORDERED, [])
    if ordered:
        payout["_fails"] = ordered.pop(0)
        moment = world.clock.now() + FAILS_AFTER_PAID_SECONDS
        world.timeline.expect(moment, "payout.fail", payout["id"])


def fail_later(world: World, due: Due) -> None:
    """The bank sends a paid payout back."""
    payout = world.store.find("payout", due.target)
    if payout and payout["status"] == "paid":
        fail(world, payout, payout["_fails"])


def fail(world: World, payout: Obj, code: str) -> Obj:
    """The bank refuses, also after it took the money: that returns to the balance at once."""
    _check(code)
    if payout["status"] not in {"pending", "in_transit", "paid"}:
        raise Refusal(f"This payout is {payout['status']}; it cannot fail any more.")
    payout["trace_id"] = {"status": "unsupported", "value": None}
    payout |= {"failure_code": code, "failure_message": FAILURES[code]}
    _return(world, payout, "payout_failure", "failed")
    return payout


def cancel(world: World, payout: Obj) -> Obj:
    """Call back a payout made by hand before it goes to the bank."""
    if payout["automatic"]:
        raise Refusal("You can't cancel automatic Stripe payouts.")
    if payout["status"] != "pending":
        raise Refusal("Payouts can only be canceled while they are pending.")
    _return(world, payout, "payout_cancel", "canceled")
    return payout


def _check(code: str) -> None:
    if code not in FAILURES:
        raise Refusal(f"The code must be one of {', '.join(FAILURES)}.", param="failure_code")


def _return(world: World, payout: Obj, kind: str, status: str) -> None:
    says = "FAILURE" if kind == "payout_failure" else "CANCELATION"
    entry = books.record(
        world,
        books.Movement(
            kind=kind,
            amount=payout["amount"],
            currency=payout["currency"],
            source=payout["id"],
            description=f"REFUND FOR PAYOUT ({says})",
            at_once=True,
        ),
    )
    payout |= {"status": status, "failure_balance_transaction": entry["id"]}
    if not payout["automatic"]:  # both lines out: to a payout to come they are nothing
        pair = (payout["balance_transaction"], entry["id"])
        lines = books.waiting(world, payout["currency"])
        fee = world.store.get("balance_transaction", pair[0])["fee"]
        if pair[0] in lines and not fee:
            lines[:] = [each for each in lines if each not in pair]
    world.emit(f"payout.{status}", payout)
