"""SEPA Direct Debits: days of waiting, then the bank's word on each.

Source: docs.stripe.com/payments/sepa-debit: "typically 5 business days", at most 14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.cards import Decline
from donations.sandbox.objects.methods import bank_days, mandates
from donations.sandbox.objects.methods.payment_methods import account_of
from donations.sandbox.objects.payments import charges

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World

DECIDED_AFTER_BANK_DAYS: Final = 5
LATE_AFTER_BANK_DAYS: Final = 14
_LATE: Final = ("succeeds_late", "fails_late")
_SUCCEEDING: Final = ("succeeds", "succeeds_late", "disputed")
REFUSED: Final = Decline(
    "payment_intent_payment_attempt_failed",
    "generic_decline",
    "The customer's bank account could not be debited.",
    "method",
)
_DECLINES: Final = {
    "insufficient_funds": Decline(
        "insufficient_funds",
        "insufficient_funds",
        "The customer's account has insufficient funds to cover this payment.",
        "method",
    ),
    "exceeds_weekly_volume": Decline(
        "charge_exceeds_source_limit",
        "charge_exceeds_source_limit",
        "This payment exceeds the weekly payment volume limit of your account.",
        "method",
    ),
    "exceeds_weekly_transactions": Decline(
        "charge_exceeds_weekly_limit",
        "charge_exceeds_weekly_limit",
        "This payment exceeds the transaction volume limit of your account.",
        "method",
    ),
}


def begin(world: World, intent: Obj, method: Obj, acceptance: Obj | None = None) -> str:
    """Ask the bank: the payment is `processing` until its word comes by itself."""
    mandates.grant(world, method, acceptance)
    account = account_of(method)
    late = account is not None and account.fate in _LATE
    days = LATE_AFTER_BANK_DAYS if late else DECIDED_AFTER_BANK_DAYS
    moment = bank_days.later(world.clock.now(), days)
    intent |= {"status": "processing", "_settles_at": moment}
    charge = charges.attempt(world, intent, method, "pending")
    world.timeline.expect(moment, "payment.settle", intent["id"])
    world.emit("charge.pending", charge)
    world.emit("payment_intent.processing", intent)
    return "processing"


def awaited(world: World, due: Due) -> Obj | None:
    """The payment whose word is due now, unless it was decided before."""
    intent = world.store.find("payment_intent", due.target)
    if intent and intent["status"] == "processing" and intent.get("_settles_at") == due.at:
        return intent
    return None


def agrees(world: World, intent: Obj) -> bool:
    """Whether the bank will pay, by the test account that is debited."""
    account = account_of(world.store.get("payment_method", intent["payment_method"]))
    return account is None or account.fate in _SUCCEEDING


def decline_of(method: Obj) -> Decline:
    """Why the bank did not pay."""
    account = account_of(method)
    return _DECLINES.get(account.fate, REFUSED) if account else REFUSED


def dispute_of(method: Obj) -> str | None:
    """The reason for which the account holder takes a paid debit back at once, if they do."""
    account = account_of(method)
    return "customer_initiated" if account and account.fate == "disputed" else None
