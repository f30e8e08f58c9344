"""The dashboard: what happened lately, what was delivered, and buttons to make things happen."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for

from donations.sandbox import control
from donations.sandbox.objects.money import bank_statement, books
from donations.sandbox.pages import wording
from donations.sandbox.pages.desk import fault_form, object_browser
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from donations.sandbox import Obj
    from donations.sandbox.deliveries import Courier
    from donations.sandbox.world import World

_SHOWN: Final = 6
_EVENTS_SHOWN: Final = 12
_UNSUPPORTED: Final = 415
_TABS: Final = {
    "charge": "Payments",
    "subscription": "Subscriptions",
    "customer": "Customers",
    "invoice": "Invoices",
    "payout": "Payouts",
    "dispute": "Disputes",
    "event": "Events",
}


def blueprint(world: World, courier: Courier) -> Blueprint:
    """The dashboard at `/`, its pages and buttons, and the control API beside it."""
    desk = Blueprint("dashboard", __name__)
    desk.add_app_template_filter(wording.gist, "gist")
    desk.add_app_template_filter(wording.heading, "heading")
    object_browser.add_to(desk, world)
    fault_form.add_to(desk, world, courier)

    @desk.context_processor
    def around() -> dict[str, Any]:
        """What every page of the dashboard shows."""
        return {
            "world": world,
            "now": world.clock.now(),
            "told": request.args.get("told"),
            "did": wording.DONE.get(request.args.get("did", "")),
            "ahead_days": world.clock.ahead // books.DAY,
            "turned": sorted(world.faults.turned()),
            "tabs": [(url_for("dashboard.home"), "Overview"), *_shelves(world)],
        }

    @desk.get("/")
    def home() -> str:
        with world.lock:
            world.catch_up()
            return render_template("dashboard.html", **_overview(world, courier))

    @desk.get("/dashboard/bank-statement.xml")
    def bank() -> Response:
        with world.lock:
            world.catch_up()
            told = bank_statement.statement(world)
        headers = {"Content-Disposition": 'attachment; filename="bank-statement.xml"'}
        return Response(told, content_type="application/xml; charset=utf-8", headers=headers)

    @desk.post("/dashboard/<name>")
    def button(name: str) -> AnyResponse:
        if name not in wording.DONE:
            abort(404)
        form = request.form.to_dict()
        back = form.pop("back", "")
        try:
            control.order(world, courier, name, _wanted(form))
        except Refusal as refusal:
            return redirect(_way(back, told=str(refusal)), 303)
        return redirect(_way(back, did=name), 303)

    _take_orders(desk, world, courier)
    return desk


def _take_orders(desk: Blueprint, world: World, courier: Courier) -> None:
    """The control API: the same orders as the buttons, and more, as JSON."""

    @desk.route("/_control/<name>", methods=["GET", "POST"])
    def order(name: str) -> tuple[Response, int]:
        if request.method == "GET" and name != "state":
            return jsonify(error={"message": "Orders are POSTed."}), 405
        if request.method == "POST" and request.get_data() and not request.is_json:
            return jsonify(error={"message": "Orders are JSON."}), _UNSUPPORTED
        try:
            wanted = request.get_json(silent=True) or {}
            if not isinstance(wanted, dict):
                raise Refusal("An order is a JSON object.")  # noqa: TRY301
            return jsonify(control.order(world, courier, name, wanted)), 200
        except Refusal as refusal:
            return jsonify(error=refusal.error), refusal.status


def _shelves(world: World) -> list[tuple[str, str]]:
    """The tabs: the kinds most often looked for that there are, and the faults."""
    there = [kind for kind in _TABS if world.store.tables.get(kind)]
    shelves = [(url_for("dashboard.many", kind=kind), _TABS[kind]) for kind in there]
    return [*shelves, (url_for("dashboard.faults"), "Faults")]


def _way(back: str, **values: Any) -> str:  # noqa: ANN401
    """The page the button stands on, by its kind and id; the overview for any other."""
    kind, _, identifier = back.partition("/")
    if not identifier:
        return url_for("dashboard.home", **values)
    return url_for("dashboard.one", kind=kind, identifier=identifier, **values)


def _wanted(form: dict[str, str]) -> dict[str, Any]:
    """A button's form as an order: `true` and `false` are truth values, empty fields no fields."""
    truths = {"true": True, "false": False}
    return {name: truths.get(value, value) for name, value in form.items() if value}


def _overview(world: World, courier: Courier) -> dict[str, Any]:
    def recent(kind: str, count: int = _SHOWN) -> list[Any]:
        return list(islice(world.store.all(kind), count))

    events = recent("event", _EVENTS_SHOWN)
    return {
        "endpoint": courier.url,
        "money": _money(world),
        "charges": recent("charge"),
        "payouts": recent("payout"),
        "subscriptions": recent("subscription"),
        "disputes": recent("dispute"),
        "sessions": recent("checkout.session"),
        "events": events,
        "sent": {event["id"]: world.outbox.of_event(event["id"]) for event in events},
        "pending": world.outbox.pending(),
        "kinds": object_browser.kinds(world),
    }


def _money(world: World) -> list[Obj]:
    """Each currency's sums."""
    out = books.paid_out(world)
    return [
        {
            "currency": currency,
            "available": books.held(world, "available", currency),
            "pending": books.held(world, "pending", currency),
            "paid_out": out.get(currency, 0),
        }
        for currency in books.currencies(world)
    ]
