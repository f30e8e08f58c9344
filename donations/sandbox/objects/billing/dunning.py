"""After a payment has failed: when it is tried again, and what becomes of the subscription."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects import account_settings
from donations.sandbox.objects.billing import invoices, subscription_standing, subscriptions
from donations.sandbox.objects.billing.periods import DAY
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

HARD: Final = frozenset(
    {
        "authentication_required",
        "highest_risk_level",
        "incorrect_number",
        "lost_card",
        "pickup_card",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "stolen_card",
        "transaction_not_allowed",
    }
)
"""Declines after which a method is not charged again.  docs /billing/revenue-recovery."""


def note_decline(invoice: Obj, intent: Obj, method: Obj) -> None:
    """Remember the method if its issuer wants it never to be tried again for this invoice."""
    error = intent["last_payment_error"] or {}
    refused = {error.get("code"), error.get("decline_code")}
    waits = intent["status"] == "requires_action"
    invoice["_hard"] = method["id"] if waits or refused & HARD else None


def declined(intent: Obj) -> Refusal:
    """The 402 with which a payment that did not succeed is answered."""
    error = intent["last_payment_error"] or {}
    if intent["status"] == "requires_action":
        return Refusal(
            "This payment requires additional user action before it can be completed successfully.",
            status=402,
            kind="card_error",
            code="invoice_payment_intent_requires_action",
            kept=True,
        )
    return Refusal(
        error.get("message") or "Your card was declined.",
        status=402,
        kind="card_error",
        code=error.get("code") or "card_declined",
        decline_code=error.get("decline_code"),
        kept=True,
    )


def is_hopeless(invoice: Obj, method: Obj | None) -> bool:
    """Whether only another method than `method` could be charged for the invoice."""
    return method is None or invoice.get("_hard") == method["id"]


def plan_next(world: World, invoice: Obj) -> bool:
    """Plan the next automatic try of an invoice; False if there was the last one."""
    gaps = account_settings.settings(world)["dunning"]["after_days"]
    tried = invoice["attempt_count"]
    again = invoice["auto_advance"] and tried <= len(gaps)
    following = world.clock.now() + gaps[tried - 1] * DAY if again else None
    invoice["next_payment_attempt"] = following
    if following:
        world.timeline.expect(following, "invoice.retry", invoice["id"])
    return bool(again)


def fall_behind(world: World, subscription: Obj, invoice: Obj, *, again: bool) -> None:
    """What a failed renewal does to its subscription; `again` says that it will be retried."""
    policy = account_settings.settings(world)["dunning"]
    if not again:
        _give_up(world, subscription, invoice, policy["then"])
        return
    first = invoice["attempt_count"] == 1 and invoice["billing_reason"] == "subscription_cycle"
    if first and policy["first_failure"] == "pause":
        invoices.mark_uncollectible(world, invoice, "subscription_paused")
        subscription_standing.suspend(world, subscription, "first_payment_failure")
        return
    subscriptions.set_status(world, subscription, "past_due")


def _give_up(world: World, subscription: Obj, invoice: Obj, then: str) -> None:
    invoice["auto_advance"] = False
    if then == "cancel":
        subscriptions.end(world, subscription, "payment_failed")
    elif then == "pause":
        invoices.mark_uncollectible(world, invoice, "subscription_paused")
        subscription_standing.suspend(world, subscription, "final_payment_failure")
    else:
        subscriptions.set_status(world, subscription, then)
