"""How a subscription stands: what becomes of it when its invoices are paid or given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.objects.billing import subscriptions

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


def of_invoice(world: World, invoice: Obj) -> Obj | None:
    """The subscription an invoice belongs to, if to any."""
    return world.store.find("subscription", invoice.get("_subscription"))


def after_payment(world: World, invoice: Obj) -> None:
    """An invoice was paid: the latest one decides how its subscription stands."""
    subscription = of_invoice(world, invoice)
    if subscription is None or subscription["status"] in (*subscriptions.ENDED, "trialing"):
        return
    if _is_resuming(subscription, invoice):
        reinstate(world, subscription)
    elif subscription["status"] != "paused" and subscription["latest_invoice"] == invoice["id"]:
        _keep_method(subscription, world, invoice)
        subscriptions.set_status(world, subscription, "active")


def after_write_off(world: World, invoice: Obj) -> None:
    """An invoice was voided or marked uncollectible: nothing is owed on it any more."""
    subscription = of_invoice(world, invoice)
    if subscription is None:
        return
    void, status = invoice["status"] == "void", subscription["status"]
    latest = subscription["latest_invoice"] == invoice["id"]
    resuming = _is_resuming(subscription, invoice)
    if status == "incomplete" and void:
        expire(world, subscription)
    elif resuming and void:
        subscription["_resuming"] = None
    elif resuming:
        reinstate(world, subscription)
    elif latest and status in ("incomplete", "past_due", "unpaid"):
        subscriptions.set_status(world, subscription, "active")


def expire(world: World, subscription: Obj) -> None:
    """The first invoice was never paid: the subscription is over before it began."""
    subscription |= {"status": "incomplete_expired", "ended_at": world.clock.now()}
    world.emit("customer.subscription.updated", subscription, {"status": "incomplete"})


def suspend(world: World, subscription: Obj, why: str) -> None:
    """Pause: no invoices and no new periods until it is resumed."""
    before = {"status": subscription["status"], "status_details": subscription["status_details"]}
    subscription["status"] = "paused"
    subscription["status_details"] = {
        "paused": {
            "type": "subscription",
            "transitioned_at": world.clock.now(),
            "subscription": {"type": why},
        }
    }
    world.emit("customer.subscription.updated", subscription, before)
    world.emit("customer.subscription.paused", subscription)


def reinstate(world: World, subscription: Obj, status: str = "active") -> None:
    """The pause is over: the period the resumption asked for begins, or the old one goes on."""
    plan = subscription.pop("_resuming", None) or {}
    before = {"status": "paused", "status_details": subscription["status_details"]}
    subscription |= {"status": status, "status_details": None}
    if plan.get("end"):
        before |= subscriptions.items_before(subscription)
        before["billing_cycle_anchor"] = subscription["billing_cycle_anchor"]
        subscription |= {"billing_cycle_anchor": plan["anchor"], "_periods": plan["periods"]}
        subscription["_share"] = plan["share"]
        subscriptions.set_period(world, subscription, plan["start"], plan["end"])
    else:
        subscriptions.await_renewal(world, subscription)
    world.emit("customer.subscription.updated", subscription, before)
    world.emit("customer.subscription.resumed", subscription)


def _is_resuming(subscription: Obj, invoice: Obj) -> bool:
    plan = subscription.get("_resuming") or {}
    return bool(subscription["status"] == "paused" and plan.get("invoice") == invoice["id"])


def _keep_method(subscription: Obj, world: World, invoice: Obj) -> None:
    """`save_default_payment_method: on_subscription` keeps what the invoice was paid with."""
    settings = subscription["payment_settings"] or {}
    if settings.get("save_default_payment_method") != "on_subscription":
        return
    tie = world.store.find("invoice_payment", invoice.get("_link"))
    intent = world.store.find("payment_intent", tie["payment"]["payment_intent"]) if tie else None
    if intent and intent["payment_method"] and intent["status"] == "succeeded":
        subscription["default_payment_method"] = intent["payment_method"]
