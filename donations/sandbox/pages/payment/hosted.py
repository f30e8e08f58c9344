"""The hosted payment page: works without script, tells a decline at its field."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, request

from donations.sandbox.objects.checkout import (
    checkout,
    checkout_expiry,
    completing,
    paying,
    saved_methods,
)
from donations.sandbox.objects.methods import payment_methods
from donations.sandbox.pages.payment import languages, questions, sheets
from donations.sandbox.pages.payment import typed as form_reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from werkzeug.wrappers import Response

    from donations.sandbox import Obj
    from donations.sandbox.world import World

Page = str | tuple[str, int]

_GONE: Final = 410
_UNPROCESSABLE: Final = 422
_PAYMENT_REQUIRED: Final = 402


def blueprint(world: World) -> Blueprint:
    """The pages a reader sees between the application's two redirects."""
    hosted = Blueprint("hosted", __name__)

    @hosted.get("/c/pay/<identifier>")
    def show(identifier: str) -> Page:
        with _held(world, identifier) as session:
            if session["status"] != "open":
                return sheets.closed(world, session, _language(session))
            return _page(world, session, {}, {})

    @hosted.post("/c/pay/<identifier>")
    def submit(identifier: str) -> Response | Page:
        with _held(world, identifier) as session:
            if session["status"] != "open":
                return sheets.closed(world, session, _language(session))
            if "remove" in request.form:
                _remove(world, session, request.form["remove"])
            if sheets.is_filling(request.form):
                return _page(world, session, sheets.filled(request.form), {})
            return _pay(world, session)

    _challenge_views(world, hosted)
    _recovery_view(world, hosted)
    return hosted


def _pay(world: World, session: Obj) -> Response | Page:
    say = _language(session)
    typed, wrong = form_reading.read(
        request.form, questions.of(world, session), world.clock.now(), say
    )
    if typed.promotions and "email" not in wrong:
        completing.note_interest(session, typed.email)
    if wrong:
        return _page(world, session, request.form, wrong), _UNPROCESSABLE
    session["_form"] = dict(request.form)
    return _onward(world, session, paying.pay(world, session, typed))


def _challenge_views(world: World, hosted: Blueprint) -> None:
    @hosted.get("/c/challenge/<identifier>")
    def challenge(identifier: str) -> Response | Page:
        with _held(world, identifier) as session:
            if paying.challenged(world, session) is None:
                return redirect(f"/c/pay/{identifier}", 303)
            return sheets.challenge(world, session, _language(session))

    @hosted.post("/c/challenge/<identifier>")
    def answer(identifier: str) -> Response | Page:
        with _held(world, identifier) as session:
            if paying.challenged(world, session) is None:
                return redirect(f"/c/pay/{identifier}", 303)
            passed = request.form.get("outcome") == "complete"
            return _onward(world, session, paying.answer_challenge(world, session, passed=passed))


def _recovery_view(world: World, hosted: Blueprint) -> None:
    @hosted.get("/r/<identifier>/<token>")
    def recover(identifier: str, token: str) -> Response | Page:
        """Open a copy of an expired session, once; who comes again finds that copy."""
        with _held(world, identifier) as session:
            copy = world.store.find("checkout.session", session.get("_recovered_by"))
            if not checkout_expiry.may_recover(world, session, token):
                return sheets.closed(world, session, _language(session))[0], _GONE
            if copy is None or copy["status"] == "expired":
                copy = checkout.reopen(world, session)
                session["_recovered_by"] = copy["id"]
            return redirect(f"/c/pay/{copy['id']}", 303)


@contextmanager
def _held(world: World, identifier: str) -> Iterator[Obj]:
    """The session of a page, on its own clock, with what is due done.  404 if there is none."""
    with world.lock:
        world.catch_up()
        session = world.store.find("checkout.session", identifier)
        if session is None:
            abort(404)
        with world.on_clock_of(identifier):
            yield session


def _language(session: Obj) -> languages.Language:
    return languages.chosen(session["locale"], request.accept_languages)


def _remove(world: World, session: Obj, identifier: str) -> None:
    """Take a saved card off the list, where the caller allows it."""
    method = saved_methods.chosen(world, session, identifier)
    if method and saved_methods.may_remove(session):
        payment_methods.detach(world, method)


def _page(world: World, session: Obj, values: Mapping[str, str], wrong: Mapping[str, str]) -> str:
    asked = questions.of(world, session)
    return sheets.payment(world, asked, _language(session), values, wrong)


def _onward(world: World, session: Obj, outcome: paying.Outcome) -> Response | Page:
    if outcome is paying.COMPLETE:
        session.pop("_form", None)
        return redirect(sheets.return_url(session), 303)
    if outcome is paying.CHALLENGE:
        return redirect(f"/c/challenge/{session['id']}", 303)
    wrong = {outcome.field: _language(session).decline(outcome)}
    return _page(world, session, session["_form"], wrong), _PAYMENT_REQUIRED
