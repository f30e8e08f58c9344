"""What a reader does in the portal, through the same doors as the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects import customers
from donations.sandbox.objects.billing import (
    planned_ends,
    subscription_changes,
    subscription_pausing,
    subscriptions,
)
from donations.sandbox.objects.billing.periods import boundary
from donations.sandbox.objects.methods import payment_methods
from donations.sandbox.objects.portal import portal_flows, portal_products
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.timeline import Due
    from donations.sandbox.world import World

RESUME: Final = "portal.resume"
NOT_CANCELABLE_TWICE: Final = "This subscription is already set to be canceled."


def cancel(world: World, subscription: Obj, configuration: Obj, told: Obj) -> None:
    """End the subscription at once or with its period, as the configuration has it.

    `told` are the `cancellation_details` the reader gave.  A flexible subscription gets
    `cancel_at`, not `cancel_at_period_end`: an application has to look at both.
    Source: docs.stripe.com/billing/subscriptions/billing-mode/compare.
    """
    if portal_flows.ends_at(subscription) is not None:
        raise Refusal(NOT_CANCELABLE_TWICE)
    details = {"cancellation_details": told} if told else {}
    feature = configuration["features"]["subscription_cancel"]
    if feature["mode"] == "immediately":
        prorate = feature["proration_behavior"] == "create_prorations"
        planned_ends.cancel(world, subscription, {"prorate": prorate} | details)
        return
    end = max(item["current_period_end"] for item in subscription["items"]["data"])
    subscription_changes.change(
        world, subscription, {"cancel_at": end, "proration_behavior": "none"} | details
    )


def keep(world: World, subscription: Obj) -> None:
    """The reader does not want it to end after all."""
    by_api = subscription["cancel_at_period_end"]
    undone: Obj = {"cancel_at_period_end": False} if by_api else {"cancel_at": ""}
    subscription_changes.change(world, subscription, undone)


def pause(world: World, subscription: Obj, configuration: Obj, option: int) -> None:
    """Pause for the configuration's interval number `option`, or until the reader resumes."""
    duration = configuration["features"]["subscription_pause"]["duration"]
    subscription_pausing.pause(world, subscription, {})
    subscription["_portal_resumes_at"] = None
    if duration["type"] == "interval_options":
        interval = duration["interval_options"][option]
        until = boundary(world.clock.now(), interval, 1)
        subscription["_portal_resumes_at"] = until
        world.timeline.expect(until, RESUME, subscription["id"])


def resume(world: World, subscription: Obj) -> None:
    """Begin again now; where that costs something, once it is paid."""
    subscription["_portal_resumes_at"] = None
    paying = {"payment_behavior": "resume_on_payment_success"}
    subscription_pausing.resume(world, subscription, paying)


def is_resuming(subscription: Obj) -> bool:
    """Whether it begins again as soon as its invoice is paid."""
    return subscription["status"] == "paused" and bool(subscription.get("_resuming"))


def resume_as_chosen(world: World, due: Due) -> None:
    """The pause was chosen to end now, and the reader did not end it before."""
    subscription = world.store.find("subscription", due.target)
    if (
        subscription
        and subscription["status"] == "paused"
        and not is_resuming(subscription)
        and subscription.get("_portal_resumes_at") == due.at
    ):
        resume(world, subscription)


def change_plan(
    world: World, subscription: Obj, configuration: Obj, price: Obj, quantity: int
) -> None:
    """Take another price of the catalogue.  Raises `Refusal` for one that is not offered."""
    offered = portal_products.choices(world, configuration, subscription)
    item = subscription["items"]["data"][0]
    if price not in offered:
        raise Refusal("This price is not offered.")
    if (price["id"], quantity) == (item["price"]["id"], item["quantity"]):
        raise Refusal("Cannot update the subscription because there are no changes to confirm.")
    feature = configuration["features"]["subscription_update"]
    wanted: Obj = {
        "items": [{"id": item["id"], "price": price["id"], "quantity": quantity}],
        "proration_behavior": feature["proration_behavior"],
    }
    if feature["billing_cycle_anchor"] == "now":
        wanted["billing_cycle_anchor"] = {"type": "now"}
    subscription_changes.change(world, subscription, wanted)


def use_method(world: World, customer: Obj, method: Obj, payers: list[Obj]) -> None:
    """Pay with `method` from now on: the customer's invoices and the subscriptions `payers`."""
    make_default(world, customer, method)
    for subscription in payers:
        pay_with(world, subscription, method)


def pay_with(world: World, subscription: Obj, method: Obj) -> None:
    """The subscription's invoices are paid with `method`."""
    subscription_changes.change(world, subscription, {"default_payment_method": method["id"]})


def make_default(world: World, customer: Obj, method: Obj) -> None:
    """The customer's invoices are paid with `method`, where a subscription has none of its own."""
    if customer["invoice_settings"]["default_payment_method"] != method["id"]:
        settings = {"default_payment_method": method["id"]}
        customers.change(world, customer, {"invoice_settings": settings})


def is_needed(world: World, customer: Obj, method: Obj) -> bool:
    """Whether a living subscription is paid with `method`, which therefore has to stay."""
    default = customer["invoice_settings"]["default_payment_method"]
    return any(
        (each["default_payment_method"] or default) == method["id"]
        for each in living(world, customer)
    )


def remove_method(world: World, customer: Obj, method: Obj) -> None:
    """Forget a payment method.  Raises `Refusal` for one a subscription is paid with."""
    if is_needed(world, customer, method):
        raise Refusal("A subscription is paid with this payment method: choose another one first.")
    if customer["invoice_settings"]["default_payment_method"] == method["id"]:
        customers.change(world, customer, {"invoice_settings": {"default_payment_method": ""}})
    payment_methods.detach(world, method)


def living(world: World, customer: Obj) -> list[Obj]:
    """The customer's subscriptions that have not ended, the newest first."""
    mine = world.store.owned("subscription", "customer", customer["id"])
    return [each for each in mine if each["status"] not in subscriptions.ENDED]
