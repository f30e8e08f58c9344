"""Previews: the invoice that a renewal or a change would bring, kept nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.objects import customers
from donations.sandbox.objects.billing import (
    invoice_drafts,
    invoice_items,
    invoice_lines,
    item_changes,
    subscriptions,
)
from donations.sandbox.objects.billing.periods import boundary
from donations.sandbox.refusals import Refusal
from donations.sandbox.world import cloned

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


def create(world: World, given: Obj) -> Obj:
    """What `invoices.create_preview` shows: the next invoice, with changes if some are given."""
    identifier = given.get("subscription")
    if identifier is None:
        return _of_customer(world, given)
    subscription = world.store.get("subscription", identifier, "subscription")
    customer = given.get("customer")
    if customer and customer != subscription["customer"]:
        raise Refusal(
            f"The subscription {identifier} does not belong to customer {customer}.",
            param="customer",
        )
    if subscription["status"] in subscriptions.ENDED:
        raise Refusal(
            "No upcoming invoices for a canceled subscription.", code="invoice_upcoming_none"
        )
    return of_renewal(world, subscription, given.get("subscription_details") or {})


def of_renewal(world: World, subscription: Obj, changed: Obj | None = None) -> Obj:
    """The next invoice of `subscription`, were it `changed` now as `subscription_details` says."""
    changed = changed or {}
    _check_end(subscription, changed)
    draft = cloned(subscription)
    changes = item_changes.read(world, draft, changed.get("items") or [])
    now = world.clock.now()
    at = changed.get("proration_date", now)
    behavior = changed.get("proration_behavior", "create_prorations")
    anchor = (changed.get("billing_cycle_anchor") or {}).get("type")
    anew = anchor == "now" or changes.other_rhythm
    prorated = behavior != "none" and draft["status"] in ("active", "past_due")
    entries = changes.apply(world, draft, at, prorated=prorated, charged=not anew)
    if anew and prorated:
        entries += changes.credit_rest(world, draft, at)
    alone = behavior == "always_invoice" and bool(entries) and not anew
    if not alone:
        _move_on(draft, now if anew else None)
    pending = invoice_items.pending(world, draft["customer"], draft["id"], draft["currency"])
    entries = pending + [{"id": world.store.new_id("ii"), **entry} for entry in entries]
    lines = [invoice_lines.of_pending(world, entry) for entry in entries]
    lines += [] if alone else invoice_lines.of_items(world, draft)
    customer = world.store.get("customer", draft["customer"])
    told = invoice_drafts.of_subscription(world, draft, "upcoming")
    told |= {"next_payment_attempt": subscriptions.first_item(draft)["current_period_start"]}
    told |= {"automatically_finalizes_at": None}
    return invoice_drafts.sketched(world, customer, lines, told)


def _of_customer(world: World, given: Obj) -> Obj:
    if not given.get("customer"):
        raise Refusal(
            "You must pass one of `customer` or `subscription`.", code="parameter_missing",
            param="customer",
        )  # fmt: skip
    customer = customers.live(world, given["customer"], "customer")
    currency = given.get("currency") or customer["currency"] or "usd"
    running = [
        each
        for each in world.store.owned("subscription", "customer", customer["id"])
        if each["status"] not in subscriptions.ENDED
    ]
    if running:
        nearest = min(running, key=subscriptions.period_end)
        return of_renewal(world, nearest)
    waiting = invoice_items.pending(world, customer["id"], None, currency)
    if not waiting:
        raise Refusal(
            f"No upcoming invoices for customer: {customer['id']}",
            status=404,
            code="invoice_upcoming_none",
        )
    lines = [invoice_lines.of_pending(world, entry) for entry in waiting]
    told = {"billing_reason": "manual", "currency": currency}
    return invoice_drafts.sketched(world, customer, lines, told)


def _check_end(subscription: Obj, changed: Obj) -> None:
    taken_back = changed.get("cancel_at_period_end") is False
    if subscription["cancel_at_period_end"] and not taken_back and not changed.get("items"):
        raise Refusal(
            f"No upcoming invoices for subscription: {subscription['id']}",
            status=404,
            code="invoice_upcoming_none",
        )


def _move_on(draft: Obj, start: int | None) -> None:
    """Put the items of a copy into the period that the invoice would be for."""
    item = subscriptions.first_item(draft)
    recurring = item["price"]["recurring"]
    if start is None:
        start = item["current_period_end"]
        end = boundary(draft["billing_cycle_anchor"], recurring, draft["_periods"] + 1)
    else:
        end = boundary(start, recurring, 1)
    draft["_previous_start"], draft["_share"] = item["current_period_start"], None
    for each in draft["items"]["data"]:
        each |= {"current_period_start": start, "current_period_end": end}
    if draft["status"] == "trialing":
        draft["status"] = "active"
