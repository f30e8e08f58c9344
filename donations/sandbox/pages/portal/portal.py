"""The billing portal: where a session's address leads, and what is there without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, render_template, request

from donations.sandbox.objects.portal import portal_changes, portal_configurations, portal_sessions
from donations.sandbox.pages.portal import (
    portal_information,
    portal_invoices,
    portal_methods,
    portal_new_method,
    portal_subscriptions,
)
from donations.sandbox.pages.portal.portal_language import Language
from donations.sandbox.pages.portal.portal_visit import Door, Visit, expired

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from donations.sandbox import Obj
    from donations.sandbox.world import World

_INVOICES_SHOWN: Final = 6
_NOTICES: Final = {
    "default": "Your default payment method has been changed.",
    "information": "Your billing information has been updated.",
    "kept": "Your subscription will renew as before.",
    "method": "Your payment method has been updated.",
    "paid": "Thank you, your invoice is paid.",
    "paused": "Your subscription has been paused.",
    "processing": "Your payment is with your bank.",
    "removed": "The payment method has been removed.",
    "resumed": "Your subscription has been resumed.",
    "resuming": "Your subscription resumes as soon as its invoice is paid.",
    "updated": "Your subscription has been updated.",
    "ended": "Your subscription has been canceled.",
    "will_end": "Your subscription will be canceled at the end of the period.",
}


def blueprint(world: World) -> Blueprint:
    """Every page of the portal."""
    portal = Blueprint("portal", __name__)
    page = Door(world, portal)

    @page("GET", "")
    def portal_home(visit: Visit) -> tuple[str, int]:
        return visit.page("portal_home.html", 200, **_overview(visit))

    @page("GET", "/done")
    def portal_done(visit: Visit) -> Response | tuple[str, int]:
        if not visit.session.get("_done"):
            return redirect(visit.at(), 303)
        after = visit.session["flow"]["after_completion"]
        told = (after["hosted_confirmation"] or {}).get("custom_message")
        return visit.page("portal_done.html", notice=_NOTICES[visit.session["_done"]], told=told)

    portal_methods.add_pages(page)
    portal_new_method.add_pages(page)
    portal_information.add_pages(page)
    portal_subscriptions.add_pages(page)
    portal_invoices.add_pages(page)
    _doors_without_a_session(world, portal)
    return portal


def _doors_without_a_session(world: World, portal: Blueprint) -> None:
    @portal.post("/p/recover/<token>")
    def portal_recover(token: str) -> Response | tuple[str, int]:
        """The reader of an expired session says who they are and gets a fresh one."""
        with world.lock:
            visit = expired(world, token)
            if visit is None:
                return redirect(f"/p/session/{token}", 303)
            email = request.form.get("email", "")
            fresh = portal_sessions.replace(world, visit.session, email)
            return visit.page("portal_expired.html", told=True, fresh=fresh)

    @portal.route("/p/login/<token>", methods=["GET", "POST"])
    def portal_login(token: str) -> str:
        """The login page of a configuration: an e-mail, and a link to it."""
        with world.lock:
            configuration = _with_login(world, token)
            told = request.method == "POST"
            fresh = None
            if told:
                email = request.form.get("email", "")
                fresh = portal_sessions.log_in(world, configuration, email)
            language = Language.of(None, [], request.accept_languages.values())
            shown = {"visit": None, "wrong": {}, "told": told, "fresh": fresh}
            return render_template(
                "portal_login.html", world=world, words=language, _=language, **shown
            )


def _with_login(world: World, token: str) -> Obj:
    address = f"{world.base_url}/p/login/{token}"
    for configuration in world.store.all(portal_configurations.KIND):
        if configuration["login_page"]["url"] == address and configuration["active"]:
            return configuration
    return abort(404)


def _overview(visit: Visit) -> dict[str, object]:
    world, customer = visit.world, visit.customer
    everything = request.args.get("invoices") == "all"
    invoices = [
        each
        for each in world.store.owned("invoice", "customer", customer["id"])
        if each["status"] != "draft"
    ]
    subscriptions = [
        each for each in portal_changes.living(world, customer) if each["status"] != "incomplete"
    ]
    return {
        "notice": _NOTICES.get(request.args.get("done", "")),
        "subscriptions": [portal_subscriptions.shown(visit, each) for each in subscriptions],
        "methods": portal_methods.shown(visit),
        "information": portal_information.shown(visit),
        "invoices": invoices if everything else invoices[:_INVOICES_SHOWN],
        "more_invoices": not everything and len(invoices) > _INVOICES_SHOWN,
        "owed": [each for each in invoices if each["status"] == "open" and each["attempted"]],
    }
