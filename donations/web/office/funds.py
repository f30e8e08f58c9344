"""Funds: opening, renaming and closing them, and releasing what is restricted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from flask import g, redirect, render_template, url_for

from donations.giving.benefits import today
from donations.giving.funds import (
    add_fund,
    close_fund,
    every_fund,
    fund_named,
    memberships_giving_to,
    rename_fund,
)
from donations.kernel.database import db, writing
from donations.kernel.errors import FieldRefused
from donations.ledger.releases import holdings, release, releases, take_release_back
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.entry_form import one_of
from donations.web.office.fund_forms import BackForm, FundForm, NameForm, ReleaseForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from donations.web.office.entry_form import EntryForm

_log: Final = structlog.get_logger("donations.office")
_CHANGE: Final = Permission.FUNDS_CHANGE


@page("/funds", needs=Permission.FUNDS)
def fund_list() -> ResponseReturnValue:
    """Every fund with what it holds, and the form that opens one."""
    return _list(FundForm(formdata=None))


@page("/funds", needs=_CHANGE, methods=("POST",))
def fund_open() -> ResponseReturnValue:
    """Open a fund."""
    form, session = FundForm(), db.session()
    try:
        fund = add_fund(
            session,
            form.code.data or "",
            form.name.data or "",
            restricted=bool(form.restricted.data),
            on=today(session, house().clock.now()),
        )
    except FieldRefused as refused:
        form.refuse(refused)
        return _list(form), 422
    _log.info("fund opened", fund=fund.code, staff=g.visitor.staff_id)
    return redirect(url_for("office.fund_page", public_id=fund.code), 303)


@page("/funds/<public_id>", needs=Permission.FUNDS)
def fund_page(public_id: str) -> ResponseReturnValue:
    """One fund: what it holds, its releases, the link readers are sent."""
    return _page(public_id)


@page("/funds/<public_id>/name", needs=_CHANGE, methods=("POST",))
def fund_rename(public_id: str) -> ResponseReturnValue:
    """Give a fund another name."""
    form = NameForm()
    name = form.name.data or ""
    return _done(public_id, form, lambda: rename_fund(db.session(), public_id, name))


@page("/funds/<public_id>/close", needs=_CHANGE, methods=("POST",))
def fund_close(public_id: str) -> ResponseReturnValue:
    """Let a fund take no new gift."""
    on = today(db.session(), house().clock.now())
    form = NameForm(formdata=None)
    return _done(public_id, form, lambda: close_fund(db.session(), public_id, on=on))


@page("/funds/<public_id>/release", needs=_CHANGE, methods=("POST",))
def fund_release(public_id: str) -> ResponseReturnValue:
    """Set restricted money free for its purpose."""
    restricted = fund_named(db.session(), public_id).restricted
    form, by, now = ReleaseForm(), g.visitor.login, house().clock.now()
    asked = form.release()
    if asked is None:
        return _page(public_id, form), 422
    amount, day = asked
    memo, nonce = form.memo.data or "", form.attempt

    def free() -> None:
        if not restricted:
            raise FieldRefused("fund", "not_restricted")
        with writing(db.session()) as session:
            release(session, public_id, amount, memo, by, on=day, nonce=nonce, now=now)

    return _done(public_id, form, free)


@page("/funds/<public_id>/take-back", needs=_CHANGE, methods=("POST",))
def fund_release_back(public_id: str) -> ResponseReturnValue:
    """Reverse a release that was a mistake."""
    form, by, now = BackForm(), g.visitor.login, house().clock.now()
    numbers = tuple(str(one.number) for one in releases(db.session(), public_id))
    chosen = form.read("number", one_of(numbers))
    if chosen is None:
        return _page(public_id, form), 422
    number, memo = int(chosen), form.memo.data or ""

    def back() -> None:
        with writing(db.session()) as session:
            take_release_back(session, public_id, number, memo, by, now=now)

    return _done(public_id, form, back)


def _done(public_id: str, form: EntryForm, deed: Callable[[], object]) -> ResponseReturnValue:
    try:
        deed()
    except FieldRefused as refused:
        form.refuse(refused)
        return _page(public_id, form), 422
    _log.info("fund changed", fund=public_id, staff=g.visitor.staff_id)
    return redirect(url_for("office.fund_page", public_id=public_id), 303)


def _list(form: FundForm) -> str:
    session = db.session()
    return render_template(
        "office/funds.html", funds=every_fund(session), held=holdings(session), form=form
    )


def _page(public_id: str, sent: EntryForm | None = None) -> str:
    """The page of a fund; `sent` stands in the place of the form of its kind."""
    session = db.session()
    fund = fund_named(session, public_id)
    day = today(session, house().clock.now())
    named = NameForm(formdata=None, data={"name": fund.name})
    return render_template(
        "office/fund.html",
        fund=fund,
        held=holdings(session).get(fund.code, []),
        releases=releases(session, fund.code),
        members=memberships_giving_to(session, fund.code),
        link=f"{house().base_url}/support?fund={fund.code}",
        problem=sent.problem if sent else "",
        name_form=sent if isinstance(sent, NameForm) else named,
        release_form=sent if isinstance(sent, ReleaseForm) else ReleaseForm.empty(day),
        back_form=sent if isinstance(sent, BackForm) else BackForm(formdata=None),
    )
