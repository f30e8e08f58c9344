"""Signing in and out."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import structlog
from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from donations.kernel.database import db
from donations.staff import sessions
from donations.staff.accounts import AccountLocked, SignInRefused
from donations.staff.accounts import sign_in as open_account
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.blueprint import open_page, page
from donations.web.office.forms import SignInForm
from donations.web.office.visitor import dismiss, remember, visitor_token

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_log: Final = structlog.get_logger("donations.office")


@open_page("/sign-in", methods=("GET", "POST"))
def sign_in() -> ResponseReturnValue:
    """Ask for login, password and code; open a new session."""
    form = SignInForm()
    if not form.validate_on_submit():
        status = 200 if request.method == "GET" else 422
        return render_template("office/sign_in.html", form=form, problem=None), status
    try:
        token = open_account(
            db.session(),
            house().master,
            login=form.login.data or "",
            password=form.password.data or "",
            code=form.code.data or "",
            now=house().clock.now(),
        )
    except SignInRefused as refusal:
        _log.warning("sign-in refused", locked=isinstance(refusal, AccountLocked))
        return _refused(form, refusal)
    response = redirect(_way_back(), 303)
    remember(response, token)
    return response


@page("/sign-out", needs=Permission.SIGN_OUT, methods=("POST",))
def sign_out() -> ResponseReturnValue:
    """End the session, here and in the database."""
    sessions.sign_out(db.session(), visitor_token() or "", house().clock.now())
    response = redirect(url_for("office.sign_in"), 303)
    dismiss(response)
    return response


def _refused(form: SignInForm, refusal: SignInRefused) -> ResponseReturnValue:
    if not isinstance(refusal, AccountLocked):
        problem = _(
            "Login, password or code is not right. Each code works once: wait for the next one."
        )
        return render_template("office/sign_in.html", form=form, problem=problem), 401
    seconds = ceil((refusal.until - house().clock.now()).total_seconds())
    problem = _(
        "Too many tries. This account opens again in %(minutes)s min.", minutes=ceil(seconds / 60)
    )
    page_text = render_template("office/sign_in.html", form=form, problem=problem)
    return page_text, 429, {"Retry-After": str(seconds)}


def _way_back() -> str:
    """Where the visitor wanted to go, if that is a page of the office; else the overview."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    ours = wanted.startswith("/office/") and "\\" not in wanted and ".." not in wanted
    if parts.scheme or parts.netloc or not ours or not wanted.isprintable():
        return url_for("office.dashboard")
    return wanted
