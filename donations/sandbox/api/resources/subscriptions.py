"""Subscriptions: made, changed, paused, ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from donations.sandbox.api.listing import page, within
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects.billing import (
    planned_ends,
    subscription_changes,
    subscription_pausing,
    subscription_starting,
    subscriptions,
)

if TYPE_CHECKING:
    from donations.sandbox import Obj

NO_PAYMENT_SETTINGS: Final = (
    "payment_settings.payment_method_options",
    "payment_settings.payment_method_types",
)
_NEITHER: Final = (
    "add_invoice_items",
    "application_fee_percent",
    "automatic_tax",
    "billing_schedules",
    "billing_thresholds",
    "cancellation_details.feedback_option",
    "default_source",
    "default_tax_rates",
    "discounts",
    "invoice_settings",
    "items.billing_thresholds",
    "items.clear_usage",
    "items.current_trial",
    "items.discounts",
    "items.plan",
    "items.price_data.tax_behavior",
    "items.tax_rates",
    "on_behalf_of",
    *NO_PAYMENT_SETTINGS,
    "pending_invoice_item_interval",
    "transfer_data",
    "trial_from_plan",
)


@operation(
    "POST",
    "/v1/subscriptions",
    "SubscriptionCreateParams",
    without=(
        *_NEITHER,
        "backdate_start_date",
        "billing_cycle_anchor_config",
        "billing_mode.flexible",
        "customer_account",
        "trial_settings.end_behavior.billing_cycle_anchor",
    ),
)
def create(call: Call) -> Obj:
    """Begin a subscription."""
    return subscription_starting.create(call.world, call.params)


@operation(
    "GET",
    "/v1/subscriptions",
    "SubscriptionListParams",
    without=("automatic_tax", "customer_account", "plan"),
)
def list_subscriptions(call: Call) -> Obj:
    """Subscriptions, the newest first; without a status those that are not canceled."""
    given, store = call.params, call.world.store
    customer = given.get("customer")
    every = (
        store.owned("subscription", "customer", customer) if customer else store.all("subscription")
    )
    return page(call, [each for each in every if _suits(each, given)], "subscription")


@operation("GET", "/v1/subscriptions/<id>", "SubscriptionRetrieveParams")
def retrieve(call: Call) -> Obj:
    """One subscription."""
    return call.world.store.get("subscription", call.id)


@operation(
    "POST",
    "/v1/subscriptions/<id>",
    "SubscriptionUpdateParams",
    without=(*_NEITHER, "collection_method", "days_until_due", "trial_settings"),
)
def update(call: Call) -> Obj:
    """Change a subscription, and bill what that costs."""
    subscription = call.world.store.get("subscription", call.id)
    return subscription_changes.change(call.world, subscription, call.params)


@operation(
    "DELETE",
    "/v1/subscriptions/<id>",
    "SubscriptionCancelParams",
    without=("cancellation_details.feedback_option",),
)
def cancel(call: Call) -> Obj:
    """End a subscription now."""
    subscription = call.world.store.get("subscription", call.id)
    return planned_ends.cancel(call.world, subscription, call.params)


@operation(
    "POST",
    "/v1/subscriptions/<id>/pause",
    "SubscriptionPauseParams",
    without=("bill_for.outstanding_usage_through",),
)
def pause(call: Call) -> Obj:
    """Stop invoices and periods until it is resumed."""
    subscription = call.world.store.get("subscription", call.id)
    return subscription_pausing.pause(call.world, subscription, call.params)


@operation("POST", "/v1/subscriptions/<id>/resume", "SubscriptionResumeParams")
def resume(call: Call) -> Obj:
    """Go on with a paused subscription."""
    subscription = call.world.store.get("subscription", call.id)
    return subscription_pausing.resume(call.world, subscription, call.params)


def _suits(subscription: Obj, given: Obj) -> bool:
    if not _is(subscription, given.get("status")):
        return False
    if (
        "collection_method" in given
        and subscription["collection_method"] != given["collection_method"]
    ):
        return False
    clock = subscription["test_clock"]
    if ("test_clock" in given or "customer" not in given) and clock != given.get("test_clock"):
        return False  # those of a test clock are listed by it or by their customer
    items = subscription["items"]["data"]
    if "price" in given and given["price"] not in [item["price"]["id"] for item in items]:
        return False
    times = {"created": subscription["created"]}
    times |= {name: items[0][name] for name in ("current_period_start", "current_period_end")}
    return all(within(moment, given[name]) for name, moment in times.items() if name in given)


def _is(subscription: Obj, status: Any) -> bool:  # noqa: ANN401 - as the parameter has it
    if status == "all":
        return True
    if status == "ended":
        return subscription["status"] in subscriptions.ENDED
    return bool(
        subscription["status"] == status if status else subscription["status"] != "canceled"
    )
