"""The dashboard's knobs: the faults most often wanted, as a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import redirect, render_template, request, url_for

from donations.sandbox import control
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Blueprint
    from werkzeug.wrappers import Response

    from donations.sandbox.deliveries import Courier
    from donations.sandbox.world import World

SWITCHES: Final = {
    "duplicate": "Send every event twice",
    "two_events": "Make two events of one change",
    "reverse": "Deliver the last event first",
    "late_balance_transaction": "Book payments late (five seconds)",
}
NUMBERS: Final = {
    "drop": "Lose the next events for good",
    "delay": "Hold each event back, seconds",
    "api_delay_seconds": "Answer the API late, seconds",
}
STATUSES: Final = (429, 500, 503)


def add_to(desk: Blueprint, world: World, courier: Courier) -> None:
    """Give the dashboard its page of faults."""

    @desk.get("/dashboard/faults")
    def faults() -> str:
        with world.lock:
            return render_template(
                "faults.html",
                shown=world.faults.shown(),
                turned_values=world.faults.turned(),
                switches=SWITCHES,
                numbers=NUMBERS,
                statuses=STATUSES,
            )

    @desk.post("/dashboard/faults")
    def turn() -> Response:
        try:
            control.order(world, courier, "faults", _wanted(request.form))
        except (Refusal, ValueError) as refusal:
            told = str(refusal) if isinstance(refusal, Refusal) else "Write whole numbers."
            return redirect(url_for("dashboard.faults", told=told), 303)
        return redirect(url_for("dashboard.faults", did="faults"), 303)


def _wanted(form: Mapping[str, str]) -> dict[str, Any]:
    """The form as an order.  Raises `ValueError` for something that is no number."""
    if form.get("clear"):
        return {"clear": True}
    wanted: dict[str, Any] = {name: name in form for name in SWITCHES}
    wanted["drop"] = int(form.get("drop") or 0)
    for name in ("delay", "api_delay_seconds"):
        wanted[name] = float(form.get(name) or 0)
    if min(wanted[name] for name in NUMBERS) < 0:
        raise ValueError(form)
    status, times = form.get("api_error"), int(form.get("times") or 1)
    wanted["api_error"] = {"status": int(status), "times": times} if status else {}
    return wanted
