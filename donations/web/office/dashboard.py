"""The overview, and the pages shown in place of one that cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template
from flask_babel import gettext as _

from donations.kernel.database import db
from donations.kernel.errors import NotFound
from donations.reports.chart import charts
from donations.reports.today import today
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.blueprint import blueprint, page

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@page("/", needs=Permission.DASHBOARD)
def dashboard() -> ResponseReturnValue:
    """Show this month so far, a year of income, and whether the machine is well."""
    found = today(db.session(), house().newsroom.zone, house().clock.now())
    return render_template("office/dashboard.html", today=found, charts=charts(found.year))


@blueprint.errorhandler(403)
def _not_allowed(_error: Exception) -> ResponseReturnValue:
    return _instead(
        403,
        _("Not for your role"),
        _("This page is for other roles than yours. Ask an administrator if you need it."),
    )


@blueprint.errorhandler(404)
@blueprint.errorhandler(NotFound)
def _not_there(_error: Exception) -> ResponseReturnValue:
    return _instead(
        404,
        _("Nothing under this number"),
        _("Check the number, or find it again from the list."),
    )


@blueprint.errorhandler(400)
def _not_understood(_error: Exception) -> ResponseReturnValue:
    return _instead(
        400,
        _("This cannot be done as asked"),
        _("The page you came from was open too long, or its address was changed. Load it again."),
    )


def _instead(code: int, heading: str, message: str) -> ResponseReturnValue:
    return render_template("office/instead.html", heading=heading, message=message), code
