"""The dashboard: what happened lately, what was delivered, and buttons to make things happen."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for

from donations.sandbox import control
from donations.sandbox.objects import books
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from donations.sandbox.deliveries import Courier
    from donations.sandbox.world import World

_SHOWN: Final = 12
_EVENTS_SHOWN: Final = 40
_BUTTONS: Final = frozenset(
    {"advance", "refund", "dispute", "dispute_close", "async_payment", "flush"}
)
_UNSUPPORTED: Final = 415


def blueprint(world: World, courier: Courier) -> Blueprint:
    """The dashboard at `/`, its buttons, and the control API beside it."""
    desk = Blueprint("dashboard", __name__)

    @desk.get("/")
    def home() -> str:
        with world.lock:
            world.timeline.run_until(world, world.clock.now())
            return render_template("dashboard.html", **_overview(world, courier))

    @desk.post("/dashboard/<name>")
    def button(name: str) -> AnyResponse:
        if name not in _BUTTONS:
            abort(404)
        told = None
        try:
            control.order(world, courier, name, _wanted(request.form.to_dict()))
        except Refusal as refusal:
            told = str(refusal)
        return redirect(url_for("dashboard.home", told=told), 303)

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

    return desk


def _wanted(form: dict[str, str]) -> dict[str, Any]:
    """A button's form as an order: `true` and `false` are truth values."""
    return {name: {"true": True, "false": False}.get(value, value) for name, value in form.items()}


def _overview(world: World, courier: Courier) -> dict[str, Any]:
    def recent(kind: str, count: int = _SHOWN) -> list[Any]:
        return list(islice(world.store.all(kind), count))

    return {
        "world": world,
        "endpoint": courier.url,
        "told": request.args.get("told"),
        "now": world.clock.now(),
        "ahead_days": world.clock.ahead // books.DAY,
        "balance": books.balance(world),
        "sessions": recent("checkout.session"),
        "charges": recent("charge"),
        "subscriptions": recent("subscription"),
        "disputes": recent("dispute"),
        "events": recent("event", _EVENTS_SHOWN),
        "sent": {
            event["id"]: world.outbox.of_event(event["id"])
            for event in recent("event", _EVENTS_SHOWN)
        },
        "pending": world.outbox.pending(),
    }
