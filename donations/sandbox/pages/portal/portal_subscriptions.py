"""The portal's subscriptions: canceled, kept, paused, resumed, paid otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import abort, redirect, request

from donations.sandbox.objects.billing import subscriptions
from donations.sandbox.objects.portal import portal_changes, portal_flows, portal_products
from donations.sandbox.pages.portal import portal_methods, portal_plans
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from donations.sandbox import Obj
    from donations.sandbox.pages.portal.portal_visit import Door, Visit

_LONGEST_COMMENT: Final = 500
REASONS: Final = {
    "too_expensive": "It’s too expensive",
    "missing_features": "Some features are missing",
    "switched_service": "I’m switching to something else",
    "unused": "I don’t use it enough",
    "customer_service": "Customer service was less than expected",
    "too_complex": "Ease of use was less than expected",
    "low_quality": "Quality was less than expected",
    "other": "Another reason",
}


def add_pages(page: Door) -> None:
    """The pages under `/subscriptions/<identifier>`."""
    _add_ending(page)
    _add_pausing(page)
    portal_plans.add_pages(page)

    @page("GET POST", "/subscriptions/<identifier>/payment-method")
    def portal_payer(visit: Visit, identifier: str) -> Response | tuple[str, int]:
        visit.require("payment_method_update")
        subscription = living(visit, identifier)
        if request.method == "GET":
            return visit.page(
                "portal_payer.html",
                **shown(visit, subscription),
                methods=portal_methods.saved(visit),
            )
        method = visit.mine("payment_method", request.form.get("chosen", ""))
        portal_changes.pay_with(visit.world, subscription, method)
        return visit.done("method")


def _add_ending(page: Door) -> None:
    @page("GET POST", "/subscriptions/<identifier>/cancel")
    def portal_cancel(visit: Visit, identifier: str) -> Response | tuple[str, int]:
        visit.require("subscription_cancel")
        subscription = living(visit, identifier)
        if portal_flows.ends_at(subscription) is not None:
            raise Refusal(portal_changes.NOT_CANCELABLE_TWICE)
        feature = visit.configuration["features"]["subscription_cancel"]
        if request.method == "GET":
            asked = feature["cancellation_reason"]
            return visit.page(
                "portal_cancel.html",
                **shown(visit, subscription),
                at_once=feature["mode"] == "immediately",
                asked=asked["enabled"],
                reasons={each: REASONS[each] for each in asked["options"]},
            )
        portal_changes.cancel(visit.world, subscription, visit.configuration, _told(feature))
        return visit.done("ended" if feature["mode"] == "immediately" else "will_end")

    @page("POST", "/subscriptions/<identifier>/keep")
    def portal_keep(visit: Visit, identifier: str) -> Response:
        visit.require("subscription_cancel")
        subscription = living(visit, identifier)
        if portal_flows.ends_at(subscription) is None:
            return redirect(visit.at(), 303)
        portal_changes.keep(visit.world, subscription)
        return visit.done("kept")


def _add_pausing(page: Door) -> None:
    @page("GET POST", "/subscriptions/<identifier>/pause")
    def portal_pause(visit: Visit, identifier: str) -> Response | tuple[str, int]:
        visit.require("subscription_pause")
        subscription = living(visit, identifier)
        duration = visit.configuration["features"]["subscription_pause"]["duration"]
        if request.method == "GET":
            return visit.page("portal_pause.html", **shown(visit, subscription), duration=duration)
        option = request.form.get("option", "0")
        options = [str(place) for place in range(len(duration["interval_options"]))]
        if duration["type"] == "interval_options" and option not in options:
            abort(400)
        portal_changes.pause(visit.world, subscription, visit.configuration, int(option))
        return visit.done("paused")

    @page("POST", "/subscriptions/<identifier>/resume")
    def portal_resume(visit: Visit, identifier: str) -> Response:
        visit.require("subscription_pause")
        subscription = living(visit, identifier)
        portal_changes.resume(visit.world, subscription)
        return visit.done("resuming" if portal_changes.is_resuming(subscription) else "resumed")


def living(visit: Visit, identifier: str) -> Obj:
    """A subscription of this customer that has not ended.  Raises `Refusal` for one that has."""
    subscription = visit.mine("subscription", identifier)
    if subscription["status"] in subscriptions.ENDED:
        raise Refusal("This subscription has ended.")
    return subscription


def shown(visit: Visit, subscription: Obj) -> Obj:
    """What pages say of a subscription: its price, its product, its dates, who pays."""
    world = visit.world
    item = subscription["items"]["data"][0]
    default = visit.customer["invoice_settings"]["default_payment_method"]
    payer = subscription["default_payment_method"] or default
    product = world.store.find("product", item["price"]["product"]) or {}
    return {
        "subscription": subscription,
        "item": item,
        "product": product.get("name", ""),
        "ends_at": portal_flows.ends_at(subscription),
        "renews_at": item["current_period_end"],
        "resumes_at": subscription.get("_portal_resumes_at"),
        "resuming": portal_changes.is_resuming(subscription),
        "method": world.store.find("payment_method", payer),
        "changeable": visit.allows("subscription_update")
        and bool(portal_products.choices(world, visit.configuration, subscription)),
    }


def _told(feature: Obj) -> Obj:
    """The reader's reasons; only those the configuration asks for."""
    asked = feature["cancellation_reason"]
    if not asked["enabled"]:
        return {}
    feedback = request.form.get("feedback", "")
    comment = request.form.get("comment", "").strip()[:_LONGEST_COMMENT]
    told = {"feedback": feedback if feedback in asked["options"] else "", "comment": comment}
    return {name: value for name, value in told.items() if value}
