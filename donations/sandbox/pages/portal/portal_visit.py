"""A reader in the portal: whose session it is, what it may show, in which language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from flask import abort, redirect, render_template, request
from werkzeug.wrappers import Response

from donations.sandbox.objects.portal import portal_configurations, portal_sessions
from donations.sandbox.pages.portal.portal_language import Language
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from flask import Blueprint

    from donations.sandbox import Obj
    from donations.sandbox.world import World

Answer = Response | tuple[str, int]
View = Callable[..., Answer]
_GONE: Final = 410
_CONFLICT: Final = 409


@dataclass(frozen=True, slots=True)
class Visit:
    """One request in the portal, with everything a page needs to know."""

    world: World
    session: Obj
    customer: Obj
    configuration: Obj
    language: Language

    @property
    def flow(self) -> Obj | None:
        """The one thing this session was opened for, as long as it is not done."""
        flow: Obj | None = self.session["flow"]
        return None if self.session["_flow_done"] else flow

    def at(self, *steps: str, **query: str) -> str:
        """The address of a page of this session."""
        address = "/".join((f"/p/session/{self.session['_token']}", *steps))
        return f"{address}?{urlencode(query)}" if query else address

    def allows(self, feature: str) -> bool:
        """Whether the configuration has switched `feature` on."""
        return bool(self.configuration["features"][feature]["enabled"])

    def require(self, feature: str) -> None:
        """404 for a page whose feature is off."""
        if not self.allows(feature):
            abort(404)

    def mine(self, kind: str, identifier: str) -> Obj:
        """An object of this customer; 404 for anybody else's."""
        found = self.world.store.find(kind, identifier)
        if found is None or found["customer"] != self.customer["id"]:
            abort(404)
        return found

    def page(self, template: str, status: int = 200, **values: object) -> tuple[str, int]:
        """A page in the reader's language."""
        shown = {"wrong": {}} | values
        body = render_template(
            template, visit=self, world=self.world, words=self.language, _=self.language, **shown
        )
        return body, status

    def done(self, what: str) -> Response:
        """Something was done: on to where a flow leads, or to the overview, which says so."""
        if self.flow is None:
            return redirect(self.at(done=what), 303)
        self.session["_flow_done"] = True
        self.session["_done"] = what
        after = self.session["flow"]["after_completion"]
        if after["type"] == "redirect":
            return redirect(after["redirect"]["return_url"], 303)
        if after["type"] == "hosted_confirmation":
            return redirect(self.at("done"), 303)
        return redirect(self.at(done=what), 303)


def flow_address(visit: Visit, flow: Obj) -> str:
    """The page a flow consists of."""
    kind = flow["type"]
    if kind == "customer_update":
        return visit.at("information")
    if kind == "payment_method_update":
        return visit.at("payment-method")
    subscription = flow[kind]["subscription"]
    steps = kind.removeprefix("subscription_").split("_")  # update_confirm is update/confirm
    return visit.at("subscriptions", subscription, *steps)


def astray(visit: Visit) -> str | None:
    """Where a reader belongs who is not there: a flow has one page until it is done."""
    if visit.session["flow"] is None:
        return None
    if visit.flow:
        wanted = flow_address(visit, visit.flow)
        inside = request.path == wanted or request.path.startswith(wanted + "/")
        return None if inside else wanted
    after = visit.session["flow"]["after_completion"]
    if after["type"] == "redirect":
        return str(after["redirect"]["return_url"])
    if after["type"] == "hosted_confirmation" and request.path != visit.at("done"):
        return visit.at("done")
    return None


class Door:
    """Puts views behind a session's address: `@page("GET POST", "/information")`."""

    def __init__(self, world: World, portal: Blueprint) -> None:
        self._world = world
        self._portal = portal

    def __call__(self, methods: str, path: str) -> Callable[[View], View]:
        """Enter the decorated view; it is called with the `Visit` and the ids of its path."""

        def enter(view: View) -> View:
            def entered(token: str, **ids: str) -> Answer:
                return _entered(self._world, view, token, ids)

            rule = "/p/session/<token>" + path
            self._portal.add_url_rule(rule, view.__name__, entered, methods=methods.split())
            return view

        return enter


def _entered(world: World, view: View, token: str, ids: dict[str, str]) -> Answer:
    with world.lock:
        world.catch_up()
        session = portal_sessions.of_token(world, token)
        if session is None:
            abort(404)
        visit = _visit(world, session)
        if not portal_sessions.is_open(world, session):
            return visit.page("portal_expired.html", _GONE, told=None, fresh=None)
        portal_sessions.visit(world, session)
        elsewhere = astray(visit)
        if elsewhere:
            return redirect(elsewhere, 303)
        with world.on_clock_of(session["customer"]):
            try:
                return view(visit, **ids)
            except Refusal as refusal:
                return visit.page("portal_refused.html", _CONFLICT, told=str(refusal))


def _visit(world: World, session: Obj) -> Visit:
    customer = world.store.get("customer", session["customer"])
    configuration = world.store.get(portal_configurations.KIND, session["configuration"])
    language = Language.of(
        session["locale"],
        customer.get("preferred_locales") or [],
        request.accept_languages.values(),
    )
    return Visit(world, session, customer, configuration, language)


def expired(world: World, token: str) -> Visit | None:
    """The visit of a session whose address no longer opens; None if it does, 404 if none is."""
    session = portal_sessions.of_token(world, token)
    if session is None:
        abort(404)
    return None if portal_sessions.is_open(world, session) else _visit(world, session)
