"""Payouts: what each is made of, down to the gift, and what the bank shows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from donations.kernel.database import db
from donations.kernel.months import Month
from donations.ledger.books import books_zone
from donations.reports.payout_view import payout_view
from donations.reports.payouts import STATES, PayoutFilter, payouts
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.queries import asked, kept_filters, read_currency

if TYPE_CHECKING:
    from datetime import date

    from flask.typing import ResponseReturnValue


@page("/payouts", needs=Permission.PAYOUTS)
def payout_list() -> ResponseReturnValue:
    """Payouts, latest arrival first."""
    chosen = PayoutFilter(
        month=asked("month", Month.parse),
        currency=asked("currency", read_currency),
        state=asked("state", _state),
        unmatched=asked("matched", _no) is not None,
    )
    return render_template(
        "office/payouts.html",
        chosen=chosen,
        found=payouts(db.session(), chosen, today(), after=asked("after", str)),
        states=STATES,
        currencies=house().newsroom.currencies,
        query=kept_filters(),
    )


@page("/payouts/<payout>", needs=Permission.PAYOUTS)
def payout_page(payout: str) -> ResponseReturnValue:
    """One payout with its lines, 500 at a time."""
    found = payout_view(db.session(), payout, today(), asked("page", int) or 1)
    return render_template("office/payout.html", found=found, row=found.row)


def today() -> date:
    """The day it is by the books' own clocks."""
    return house().clock.now().astimezone(books_zone(db.session())).date()


def _state(text: str) -> str:
    if text not in STATES:
        raise ValueError(text)
    return text


def _no(text: str) -> str:
    if text != "no":
        raise ValueError(text)
    return text
