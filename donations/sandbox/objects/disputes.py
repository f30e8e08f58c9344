"""Disputes and inquiries: opened by a card or by hand, answered, won, lost."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Final

from donations.sandbox.objects import books
from donations.sandbox.objects.metadata import merged
from donations.sandbox.refusals import Refusal
from donations.sandbox.world import presented

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

ANSWER_WITHIN_DAYS: Final = 9
REASONS: Final = (
    "fraudulent", "product_not_received", "duplicate", "subscription_canceled", "unrecognized",
    "credit_not_processed", "general", "inquiry",
)  # fmt: skip
_OPEN: Final = ("needs_response", "under_review")
_INQUIRY: Final = ("warning_needs_response", "warning_under_review")


def open_dispute(world: World, charge: Obj, reason: str = "fraudulent") -> Obj:
    """The cardholder objects.  Money leaves, with a fee, unless it is an `inquiry`."""
    if charge["disputed"]:
        raise Refusal("This charge is disputed already.", code="charge_disputed")
    if charge["status"] != "succeeded":
        raise Refusal("Only a charge that succeeded can be disputed.")
    inquiry = reason == "inquiry"
    charge["disputed"] = True
    dispute = world.make(
        "dispute",
        "dp",
        amount=charge["amount"],
        currency=charge["currency"],
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        reason="fraudulent" if inquiry else reason,
        status="warning_needs_response" if inquiry else "needs_response",
        is_charge_refundable=inquiry,
        evidence_details={
            "due_by": world.clock.now() + ANSWER_WITHIN_DAYS * books.DAY,
            "submission_method": "not_submitted",
        },
        payment_method_details=_method_details(charge, inquiry=inquiry),
    )
    if not inquiry:
        _move(world, dispute, -1)
    world.emit("charge.dispute.created", dispute)
    if not inquiry:
        world.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def keep_from_refund(world: World, charge: Obj) -> bool:
    """Whether a dispute holds the charge's money; an inquiry or a won dispute does not."""
    every = (each for each in world.store.all("dispute") if each["charge"] == charge["id"])
    return any(each["status"] in (*_OPEN, "lost") for each in every)


def change(world: World, dispute: Obj, given: Obj) -> Obj:
    """Take evidence; `winning_evidence` and `losing_evidence` settle it, as in test mode."""
    _must_be_open(dispute)
    dispute["metadata"] = merged(dispute["metadata"], given.get("metadata"))
    evidence = given.get("evidence") or {}
    dispute["evidence"] |= evidence
    if evidence:
        dispute["evidence_details"]["has_evidence"] = True
    if not given.get("submit", True) or not evidence:
        world.emit("charge.dispute.updated", dispute)
        return dispute
    dispute["evidence_details"] |= {"submission_count": 1, "submission_method": "manual"}
    dispute["status"] = "warning_under_review" if _is_inquiry(dispute) else "under_review"
    world.emit("charge.dispute.updated", dispute)
    verdict = {"winning_evidence": True, "losing_evidence": False}.get(
        str(dispute["evidence"].get("uncategorized_text"))
    )
    if verdict is not None:
        close(world, dispute, won=verdict)
    return dispute


def close(world: World, dispute: Obj, *, won: bool) -> Obj:
    """Decide it.  A win brings the amount back, not the fee; an inquiry only closes."""
    _must_be_open(dispute)
    if _is_inquiry(dispute):
        dispute["status"] = "warning_closed"
        world.emit("charge.dispute.closed", dispute)
        return dispute
    dispute["status"] = "won" if won else "lost"
    if won:
        _move(world, dispute, 1)
    world.emit("charge.dispute.closed", dispute)
    if won:
        world.emit("charge.dispute.funds_reinstated", dispute)
    return dispute


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
            description=f"Chargeback {'withdrawal' if leaving else 'reversal'}",
            fee=books.dispute_fee(world, dispute["currency"]) if leaving else 0,
            fee_says="Dispute fee",
            at_once=True,
        ),
    )
    dispute["balance_transactions"].append(copy.deepcopy(presented(entry)))


def _is_inquiry(dispute: Obj) -> bool:
    return dispute["status"] in _INQUIRY


def _must_be_open(dispute: Obj) -> None:
    if dispute["status"] not in (*_OPEN, *_INQUIRY):
        raise Refusal("This dispute is already closed.", code="dispute_closed")


def _method_details(charge: Obj, *, inquiry: bool) -> Obj | None:
    details = charge["payment_method_details"]
    if details["type"] != "card":
        return None
    brand = details["card"]["brand"]
    card = {
        "brand": brand,
        "network": brand,
        "case_type": "inquiry" if inquiry else "chargeback",
        "network_reason_code": "10.4",
    }
    return {"type": "card", "card": card}
