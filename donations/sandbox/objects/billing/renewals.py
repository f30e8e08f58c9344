"""Renewals: what happens when a period ends, or a pause of collection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from donations.sandbox.objects import account_settings
from donations.sandbox.objects.billing import (
    collecting,
    invoices,
    previews,
    subscription_standing,
    subscriptions,
)
from donations.sandbox.objects.billing.periods import DAY

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World

_RESTING = (*subscriptions.ENDED, "paused", "incomplete")


def renew(world: World, due: Due) -> None:
    """A period has ended: end the subscription if that was asked, else bill the next one."""
    subscription = world.store.find("subscription", due.target)
    if subscription is None or subscription["status"] in _RESTING:
        return
    if subscriptions.period_end(subscription) != due.at:
        return  # the period was moved in the meantime
    if _is_to_end(subscription, due.at):
        subscriptions.end(world, subscription, "cancellation_requested")
        return
    if subscription["status"] == "trialing" and not _ends_trial(world, subscription):
        return
    latest = subscription["latest_invoice"]
    before = {"latest_invoice": latest} | subscriptions.advance_period(world, subscription)
    if subscription["status"] == "trialing":
        before["status"] = "trialing"
        subscription["status"] = "active"
    bill(world, subscription, "subscription_cycle", before)


def bill(world: World, subscription: Obj, reason: str, before: Obj | None = None) -> Obj:
    """Draw up the present period's invoice and drive it on.

    `before` is what to tell of the subscription once the invoice is drawn up.
    """
    invoice = invoices.draw_up(world, subscription, reason)
    if before:
        world.emit("customer.subscription.updated", subscription, before)
    drive(world, subscription, invoice)
    return invoice


def drive(world: World, subscription: Obj, invoice: Obj, *, on_session: bool = False) -> None:
    """Finalise a subscription's invoice and collect it, unless collection is paused."""
    pause = subscription["pause_collection"]
    if subscription["status"] == "unpaid" or (pause and pause["behavior"] == "keep_as_draft"):
        invoice["auto_advance"] = False
    elif pause and pause["behavior"] == "void":
        invoices.void(world, invoice)
    elif pause:
        invoices.finalize(world, invoice)
        if invoice["status"] == "open":
            invoices.mark_uncollectible(world, invoice, "subscription_paused")
    elif invoice["billing_reason"] == "subscription_cycle":
        _advance_in_time(world, invoice)
    else:
        collecting.advance(world, invoice, on_session=on_session)


def finalize_draft(world: World, due: Due) -> None:
    """The hour in which a draft can be changed is over."""
    invoice = world.store.find("invoice", due.target)
    if invoice and invoice["status"] == "draft" and invoice["auto_advance"]:
        collecting.advance(world, invoice)


def resume(world: World, due: Due) -> None:
    """A pause of collection with an end has ended."""
    subscription = world.store.find("subscription", due.target)
    pause = subscription["pause_collection"] if subscription else None
    if subscription and pause and pause["resumes_at"] == due.at:
        subscription["pause_collection"] = None
        world.emit("customer.subscription.updated", subscription, {"pause_collection": pause})


def announce(world: World, due: Due) -> None:
    """Tell some days ahead that a renewal will be billed, if it still will be then."""
    subscription = world.store.find("subscription", due.target)
    if subscription is None or subscription["status"] in _RESTING:
        return
    end = subscriptions.period_end(subscription)
    days = account_settings.settings(world)["upcoming"]["days"]
    if end - due.at != days * DAY or _is_to_end(subscription, end):
        return
    preview = previews.of_renewal(world, subscription)
    del preview["id"]  # docs: the object of this event has none
    world.emit("invoice.upcoming", preview)


def end(world: World, due: Due) -> None:
    """The time of a planned end has come, within a period."""
    subscription = world.store.find("subscription", due.target)
    if subscription is None or subscription["status"] in subscriptions.ENDED:
        return
    if subscription["cancel_at"] == due.at:
        subscriptions.end(world, subscription, "cancellation_requested")


def _is_to_end(subscription: Obj, at: int) -> bool:
    planned: Any = subscription["cancel_at"]
    return bool(subscription["cancel_at_period_end"] or (planned and planned <= at))


def _ends_trial(world: World, subscription: Obj) -> bool:
    """Whether a trial that is over is followed by a paid period."""
    then = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    if then == "create_invoice" or _has_method(world, subscription):
        return True
    if then == "cancel":
        subscriptions.end(world, subscription, "cancellation_requested")
    else:
        subscription_standing.suspend(world, subscription, "trial_end_without_payment_method")
    return False


def _has_method(world: World, subscription: Obj) -> bool:
    customer = world.store.get("customer", subscription["customer"])
    settings = customer["invoice_settings"] or {}
    return bool(subscription["default_payment_method"] or settings.get("default_payment_method"))


def _advance_in_time(world: World, invoice: Obj) -> None:
    """A renewal's draft may be changed for a while, if the sandbox was told to wait."""
    wait = int(getattr(world.faults, "finalize_after_seconds", 0))
    if not wait:
        collecting.advance(world, invoice)
        return
    invoice["automatically_finalizes_at"] = world.clock.now() + wait
    world.timeline.expect(invoice["automatically_finalizes_at"], "invoice.finalize", invoice["id"])
