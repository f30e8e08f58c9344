"""A subscription's end: planned for a time, taken back, or at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.objects.billing import (
    collecting,
    invoice_items,
    invoices,
    prorations,
    subscriptions,
)
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


def check(world: World, subscription: Obj | None, given: Obj) -> None:
    """Raise `Refusal` for an end that cannot be planned so."""
    at = given.get("cancel_at")
    if at and given.get("cancel_at_period_end"):
        raise Refusal(
            "You may only specify one of these parameters: cancel_at, cancel_at_period_end.",
            param="cancel_at",
        )
    if not isinstance(at, int):
        return
    if at <= world.clock.now():
        raise Refusal(
            "Invalid timestamp: must be an integer Unix timestamp in the future.", param="cancel_at"
        )
    within = subscription is not None and at < subscriptions.period_end(subscription)
    if within and given.get("proration_behavior", "create_prorations") != "none":
        raise Refusal(
            "The sandbox gives no credit for an end planned within the present period; pass "
            "proration_behavior=none.",
            param="proration_behavior",
        )


def change(world: World, subscription: Obj, given: Obj) -> Obj:
    """Plan the end `given` asks for, or take it back.  Returns what was before."""
    if given.get("cancellation_details"):
        subscriptions.note_reason(subscription, None, given["cancellation_details"])
    names = ("cancel_at_period_end", "cancel_at", "canceled_at")
    before = {name: subscription[name] for name in names}
    wanted = given.get("cancel_at_period_end")
    if wanted is not None and wanted != subscription["cancel_at_period_end"]:
        end = subscriptions.period_end(subscription)
        _plan(world, subscription, end if wanted else None, at_period_end=wanted)
    elif "cancel_at" in given and given["cancel_at"] is not None:
        at = given["cancel_at"]
        if isinstance(at, str) and at:
            at = subscriptions.period_end(subscription)
        _plan(world, subscription, at or None, at_period_end=False)
    return {name: value for name, value in before.items() if subscription[name] != value}


def cancel(world: World, subscription: Obj, given: Obj) -> Obj:
    """End now, as `subscriptions.cancel` takes it: with credit or a last invoice if asked for."""
    if subscription["status"] not in subscriptions.ENDED:
        if given.get("prorate"):
            _credit(world, subscription)
        elif not given.get("invoice_now"):
            _drop_prorations(world, subscription)
    details = given.get("cancellation_details")
    last = bool(given.get("invoice_now")) and subscription["status"] not in subscriptions.ENDED
    subscriptions.end(world, subscription, "cancellation_requested", details)
    if last and _pending(world, subscription):
        invoice = invoices.draw_up(world, subscription, "subscription_update", whole=False)
        collecting.advance(world, invoice)
    return subscription


def _plan(world: World, subscription: Obj, at: int | None, *, at_period_end: bool) -> None:
    planned = at is not None
    subscription |= {
        "cancel_at_period_end": at_period_end,
        "cancel_at": at,
        "canceled_at": world.clock.now() if planned else None,
    }
    reason = "cancellation_requested" if planned else None
    subscription["cancellation_details"]["reason"] = reason
    if at is not None and at != subscriptions.period_end(subscription):
        world.timeline.expect(at, "subscription.end", subscription["id"])


def _credit(world: World, subscription: Obj) -> None:
    for item in subscription["items"]["data"]:
        draft = prorations.credit(world, subscription, item, world.clock.now())
        if draft:
            invoice_items.keep(world, draft)


def _drop_prorations(world: World, subscription: Obj) -> None:
    for entry in _pending(world, subscription):
        if entry["proration"]:
            invoice_items.delete(world, entry)


def _pending(world: World, subscription: Obj) -> list[Obj]:
    every = invoice_items.pending(
        world, subscription["customer"], subscription["id"], subscription["currency"]
    )
    return [entry for entry in every if entry["parent"]]
