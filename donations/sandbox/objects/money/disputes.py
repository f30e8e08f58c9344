"""Disputes and inquiries: opened by a card or by hand, escalated, decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects.money import books, early_fraud_warnings, fees, refund_outcomes
from donations.sandbox.refusals import Refusal
from donations.sandbox.world import cloned, presented

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World

ANSWER_WITHIN_DAYS: Final = 9
INQUIRY_LASTS_DAYS: Final = 120
REASONS: Final = (
    "fraudulent", "product_not_received", "duplicate", "subscription_canceled", "unrecognized",
    "credit_not_processed", "general", "product_unacceptable", "noncompliant", "inquiry",
    "bank_cannot_process", "customer_initiated", "debit_not_authorized",
    "incorrect_account_details", "insufficient_funds",
)  # fmt: skip
_NETWORK_CODES: Final = {"inquiry": "10", "product_not_received": "13.1"}
_OPEN: Final = ("needs_response", "under_review")
_INQUIRY: Final = ("warning_needs_response", "warning_under_review")


def open_dispute(
    world: World, charge: Obj, reason: str | None = None, amount: int | None = None
) -> Obj:
    """The reader objects at their bank.  Money leaves, with a fee, unless it is an `inquiry`.

    A bank debit is lost at once: the bank hears nobody.  Raises `Refusal` for a charge that was
    never paid, is disputed already or has been given back whole.
    """
    left = _left_of(charge, amount)
    card = charge["payment_method_details"]["type"] == "card"
    reason = reason or ("fraudulent" if card else "customer_initiated")
    inquiry = reason == "inquiry"
    charge["disputed"] = True
    dispute = world.make(
        "dispute",
        "du",
        amount=left,
        currency=charge["currency"],
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        reason="general" if inquiry else reason,
        status="warning_needs_response" if inquiry else "needs_response",
        is_charge_refundable=inquiry,
        evidence_details={"due_by": 0, "submission_method": "not_submitted"},
        payment_method_details=_method_details(charge, reason),
    )
    if not inquiry:
        _withdraw(world, dispute, charge)
    world.emit("charge.dispute.created", dispute)
    if not inquiry:
        world.emit("charge.dispute.funds_withdrawn", dispute)
    if card:
        _expect_answer(world, dispute)
    else:
        _end(world, dispute, "lost")
    early_fraud_warnings.settle(world, charge)
    return dispute


def keep_from_refund(world: World, charge: Obj) -> bool:
    """Whether a dispute holds the charge's money; an inquiry or a won dispute does not."""
    every = world.store.owned("dispute", "charge", charge["id"])
    return any(each["status"] in (*_OPEN, "lost") for each in every)


def escalate(world: World, dispute: Obj) -> Obj:
    """The bank makes a dispute of an inquiry: now the money leaves."""
    if not is_inquiry(dispute):
        raise Refusal(f"This dispute is {dispute['status']}; only an inquiry can be escalated.")
    charge = world.store.get("charge", dispute["charge"])
    if charge["refunded"]:
        raise Refusal("The charge has been refunded whole; nothing is left to withdraw.")
    before = {"status": dispute["status"], "is_charge_refundable": True}
    dispute |= {
        "status": "needs_response",
        "is_charge_refundable": False,
        "amount": min(dispute["amount"], charge["amount"] - charge["amount_refunded"]),
    }
    dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    _withdraw(world, dispute, charge)
    _expect_answer(world, dispute)
    world.emit("charge.dispute.updated", dispute, before)
    world.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close(world: World, dispute: Obj, *, won: bool) -> Obj:
    """Decide it.  A win brings the amount back, not the fee; an inquiry only closes."""
    must_be_open(dispute)
    if is_inquiry(dispute):
        _end(world, dispute, "warning_closed")
    else:
        if won:
            dispute["is_charge_refundable"] = True
            _move(world, dispute, 1)
            world.emit("charge.dispute.funds_reinstated", dispute)
        _end(world, dispute, "won" if won else "lost")
    return dispute


def run_out(world: World, due: Due) -> None:
    """Nobody answered in time: a dispute is lost.  An inquiry that came to nothing closes."""
    dispute = world.store.find("dispute", due.target)
    if dispute is None or dispute.get("_until") != due.at:
        return
    if dispute["status"] == "needs_response" or is_inquiry(dispute):
        close(world, dispute, won=False)


def is_inquiry(dispute: Obj) -> bool:
    """Whether it is one whose money has not left."""
    return dispute["status"] in _INQUIRY


def must_be_open(dispute: Obj) -> None:
    """Raise `Refusal` for one that is decided."""
    if dispute["status"] not in (*_OPEN, *_INQUIRY):
        raise Refusal("This dispute is already closed")


def _left_of(charge: Obj, amount: int | None) -> int:
    if charge["disputed"]:
        raise Refusal("This charge is disputed already.", code="charge_disputed")
    if charge["status"] != "succeeded":
        raise Refusal("Only a charge that succeeded can be disputed.")
    left: int = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise Refusal("A charge that was refunded whole cannot be disputed.")
    if amount is not None and not 0 < amount <= left:
        raise Refusal(f"Between 1 and {left} can be disputed.", param="amount")
    return amount or left


def _expect_answer(world: World, dispute: Obj) -> None:
    """The answer is due at the end of a day; an inquiry may stay open for months."""
    now = world.clock.now()
    dispute["evidence_details"]["due_by"] = books.midnight(now, ANSWER_WITHIN_DAYS) - 1
    dispute["_until"] = (
        books.midnight(now, INQUIRY_LASTS_DAYS)
        if is_inquiry(dispute)
        else dispute["evidence_details"]["due_by"] + 1
    )
    world.timeline.expect(dispute["_until"], "dispute.run_out", dispute["id"])


def _end(world: World, dispute: Obj, status: str) -> None:
    dispute["status"] = status
    world.emit("charge.dispute.closed", dispute)
    world.emit("charge.updated", world.store.get("charge", dispute["charge"]))


def _withdraw(world: World, dispute: Obj, charge: Obj) -> None:
    refund_outcomes.fail_pending_of(world, charge)
    _move(world, dispute, -1)


def _move(world: World, dispute: Obj, sign: int) -> None:
    leaving = sign < 0
    entry = books.record(
        world,
        books.Movement(
            kind="adjustment",
            category="dispute" if leaving else "dispute_reversal",
            amount=sign * dispute["amount"],
            currency=dispute["currency"],
            source=dispute["id"],
            description=f"Chargeback {'withdrawal' if leaving else 'reversal'} for "
            f"{dispute['charge']}",
            fees=fees.of_dispute(world, dispute["currency"]) if leaving else [],
            at_once=True,
        ),
    )
    dispute["balance_transactions"].append(cloned(presented(entry)))


def _method_details(charge: Obj, reason: str) -> Obj | None:
    details = charge["payment_method_details"]
    if details["type"] != "card":
        return None
    brand = details["card"]["brand"]
    card = {
        "brand": brand,
        "network": brand,
        "case_type": "inquiry" if reason == "inquiry" else "chargeback",
        "network_reason_code": _NETWORK_CODES.get(reason, "10.4"),
    }
    return {"type": "card", "card": card}
