"""Income by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from donations.kernel.database import db
from donations.kernel.months import Month
from donations.reports.chart import charts
from donations.reports.income import Income, first_month, income
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.queries import asked_period, kept_filters

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@page("/income", needs=Permission.INCOME)
def income_report() -> ResponseReturnValue:
    """Month by month, with the difference to the ledger."""
    report = asked_income()
    this_month = Month.of(house().clock.now(), house().newsroom.zone)
    return render_template(
        "office/income.html",
        report=report,
        charts=charts(report),
        this_month=this_month,
        january=Month(this_month.year, 1),
        query=kept_filters(),
    )


def asked_income() -> Income:
    """The report the address asks for, the same for screen and CSV."""
    zone = house().newsroom.zone
    this_month = Month.of(house().clock.now(), zone)
    period = asked_period(this_month, first_month(db.session()))
    return income(db.session(), period.first, period.last)
