"""Subscriptions made through the API: checked, begun, their first invoice collected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from donations.sandbox.objects import customers
from donations.sandbox.objects.billing import (
    collecting,
    dunning,
    invoice_items,
    invoices,
    planned_ends,
    renewals,
    subscription_changes,
    subscription_items,
    subscription_standing,
    subscriptions,
    trials,
)
from donations.sandbox.objects.billing.periods import share
from donations.sandbox.objects.payments import payments
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World

EXPIRES_AFTER_SECONDS: Final = 23 * 3600


def create(world: World, given: Obj) -> Obj:
    """Begin the subscription `given` asks for, and collect its first invoice as told."""
    customer = _customer(world, given)
    _check(world, given)
    wanted = given.get("items") or []
    sold = [_sold(world, each, f"items[{place}]") for place, each in enumerate(wanted)]
    _check_items(given, sold)
    if given.get("default_payment_method"):
        subscription_changes.must_belong(world, given["default_payment_method"], customer["id"])
    _must_be_payable(customer, given, sold)
    notes = [each.get("metadata") or {} for each in wanted]
    behavior = given.get("payment_behavior", "allow_incomplete")
    strict = behavior == "error_if_incomplete"
    intent = _paid_first(world, customer, given, sold) if strict else None
    subscription = subscriptions.open_one(world, customer, sold, given, notes)
    planned_ends.change(world, subscription, given)
    invoice = invoices.draw_up(world, subscription, "subscription_create")
    if intent:
        _settle_with(world, subscription, invoice, intent)
    else:
        _open(world, subscription, invoice, given)
    return subscription


def expire(world: World, due: Due) -> None:
    """The first invoice is unpaid after 23 hours: it is void, and the subscription over."""
    subscription = world.store.find("subscription", due.target)
    if subscription is None or subscription["status"] != "incomplete":
        return
    invoice = world.store.find("invoice", subscription["latest_invoice"])
    if invoice and invoice["status"] in ("draft", "open"):
        invoices.void(world, invoice)
    subscription_standing.expire(world, subscription)


def _open(world: World, subscription: Obj, invoice: Obj, given: Obj) -> None:
    """Finalise the first invoice, and collect it unless the caller wants to do that."""
    sent = subscription["collection_method"] == "send_invoice"
    if sent and subscription["status"] == "incomplete":
        subscriptions.set_status(world, subscription, "active")
    if given.get("payment_behavior") == "default_incomplete" and not sent:
        invoices.finalize(world, invoice)
        if invoice["status"] == "open":
            invoices.intent_of(world, invoice)
        else:
            subscription_standing.after_payment(world, invoice)
    else:
        renewals.drive(world, subscription, invoice, on_session=not given.get("off_session"))
    if subscription["status"] == "incomplete":
        expires = world.clock.now() + EXPIRES_AFTER_SECONDS
        world.timeline.expect(expires, "subscription.expire", subscription["id"])


def _settle_with(world: World, subscription: Obj, invoice: Obj, intent: Obj) -> None:
    """The first invoice is paid by an intent that was there before it."""
    invoices.finalize(world, invoice)
    invoices.link(world, invoice, intent)
    invoice |= {"attempted": True, "attempt_count": 1}
    if intent["status"] == "succeeded":
        collecting.paid(world, invoice, intent)
    else:
        subscriptions.set_status(world, subscription, "active")


def _customer(world: World, given: Obj) -> Obj:
    if not given.get("customer"):
        raise Refusal(
            "Missing required param: customer.", code="parameter_missing", param="customer"
        )
    return customers.live(world, given["customer"], "customer")


def _check(world: World, given: Obj) -> None:
    if given.get("payment_behavior") == "pending_if_incomplete":
        raise Refusal(
            "`payment_behavior=pending_if_incomplete` is for updates.", param="payment_behavior"
        )
    check_collection(given)
    planned_ends.check(world, None, given)
    if (given.get("billing_mode") or {}).get("type") == "classic":
        raise Refusal(
            "The sandbox has `billing_mode[type]=flexible` only.", param="billing_mode[type]"
        )


def _must_be_payable(customer: Obj, given: Obj, sold: list[tuple[Obj, int]]) -> None:
    """Raise `Refusal` where something is to be charged now and there is nothing to charge."""
    later = given.get("trial_end") or given.get("trial_period_days")
    asked = given.get("payment_behavior") == "default_incomplete"
    sent = given.get("collection_method") == "send_invoice"
    free = not any(price["unit_amount"] for price, _ in sold)
    if later or asked or sent or free or given.get("default_payment_method"):
        return
    if not (customer["invoice_settings"] or {}).get("default_payment_method"):
        raise Refusal(
            "This customer has no attached payment source or default payment method. Please "
            "consider adding a default payment method. For more information, visit "
            "https://stripe.com/docs/billing/subscriptions/payment-methods-setting"
            "#payment-method-priority.",
            code="resource_missing",
        )


def check_collection(given: Obj) -> None:
    """Raise `Refusal` unless collection method and days until due go together."""
    days, method = given.get("days_until_due"), given.get("collection_method")
    if method == "send_invoice" and days is None:
        raise Refusal(
            "Missing required param: days_until_due.",
            code="parameter_missing",
            param="days_until_due",
        )
    if method != "send_invoice" and days is not None:
        raise Refusal(
            "You can only set `days_until_due` if `collection_method` is `send_invoice`.",
            param="days_until_due",
        )


def _sold(world: World, given: Obj, param: str) -> tuple[Obj, int]:
    price = subscription_items.price_of(world, given, param)
    if price is None:
        raise Refusal("You must provide one of `price` or `price_data` for each item.", param=param)
    return price, subscription_items.quantity_of(given, param, 1)


def _check_items(given: Obj, sold: list[tuple[Obj, int]]) -> None:
    if not sold:
        raise Refusal("Missing required param: items.", code="parameter_missing", param="items")
    if len(sold) > subscription_items.MOST:
        raise Refusal("You may have at most 20 items to a subscription.", param="items")
    first: dict[str, Any] = sold[0][0]
    currency = (given.get("currency") or first["currency"]).lower()
    for place, (price, _) in enumerate(sold):
        param = f"items[{place}][price]"
        subscription_items.must_suit(price, currency, first["recurring"], param)
    if len({price["id"] for price, _ in sold}) < len(sold):
        raise Refusal("Cannot add multiple subscription items with the same plan.", param="items")


def _paid_first(world: World, customer: Obj, given: Obj, sold: list[tuple[Obj, int]]) -> Obj | None:
    """An intent that has taken the first period's money, so that a decline leaves nothing: 402."""
    part, whole = trials.opening(world, given, sold[0][0]["recurring"]).share or (1, 1)
    amount = sum(share(price["unit_amount"] * many, part, whole) for price, many in sold)
    currency = sold[0][0]["currency"]
    if customer["balance"] or invoice_items.pending(world, customer["id"], None, currency):
        raise Refusal(
            "The sandbox takes `payment_behavior=error_if_incomplete` only for customers without a "
            "balance or pending invoice items.",
            param="payment_behavior",
        )
    if not amount or given.get("collection_method") == "send_invoice":
        return None
    from_customer = (customer["invoice_settings"] or {}).get("default_payment_method")
    chosen = given.get("default_payment_method") or from_customer
    method = world.store.find("payment_method", chosen)
    if method is None:
        raise Refusal(
            "This customer has no attached payment source or default payment method. Please "
            "consider adding a default payment method.",
            code="resource_missing",
        )
    says = "Subscription creation"
    told = {"customer": customer["id"], "description": says}
    intent = payments.open_intent(world, amount, currency, **told)
    if payments.confirm(world, intent, method, present=False) == "requires_payment_method":
        raise dunning.declined(intent)
    return intent
