"""Gift Aid for those who claim it: what may be claimed, and the schedules that were made."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog
from flask import Response, abort, g, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from wtforms import StringField

from donations.kernel.cadence import first_of_month
from donations.kernel.database import db
from donations.kernel.errors import FieldRefused
from donations.kernel.money import Money
from donations.receipts.claiming import (
    COLUMNS,
    MOST_ROWS,
    claim_named,
    claims,
    make_claim,
    rows_of,
    taken_back,
)
from donations.receipts.schedule import POUND, Days, survey
from donations.reports.spreadsheet import spreadsheet
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.entry_form import EntryForm, read_day
from donations.web.receipt_press import receipt_issuer

if TYPE_CHECKING:
    from datetime import date

    from flask.typing import ResponseReturnValue

    from donations.receipts.schedule import Survey

CLAIMING: Final = Permission.GIFT_AID
"""Whoever may close a month may claim: a schedule is a list of names and addresses."""
_REASONS: Final = {
    "claimed": lazy_gettext("Claimed before"),
    "currency": lazy_gettext("Not in pounds"),
    "undeclared": lazy_gettext("No declaration covers it"),
    "went_back": lazy_gettext("Went back, even in part, or is disputed"),
    "benefits": lazy_gettext("Benefits worth more than Gift Aid allows"),
}
_log: Final = structlog.get_logger("donations.office")


class DaysForm(EntryForm):
    """From one day to another, both included."""

    anchor = "days"
    first = StringField()
    last = StringField()


@page("/gift-aid", needs=CLAIMING)
def gift_aid_list() -> ResponseReturnValue:
    """What may be claimed of some days, by default those of last month, and every claim."""
    _only_for_charities()
    form = DaysForm(formdata=request.args) if request.args else DaysForm(formdata=None)
    if not request.args:
        last = first_of_month(_today()) - timedelta(days=1)
        form.first.data, form.last.data = first_of_month(last).isoformat(), last.isoformat()
    days = _days(form)
    return _page(form, None if days is None else survey(db.session(), days))


@page("/gift-aid", needs=CLAIMING, methods=("POST",))
def gift_aid_claim() -> ResponseReturnValue:
    """Put what may be claimed into a schedule."""
    _only_for_charities()
    form = DaysForm()
    days = _days(form)
    if days is None:
        return _page(form, None), 422
    claim = make_claim(db.session(), days, by=g.visitor.login, now=house().clock.now())
    if claim is not None:
        _log.info("gift aid claimed", claim=claim.public_id, staff=g.visitor.staff_id)
    return redirect(url_for("office.gift_aid_list", first=days.first, last=days.last), 303)


@page("/gift-aid/<name>.csv", needs=CLAIMING)
def gift_aid_schedule(name: str) -> ResponseReturnValue:
    """The rows of a claim, in the order of HMRC's schedule."""
    _only_for_charities()
    parts, session = house(), db.session()
    claim = claim_named(session, name)
    found = rows_of(session, parts.master, claim, parts.newsroom.zone)
    _log.info("gift aid schedule downloaded", claim=name, staff=g.visitor.staff_id)
    answer = Response(
        "".join(spreadsheet(COLUMNS, found.rows)), content_type="text/csv; charset=utf-8"
    )
    file = f"gift-aid-{claim.first_on}-{claim.last_on}.csv"
    answer.headers.set("Content-Disposition", "attachment", filename=file)
    return answer


def _only_for_charities() -> None:
    if not receipt_issuer().claims_gift_aid:
        abort(404)


def _days(form: DaysForm) -> Days | None:
    first, last = form.read("first", read_day), form.read("last", read_day)
    if first is None or last is None:
        return None
    if last > _today():
        form.refuse(FieldRefused("last", "to_come"))
        return None
    if first > last:
        form.refuse(FieldRefused("first", "not_understood"))
        return None
    return Days(first, last, house().newsroom.zone)


def _today() -> date:
    return house().clock.now().astimezone(house().newsroom.zone).date()


def _page(form: DaysForm, found: Survey | None) -> str:
    session = db.session()
    gone, overclaimed = taken_back(session)
    return render_template(
        "office/receipt_gift_aid.html",
        form=form,
        found=found,
        total=None if found is None else Money(found.total_minor, POUND),
        most=MOST_ROWS,
        claims=claims(session),
        gone=gone,
        overclaimed=overclaimed,
        reasons=_REASONS,
    )
