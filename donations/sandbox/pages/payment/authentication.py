"""3-D Secure of payments made through the API: the page the bank would show, and the way back."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, render_template, request

from donations.sandbox.objects.payments import (
    challenges,
    payment_requests,
    payments,
    setup_intents,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.wrappers import Response

    from donations.sandbox import Obj
    from donations.sandbox.world import World

_KINDS: Final = {"pi": "payment_intent", "seti": "setup_intent"}
_GONE: Final = 410


def blueprint(world: World) -> Blueprint:
    """`/c/authenticate/<id>`, where the `next_action` of an intent leads."""
    pages = Blueprint("authentication", __name__)

    @pages.get("/c/authenticate/<identifier>")
    def ask(identifier: str) -> str | tuple[str, int]:
        with _held(world, identifier) as intent:
            waits = intent["status"] == "requires_action"
            return _page(world, intent, "ask" if waits else "over", 200 if waits else _GONE)

    @pages.post("/c/authenticate/<identifier>")
    def answer(identifier: str) -> Response | tuple[str, int]:
        with _held(world, identifier) as intent:
            if intent["status"] != "requires_action":
                return _page(world, intent, "over", _GONE)
            passed = _answered(world, intent, passed=request.form.get("outcome") == "complete")
            onward = challenges.way_back(intent, passed=passed)
            if onward:
                return redirect(onward, 303)
            return _page(world, intent, "done" if passed else "failed")

    return pages


@contextmanager
def _held(world: World, identifier: str) -> Iterator[Obj]:
    kind = _KINDS.get(identifier.partition("_")[0], "")
    with world.lock:
        world.catch_up()
        intent = world.store.find(kind, identifier) or abort(404)
        with world.on_clock_of(identifier):
            yield intent


def _answered(world: World, intent: Obj, *, passed: bool) -> bool:
    """Go on with the attempt; whether the money is there, held or on its way, or the card kept."""
    method = world.store.get("payment_method", intent["payment_method"])
    verbs = setup_intents if intent["object"] == "setup_intent" else payments
    if passed and intent.get("confirmation_method") == "manual":
        challenges.await_confirmation(intent)
    elif passed:
        verbs.confirm(world, intent, method, present=True, authenticated=True)
    else:
        verbs.fail_challenge(world, intent, method)
    if verbs is payments:
        payment_requests.follow(world, intent)
    return bool(intent["status"] != "requires_payment_method")


def _page(world: World, intent: Obj, state: str, status: int = 200) -> tuple[str, int]:
    page = render_template("authentication.html", world=world, intent=intent, state=state)
    return page, status
