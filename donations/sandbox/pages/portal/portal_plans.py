"""The portal's change of plan: chosen from the catalogue, confirmed on a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, redirect, request

from donations.sandbox.objects.portal import portal_changes, portal_products
from donations.sandbox.pages.portal import portal_subscriptions
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from donations.sandbox import Obj
    from donations.sandbox.pages.portal.portal_visit import Door, Visit


def add_pages(page: Door) -> None:
    """The pages `/subscriptions/<identifier>/update` and `…/update/confirm`."""

    @page("GET", "/subscriptions/<identifier>/update")
    def portal_plans(visit: Visit, identifier: str) -> Response | tuple[str, int]:
        visit.require("subscription_update")
        subscription = portal_subscriptions.living(visit, identifier)
        offered = portal_products.choices(visit.world, visit.configuration, subscription)
        return visit.page(
            "portal_plans.html",
            **portal_subscriptions.shown(visit, subscription),
            plans=[_plan(visit, price) for price in offered],
        )

    @page("GET POST", "/subscriptions/<identifier>/update/confirm")
    def portal_confirm_plan(visit: Visit, identifier: str) -> Response | tuple[str, int]:
        visit.require("subscription_update")
        subscription = portal_subscriptions.living(visit, identifier)
        price, quantity = _wanted(visit, subscription)
        item = subscription["items"]["data"][0]
        if (price["id"], quantity) == (item["price"]["id"], item["quantity"]) and not visit.flow:
            return redirect(visit.at("subscriptions", identifier, "update"), 303)
        if request.method == "GET":
            return visit.page(
                "portal_confirm.html",
                **portal_subscriptions.shown(visit, subscription),
                wanted=price,
                quantity=quantity,
                plan=_plan(visit, price)["name"],
                at_once=_begins_at_once(visit, item["price"], price),
            )
        portal_changes.change_plan(visit.world, subscription, visit.configuration, price, quantity)
        return visit.done("updated")


def _plan(visit: Visit, price: Obj) -> Obj:
    product = visit.world.store.get("product", price["product"])
    limits = portal_products.quantities(visit.configuration, price)
    return {"price": price, "name": product["name"], "limits": limits}


def _wanted(visit: Visit, subscription: Obj) -> tuple[Obj, int]:
    """The price and quantity to confirm: those of the flow, or those the reader chose."""
    flow = visit.flow
    if flow and flow["type"] == "subscription_update_confirm":
        told = flow["subscription_update_confirm"]["items"][0]
        return visit.world.store.get("price", told["price"]), told["quantity"]
    offered = portal_products.choices(visit.world, visit.configuration, subscription)
    identifier = request.values.get("price", "")
    price = next((each for each in offered if each["id"] == identifier), None)
    if price is None:
        abort(404)
    return price, _quantity(visit, subscription, price)


def _quantity(visit: Visit, subscription: Obj, price: Obj) -> int:
    limits = portal_products.quantities(visit.configuration, price)
    typed = request.values.get(f"quantity_{price['id']}") or request.values.get("quantity", "")
    if limits is None or not typed.isdecimal():
        return int(subscription["items"]["data"][0]["quantity"])
    fewest, most = limits
    quantity = int(typed)
    if quantity < max(1, fewest) or (most is not None and quantity > most):
        raise Refusal("This quantity is not offered.")
    return quantity


def _begins_at_once(visit: Visit, old: Obj, new: Obj) -> bool:
    """Whether the change is billed now: another interval, or an anchor that is moved to now."""
    feature = visit.configuration["features"]["subscription_update"]
    intervals = [
        (each["recurring"]["interval"], each["recurring"]["interval_count"]) for each in (old, new)
    ]
    return feature["billing_cycle_anchor"] == "now" or intervals[0] != intervals[1]
