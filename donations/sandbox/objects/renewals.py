"""Collecting: renewals when they fall due, retries when the card fails, the end of patience."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects import books, charges, invoices, payments, subscriptions

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World

RETRY_AFTER_DAYS: Final = (3, 5, 7)
BANK_DECIDES_AFTER_DAYS: Final = 5


def renew(world: World, due: Due) -> None:
    """A period has ended: end the subscription if that was asked, else bill the next one."""
    subscription = world.store.find("subscription", due.target)
    if subscription is None or subscription["status"] in subscriptions.ENDED:
        return
    if subscription["items"]["data"][0]["current_period_end"] != due.at:
        return  # the period was moved in the meantime
    if subscription["cancel_at_period_end"]:
        subscriptions.end(world, subscription, "cancellation_requested")
        return
    subscriptions.advance_period(world, subscription)
    bill(world, subscription, "subscription_cycle")


def bill(world: World, subscription: Obj, reason: str) -> Obj:
    """Draw up the present period's invoice, and collect it unless collection is paused."""
    invoice = invoices.draw_up(world, subscription, reason)
    pause = subscription["pause_collection"]
    if pause is None:
        invoices.finalize(world, invoice)
        collect(world, invoice)
    elif pause["behavior"] == "void":
        invoices.void(world, invoice)
    elif pause["behavior"] == "mark_uncollectible":
        invoices.finalize(world, invoice)
        invoice["status"] = "uncollectible"
        invoice["status_transitions"]["marked_uncollectible_at"] = world.clock.now()
        world.emit("invoice.marked_uncollectible", invoice)
    else:
        invoice["auto_advance"] = False
    return invoice


def resume(world: World, due: Due) -> None:
    """A pause with an end has ended."""
    subscription = world.store.find("subscription", due.target)
    pause = subscription["pause_collection"] if subscription else None
    if subscription and pause and pause["resumes_at"] == due.at:
        subscription["pause_collection"] = None
        world.emit("customer.subscription.updated", subscription, {"pause_collection": pause})


def retry(world: World, due: Due) -> None:
    """Try an open invoice again, if it still waits for this attempt."""
    invoice = world.store.find("invoice", due.target)
    if invoice and invoice["status"] == "open" and invoice["next_payment_attempt"] == due.at:
        collect(world, invoice)


def collect(world: World, invoice: Obj, method: Obj | None = None) -> str:
    """Try to take an open invoice's money with `method` or the one on file.

    Returns `paid`, `processing` or `failed`.
    """
    subscription = _subscription_of(world, invoice)
    method = method or _method_on_file(world, subscription)
    invoice["attempted"] = True
    invoice["attempt_count"] += 1
    if method is None:
        _failed(world, invoice, subscription)
        return "failed"
    intent = invoices.intent_of(world, invoice)
    status = payments.confirm(world, intent, method, present=False)
    if status == "succeeded":
        _paid(world, invoice, subscription, intent)
        return "paid"
    if status == "processing":
        decided = world.clock.now() + BANK_DECIDES_AFTER_DAYS * books.DAY
        world.timeline.expect(decided, "payment.settle", intent["id"])
        return "processing"
    if (intent["last_payment_error"] or {}).get("code") == "authentication_required":
        world.emit("invoice.payment_action_required", invoice)
    _failed(world, invoice, subscription)
    return "failed"


def bank_decides(world: World, due: Due) -> None:
    """A renewal by bank debit succeeds, if nobody decided about it before."""
    intent = world.store.find("payment_intent", due.target)
    if intent and intent["status"] == "processing":
        settle(world, intent, succeeded=True)


def settle(world: World, intent: Obj, *, succeeded: bool) -> None:
    """The bank has decided about a delayed payment; its invoice, if any, follows."""
    charge = payments.settle(world, intent, succeeded=succeeded)
    invoice = world.store.find("invoice", intent.get("_invoice"))
    if invoice:
        subscription = _subscription_of(world, invoice)
        if succeeded:
            invoices.mark_paid(world, invoice)
            subscriptions.set_status(world, subscription, "active")
        else:
            invoice["attempt_count"] = max(1, invoice["attempt_count"])
            _failed(world, invoice, subscription)
    if succeeded:
        charges.tell_booked(world, charge)


def _paid(world: World, invoice: Obj, subscription: Obj, intent: Obj) -> None:
    invoices.mark_paid(world, invoice)
    subscriptions.set_status(world, subscription, "active")
    charges.tell_booked(world, world.store.get("charge", intent["latest_charge"]))


def _failed(world: World, invoice: Obj, subscription: Obj) -> None:
    """Say so and plan the next attempt; after the last one the subscription ends."""
    tried = invoice["attempt_count"]
    again = tried <= len(RETRY_AFTER_DAYS)
    following = world.clock.now() + RETRY_AFTER_DAYS[tried - 1] * books.DAY if again else None
    invoice["next_payment_attempt"] = following
    if following:
        world.timeline.expect(following, "invoice.retry", invoice["id"])
    world.emit("invoice.payment_failed", invoice)
    world.emit("invoice.updated", invoice)
    if subscription["status"] in subscriptions.ENDED:
        return
    if again:
        subscriptions.set_status(world, subscription, "past_due")
    else:
        subscriptions.end(world, subscription, "payment_failed")


def _subscription_of(world: World, invoice: Obj) -> Obj:
    return world.store.get(
        "subscription", invoice["parent"]["subscription_details"]["subscription"]
    )


def _method_on_file(world: World, subscription: Obj) -> Obj | None:
    customer = world.store.get("customer", subscription["customer"])
    settings = customer["invoice_settings"] or {}
    chosen = subscription["default_payment_method"] or settings.get("default_payment_method")
    return world.store.find("payment_method", chosen)
