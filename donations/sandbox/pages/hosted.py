"""The hosted payment page: works without script, tells a decline at its field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, render_template, request

from donations.sandbox.cards import OTHERS, SUGGESTED
from donations.sandbox.objects import paying
from donations.sandbox.pages import typed as form_reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response

    from donations.sandbox import Obj
    from donations.sandbox.world import World

_PLACEHOLDER: Final = "{CHECKOUT_SESSION_ID}"
_FILLED_IN: Final = {"expiry": "12 / 34", "cvc": "123", "name": "Jenny Rosen"}
_UNPROCESSABLE: Final = 422


def blueprint(world: World) -> Blueprint:
    """The pages a reader sees between the application's two redirects."""
    hosted = Blueprint("hosted", __name__)

    @hosted.get("/c/pay/<identifier>")
    def show(identifier: str) -> str | tuple[str, int]:
        with world.lock:
            session = _session(world, identifier)
            if session["status"] != "open":
                return _closed(world, session)
            return _page(world, session, {}, {})

    @hosted.post("/c/pay/<identifier>")
    def submit(identifier: str) -> str | Response | tuple[str, int]:
        with world.lock:
            session = _session(world, identifier)
            if session["status"] != "open":
                return _closed(world, session)
            if request.form.get("pick"):
                return _page(world, session, _picked(request.form), {})
            typed, wrong = form_reading.read(
                request.form,
                world.clock.now(),
                _locked(session),
                session["payment_method_types"],
            )
            if wrong:
                return _page(world, session, request.form, wrong), _UNPROCESSABLE
            outcome = paying.pay(world, session, typed)
            return _onward(world, session, outcome, request.form)

    _challenge_views(world, hosted)
    return hosted


def _challenge_views(world: World, hosted: Blueprint) -> None:
    @hosted.get("/c/challenge/<identifier>")
    def challenge(identifier: str) -> str | Response | tuple[str, int]:
        with world.lock:
            session = _session(world, identifier)
            if session["status"] != "open" or "_intent" not in session:
                return redirect(f"/c/pay/{identifier}", 303)
            return render_template("challenge.html", session=session, world=world)

    @hosted.post("/c/challenge/<identifier>")
    def answer(identifier: str) -> str | Response | tuple[str, int]:
        with world.lock:
            session = _session(world, identifier)
            intent = world.store.find("payment_intent", session.get("_intent"))
            if not intent or intent["status"] != "requires_action":
                return redirect(f"/c/pay/{identifier}", 303)
            passed = request.form.get("outcome") == "complete"
            outcome = paying.answer_challenge(world, session, passed=passed)
            return _onward(world, session, outcome, session["_typed"])


def _session(world: World, identifier: str) -> Obj:
    world.timeline.run_until(world, world.clock.now())
    session = world.store.find("checkout.session", identifier)
    if session is None:
        abort(404)
    return session


def _locked(session: Obj) -> str | None:
    """The e-mail the caller fixed, which the reader cannot change."""
    fixed = session["customer"] or session["customer_email"]
    return (session["customer_details"] or {}).get("email") if fixed else None


def _picked(form: Mapping[str, str]) -> dict[str, str]:
    """The form with a test card filled in and everything typed kept."""
    typed = {name: value for name, value in form.items() if value}
    return _FILLED_IN | typed | {"card_number": form["pick"], "method": "card"}


def _page(world: World, session: Obj, values: Mapping[str, str], wrong: Mapping[str, str]) -> str:
    return render_template(
        "pay.html",
        world=world,
        session=session,
        values=values,
        wrong=wrong,
        locked_email=_locked(session),
        suggested=SUGGESTED,
        others=OTHERS,
    )


def _onward(
    world: World, session: Obj, outcome: paying.Outcome, values: Mapping[str, str]
) -> str | Response | tuple[str, int]:
    if outcome is paying.COMPLETE:
        return redirect(return_url(session), 303)
    if outcome is paying.CHALLENGE:
        return redirect(f"/c/challenge/{session['id']}", 303)
    wrong = {outcome.field: outcome.message}
    return _page(world, session, values, wrong), 402


def return_url(session: Obj) -> str:
    """Where the reader goes when done: the success URL with the session's id in its place."""
    url = str(session["success_url"])
    for written in (_PLACEHOLDER, "%7BCHECKOUT_SESSION_ID%7D", "%7bCHECKOUT_SESSION_ID%7d"):
        url = url.replace(written, session["id"])
    return url


def _closed(world: World, session: Obj) -> tuple[str, int]:
    done = session["status"] == "complete"
    page = render_template(
        "closed.html", world=world, session=session, done=done, onward=return_url(session)
    )
    return page, 200 if done else 410
