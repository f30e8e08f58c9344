"""Signing in by a link in one's mailbox, and out again, here or everywhere.

What is answered to an address typed here is the same for every address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import g, redirect, render_template, request

from donations.kernel.database import db
from donations.kernel.errors import TryAgainLater
from donations.supporters import sessions
from donations.supporters.sign_in_links import LIVES, ask_for_another, ask_for_link, enter, is_open
from donations.web.account.blueprint import account_path, open_page, page
from donations.web.account.passkey_party import party
from donations.web.account.visitor import dismiss, remember, visitor, visitor_token
from donations.web.account.way_back import own_path, way_back
from donations.web.house import house
from donations.web.public.newsletter_form import AddressForm

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_MINUTES: Final = int(LIVES.total_seconds() // 60)
_RETRY: Final = {"Retry-After": "600"}


@open_page("/sign-in")
def show_sign_in() -> ResponseReturnValue:
    """Ask for the address; whoever is signed in already is led on."""
    if visitor() is not None:
        return redirect(way_back(request.args.get("next", "")), 303)
    return _asking_page()


@open_page("/sign-in", methods=("POST",))
def send_sign_in_link() -> ResponseReturnValue:
    """Promise the link, and say the same whoever asked."""
    form, parts = AddressForm(), house()
    if not form.validate():
        return _asking_page(form.email.data or "", form.first_errors().get("email")), 422
    try:
        ask_for_link(
            db.session(),
            parts.master,
            form.email.address,
            language=g.language,
            next_path=own_path(request.form.get("next", "")),
            now=parts.clock.now(),
        )
    except TryAgainLater:
        return render_template("account/too_many.html"), 429, _RETRY
    return _sent_page()


@open_page("/sign-in/<token>")
def show_sign_in_link(token: str) -> ResponseReturnValue:
    """The button behind the link; programs that open links by themselves use up nothing."""
    if not is_open(db.session(), token, house().clock.now()):
        return _over(token)
    return render_template("account/sign_in_link.html", action=account_path(f"/sign-in/{token}"))


@open_page("/sign-in/<token>", methods=("POST",))
def use_sign_in_link(token: str) -> ResponseReturnValue:
    """Sign in with the link, or send another in its place."""
    now = house().clock.now()
    if request.form.get("act") == "again":
        return _send_another(token)
    entry = enter(db.session(), token, now)
    if entry is None:
        return _over(token)
    return _let_in(entry.token, way_back(entry.next_path))


@page("/sign-out", methods=("POST",))
def sign_out() -> ResponseReturnValue:
    """End this session, here and in the database."""
    sessions.sign_out(db.session(), visitor_token() or "", house().clock.now())
    return _shown_out()


@page("/sign-out/everywhere", methods=("POST",))
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session of this supporter."""
    sessions.sign_out_everywhere(db.session(), g.supporter.id, house().clock.now())
    return _shown_out()


def _let_in(token: str, where: str) -> ResponseReturnValue:
    """Give the browser its new session; the one it had before ends."""
    former = visitor_token()
    if former is not None:
        sessions.sign_out(db.session(), former, house().clock.now())
    answer = redirect(where, 303)
    remember(answer, token)
    return answer


def _shown_out() -> ResponseReturnValue:
    answer = redirect(account_path("/sign-in"), 303)
    dismiss(answer)
    answer.headers["Clear-Site-Data"] = '"cache"'  # nor may "back" show it to the next person
    return answer


def _over(token: str) -> ResponseReturnValue:
    """A link that is used or over; whoever has just used it is in already."""
    if visitor() is not None:
        return redirect(account_path(), 303)
    page_text = render_template(
        "account/sign_in_over.html",
        action=account_path(f"/sign-in/{token}"),
        sign_in_url=account_path("/sign-in"),
        minutes=_MINUTES,
    )
    return page_text, 410


def _send_another(token: str) -> ResponseReturnValue:
    now = house().clock.now()
    try:
        known = ask_for_another(db.session(), token, language=g.language, now=now)
    except TryAgainLater:
        return render_template("account/too_many.html"), 429, _RETRY
    return _sent_page() if known else redirect(account_path("/sign-in"), 303)


def _asking_page(email: str = "", error: str | None = None) -> str:
    wanted = request.values.get("next", "")
    return render_template(
        "account/sign_in.html",
        action=account_path("/sign-in"),
        next=own_path(wanted),
        email=email,
        error_email=error,
        passkeys=party() is not None,
        passkey_action=account_path("/sign-in/passkey"),
    )


def _sent_page() -> str:
    return render_template(
        "account/sign_in_sent.html", minutes=_MINUTES, again_url=account_path("/sign-in")
    )
