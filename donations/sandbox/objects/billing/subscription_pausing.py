"""Pausing a subscription outright: no invoices, no new periods, until it is resumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects.billing import (
    collecting,
    invoice_items,
    invoices,
    prorations,
    subscription_changes,
    subscription_standing,
    subscriptions,
)
from donations.sandbox.objects.billing.periods import boundary, periods_until
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World

LAPSES_AFTER_SECONDS: Final = 23 * 3600


def pause(world: World, subscription: Obj, given: Obj) -> Obj:
    """Pause an active subscription; `given` as `subscriptions.pause` takes it.

    Unused time becomes a pending credit unless `bill_for` says otherwise.  Raises `Refusal`.
    """
    if subscription["status"] != "active":
        raise Refusal(
            f"You can't pause a subscription with a status of `{subscription['status']}`."
        )
    if subscription["collection_method"] != "charge_automatically":
        raise Refusal(
            "You can only pause subscriptions with `collection_method=charge_automatically`."
        )
    since = ((given.get("bill_for") or {}).get("unused_time_from") or {}).get("type", "now")
    credited = _credit(world, subscription, since)
    if since != "none":
        for item in subscription["items"]["data"]:
            item["current_period_end"] = max(item["current_period_start"], world.clock.now())
    subscription_standing.suspend(world, subscription, "pause_requested")
    if credited and given.get("invoicing_behavior") == "invoice":
        invoice = invoices.draw_up(world, subscription, "subscription_update", whole=False)
        collecting.advance(world, invoice)
    return subscription


def resume(world: World, subscription: Obj, given: Obj) -> Obj:
    """Resume a paused subscription; `given` as `subscriptions.resume` takes it.

    Where that costs something it stays paused until the invoice is paid.  Raises `Refusal`.
    """
    if subscription["status"] != "paused":
        raise Refusal(
            f"You can't resume a subscription with a status of `{subscription['status']}`. "
            "Only subscriptions with a status of `paused` can be resumed."
        )
    if subscription.get("_resuming"):
        raise Refusal("The subscription is being resumed already: its invoice waits to be paid.")
    unchanged = (given.get("billing_cycle_anchor") or {}).get("type") == "unchanged"
    plan = (
        _on_the_old_anchor(world, subscription, given) if unchanged else _anew(world, subscription)
    )
    plan["on_success"] = given.get("payment_behavior") == "resume_on_payment_success"
    subscription["_resuming"] = plan
    if plan["billed"]:
        _bill(world, subscription, plan)
    if subscription.get("_resuming") and not plan.get("invoice"):
        subscription_standing.reinstate(world, subscription)
    return subscription


def lapse(world: World, due: Due) -> None:
    """Nobody tried to pay the invoice of a resumption for 23 hours."""
    invoice = world.store.find("invoice", due.target)
    if invoice and invoice["status"] == "open" and not invoice["attempted"]:
        invoices.void(world, invoice)
        subscription_standing.after_write_off(world, invoice)


def _credit(world: World, subscription: Obj, since: str) -> bool:
    """Give back the time that will not be used.  Returns whether there was any."""
    if since == "none":
        return False
    given_back = False
    for item in subscription["items"]["data"]:
        now = world.clock.now()
        at = item["current_period_start"] if since == "item_current_period_start" else now
        draft = prorations.credit(world, subscription, item, at)
        if draft:
            subscription_changes.keep_proration(world, subscription, draft)
            given_back = True
    return given_back


def _anew(world: World, subscription: Obj) -> Obj:
    """A new period from now on, paid in full."""
    now = world.clock.now()
    end = boundary(now, subscriptions.first_item(subscription)["price"]["recurring"], 1)
    plan = {"start": now, "end": end, "anchor": now, "periods": 1, "share": None}
    return plan | {"billed": "period"}


def _on_the_old_anchor(world: World, subscription: Obj, given: Obj) -> Obj:
    """The rest of the period the old anchor gives, paid in proportion or not at all.

    A period paid for and not given back simply goes on.
    """
    now, anchor = world.clock.now(), subscription["billing_cycle_anchor"]
    if subscriptions.period_end(subscription) > now:
        return {"billed": ""}
    recurring = subscriptions.first_item(subscription)["price"]["recurring"]
    periods = periods_until(anchor, recurring, now)
    end = boundary(anchor, recurring, periods)
    whole = end - boundary(anchor, recurring, periods - 1)
    behavior = given.get("proration_behavior", "create_prorations")
    at = given.get("proration_date", now)
    if not now <= at <= end:
        raise Refusal(
            "Invalid timestamp: `proration_date` must be within the period that is resumed.",
            param="proration_date",
        )
    share = None if end - now == whole else [end - now, whole]
    plan = {"start": now, "end": end, "anchor": anchor, "periods": periods, "share": share}
    billed = {"none": "", "create_prorations": "items", "always_invoice": "now"}[behavior]
    return plan | {"billed": billed, "at": at}


def _bill(world: World, subscription: Obj, plan: Obj) -> None:
    """Charge what the plan costs: on the next invoice, or on one that is finalised now."""
    if plan["billed"] == "period":
        invoice = _invoice_of_period(world, subscription, plan)
    else:
        for draft in _charges(world, subscription, plan):
            invoice_items.keep(world, draft)
        if plan["billed"] == "items":
            return
        invoice = invoices.draw_up(world, subscription, "subscription_update", whole=False)
    plan["invoice"] = invoice["id"]
    invoice["auto_advance"] = plan["on_success"]
    if plan["on_success"]:
        collecting.advance(world, invoice, on_session=True)
        return
    invoices.finalize(world, invoice)
    if invoice["status"] != "open":
        subscription_standing.after_payment(world, invoice)
        return
    invoices.intent_of(world, invoice)
    lapses = world.clock.now() + LAPSES_AFTER_SECONDS
    world.timeline.expect(lapses, "invoice.lapse", invoice["id"])


def _invoice_of_period(world: World, subscription: Obj, plan: Obj) -> Obj:
    """The invoice of the period to come, while the items still are in the one before."""
    kept = subscriptions.items_before(subscription)["items"]["data"]
    for item in subscription["items"]["data"]:
        item |= {"current_period_start": plan["start"], "current_period_end": plan["end"]}
    subscription["_share"] = plan["share"]
    invoice = invoices.draw_up(world, subscription, "subscription_update")
    for place, before in enumerate(kept):
        subscription["items"]["data"][place] |= before
    return invoice


def _charges(world: World, subscription: Obj, plan: Obj) -> list[Obj]:
    drafts = []
    for item in subscription["items"]["data"]:
        period = {"current_period_start": plan["start"], "current_period_end": plan["end"]}
        coming = subscription | {"_share": plan["share"]}
        drafts.append(prorations.charge(world, coming, item | period, plan["at"]))
    return drafts
