"""Collecting an invoice: one try with the method on file, its outcome, the tries after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.objects.billing import (
    dunning,
    invoices,
    subscription_standing,
    subscriptions,
)
from donations.sandbox.objects.payments import challenges, charges, payments

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World


def advance(world: World, invoice: Obj, *, on_session: bool = False) -> None:
    """Finalise a draft and drive it on: charge it, or send it to be paid by its due date."""
    if invoice["status"] == "draft":
        invoices.finalize(world, invoice)
    if invoice["status"] != "open":
        subscription_standing.after_payment(world, invoice)
    elif invoice["collection_method"] == "send_invoice":
        world.timeline.expect(invoice["due_date"], "invoice.due", invoice["id"])
        world.emit("invoice.sent", invoice)
    else:
        invoices.intent_of(world, invoice)
        collect(world, invoice, on_session=on_session)


def retry(world: World, due: Due) -> None:
    """Try an open invoice again, if it still waits for this attempt.

    A method that was hopeless is not charged again, but the schedule runs on.
    """
    invoice = world.store.find("invoice", due.target)
    if not invoice or invoice["status"] != "open" or invoice["next_payment_attempt"] != due.at:
        return
    subscription = subscription_standing.of_invoice(world, invoice)
    if dunning.is_hopeless(invoice, method_on_file(world, invoice, subscription)):
        invoice["attempt_count"] += 1
        again = dunning.plan_next(world, invoice)
        world.emit("invoice.updated", invoice, _attempts(invoice, due.at))
        if not again and subscription:
            dunning.fall_behind(world, subscription, invoice, again=False)
        return
    collect(world, invoice)


def collect(
    world: World,
    invoice: Obj,
    method: Obj | None = None,
    *,
    manual: bool = False,
    on_session: bool = False,
) -> str:
    """Try to take an open invoice's money with `method` or the one on file.

    A `manual` try after the first leaves the schedule of retries alone.  `on_session` says that
    the reader can be asked to authenticate.  Returns `paid`, `processing`, `action` or `failed`.
    """
    subscription = subscription_standing.of_invoice(world, invoice)
    method = method or method_on_file(world, invoice, subscription)
    counted = not (manual and invoice["attempted"])
    invoice["attempted"] = True
    invoice["attempt_count"] += counted
    if method is None:
        _failed(world, invoice, counted=counted)
        return "failed"
    intent = invoices.intent_of(world, invoice)
    # A card that wants its owner's word asks for it also when nobody is there.
    present = on_session or challenges.wanted(intent, method, present=False)
    status = payments.confirm(world, intent, method, present=present)
    if status == "succeeded":
        paid(world, invoice, intent)
        return "paid"
    if status == "processing":
        if subscription and subscription["status"] == "incomplete":
            subscriptions.set_status(world, subscription, "active")
        return "processing"
    dunning.note_decline(invoice, intent, method)
    if invoice["_hard"] and _wants_reader(intent):
        world.emit("invoice.payment_action_required", invoice)
    _failed(world, invoice, counted=counted)
    return "action" if status == "requires_action" else "failed"


def paid(world: World, invoice: Obj, intent: Obj) -> None:
    """The intent of an invoice has succeeded: invoice, subscription and books follow."""
    invoices.mark_paid(world, invoice)
    subscription_standing.after_payment(world, invoice)
    charges.tell_booked(world, world.store.get("charge", intent["latest_charge"]))


def intent_succeeded(world: World, intent: Obj) -> None:
    """A payment intent was paid by its reader: so is the invoice it belongs to, if to any."""
    invoice = world.store.find("invoice", intent.get("_invoice"))
    if invoice and invoice["status"] in ("open", "uncollectible"):
        invoices.mark_paid(world, invoice)
        subscription_standing.after_payment(world, invoice)


def settle(world: World, intent: Obj, *, succeeded: bool) -> None:
    """The bank has decided about a delayed payment; its invoice, if any, follows."""
    charge = payments.settle(world, intent, succeeded=succeeded)
    invoice = world.store.find("invoice", intent.get("_invoice"))
    if invoice and succeeded:
        invoices.mark_paid(world, invoice)
        subscription_standing.after_payment(world, invoice)
    elif invoice:
        invoice["attempt_count"] = max(1, invoice["attempt_count"])
        _failed(world, invoice, counted=True)
    if succeeded:
        charges.tell_booked(world, charge)


def overdue(world: World, due: Due) -> None:
    """An invoice that was sent is not paid by its due date."""
    invoice = world.store.find("invoice", due.target)
    if invoice is None or invoice["status"] != "open" or invoice["due_date"] != due.at:
        return
    world.emit("invoice.overdue", invoice)
    subscription = subscription_standing.of_invoice(world, invoice)
    if subscription and subscription["status"] == "active":
        subscriptions.set_status(world, subscription, "past_due")


def method_on_file(world: World, invoice: Obj, subscription: Obj | None) -> Obj | None:
    """What an invoice is charged to: its own method, the subscription's, the customer's."""
    customer = world.store.get("customer", invoice["customer"])
    chosen = (
        invoice["default_payment_method"]
        or (subscription and subscription["default_payment_method"])
        or (customer["invoice_settings"] or {}).get("default_payment_method")
    )
    method = world.store.find("payment_method", chosen)
    return method if method and method["customer"] == customer["id"] else None


def _failed(world: World, invoice: Obj, *, counted: bool) -> None:
    """Say so, plan the next try, and move the subscription on."""
    subscription = subscription_standing.of_invoice(world, invoice)
    planned = invoice["next_payment_attempt"]
    again = not counted or (_is_retried(subscription) and dunning.plan_next(world, invoice))
    world.emit("invoice.payment_failed", invoice)
    world.emit("invoice.updated", invoice, _attempts(invoice, planned) if counted else None)
    if subscription is None or not counted or subscription["status"] in subscriptions.ENDED:
        return
    if subscription["status"] == "paused":
        _not_resumed(world, subscription, invoice, again=again)
    elif subscription["status"] != "incomplete":
        dunning.fall_behind(world, subscription, invoice, again=again)


def _is_retried(subscription: Obj | None) -> bool:
    """The first invoice is not, nor one that a mere attempt was to resume a subscription with."""
    if subscription is None:
        return True
    if subscription["status"] == "paused":
        return bool((subscription.get("_resuming") or {}).get("on_success"))
    return bool(subscription["status"] != "incomplete")


def _attempts(invoice: Obj, planned: int | None) -> Obj:
    return {"attempt_count": invoice["attempt_count"] - 1, "next_payment_attempt": planned}


def _wants_reader(intent: Obj) -> bool:
    error = intent["last_payment_error"] or {}
    return bool(
        intent["status"] == "requires_action" or error.get("code") == "authentication_required"
    )


def _not_resumed(world: World, subscription: Obj, invoice: Obj, *, again: bool) -> None:
    """The payment a resumption waited for has failed."""
    plan = subscription.get("_resuming") or {}
    if plan.get("invoice") != invoice["id"]:
        return
    if not plan["on_success"]:
        subscription_standing.reinstate(world, subscription, "past_due")
    elif not again:
        invoices.void(world, invoice)
        subscription["_resuming"] = None
