"""A subscription begun on the payment page: its items, its trial, its first invoice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects.billing import (
    invoice_items,
    invoices,
    subscription_standing,
    subscriptions,
    trials,
)
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

_SOONEST_TRIAL_END: Final = 48 * 3600


def check_terms(world: World, given: Obj) -> None:
    """Raise the `Refusal` Stripe would for the trial that `subscription_data` asks for."""
    try:
        ends_at = trials.trial_end(world.clock.now(), given)
    except Refusal as refusal:
        inner = refusal.error.get("param", "")
        raise Refusal(str(refusal), param=f"subscription_data[{inner}]") from refusal
    if given.get("trial_end") and ends_at and ends_at < world.clock.now() + _SOONEST_TRIAL_END:
        raise Refusal(
            "The `trial_end` date has to be at least 2 days in the future.",
            param="subscription_data[trial_end]",
        )
    if (given.get("billing_mode") or {}).get("type") == "classic":
        raise Refusal(
            "The sandbox has `billing_mode[type]=flexible` only.",
            param="subscription_data[billing_mode][type]",
        )
    if given.get("trial_settings") and not ends_at:
        raise Refusal(
            "You can only set `trial_settings` when there is a trial.",
            param="subscription_data[trial_settings]",
        )


def has_trial(given: Obj) -> bool:
    """Whether `subscription_data` asks for a free trial."""
    return bool(given.get("trial_end") or given.get("trial_period_days"))


def join(world: World, session: Obj, customer: Obj, method: Obj | None, intent: Obj | None) -> Obj:
    """Begin the subscription a session sold, and settle its first invoice with `intent`.

    `intent` is the payment intent that has taken the money or waits for the bank; None when
    nothing was due.  Returns the invoice.
    """
    kept = {"default_payment_method": method["id"]} if method else {}
    lines = [line for line in session["_lines"] if line["price"]["recurring"]]
    subscription = subscriptions.open_one(
        world,
        customer,
        [(line["price"], line["quantity"]) for line in lines],
        session["_subscription_data"] | kept,
        [line["metadata"] for line in lines],
    )
    _add_once(world, session, customer, subscription)
    invoice = invoices.draw_up(world, subscription, "subscription_create")
    invoice["_paid_at_checkout"] = True
    invoices.finalize(world, invoice)
    session |= {"subscription": subscription["id"], "invoice": invoice["id"]}
    if intent is None:
        subscription_standing.after_payment(world, invoice)
        return invoice
    invoices.link(world, invoice, intent)
    invoice |= {"attempted": True, "attempt_count": 1}
    if intent["status"] == "succeeded":
        invoices.mark_paid(world, invoice)
    if subscription["status"] == "incomplete":  # also while the bank decides
        subscriptions.set_status(world, subscription, "active")
    return invoice


def _add_once(world: World, session: Obj, customer: Obj, subscription: Obj) -> None:
    """What is sold once beside the subscription comes onto its first invoice."""
    for line in session["_lines"]:
        if not line["price"]["recurring"]:
            asked = {
                "customer": customer["id"],
                "description": line["description"],
                "metadata": line["metadata"],
                "pricing": {"price": line["price"]["id"]},
                "quantity": line["quantity"],
                "subscription": subscription["id"],
            }
            invoice_items.create(world, asked)
