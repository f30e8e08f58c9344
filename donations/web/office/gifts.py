"""The list of gifts, and one gift down to its postings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from donations.kernel.cadence import Frequency
from donations.kernel.database import db
from donations.reports.gift import gift
from donations.reports.gifts import FILTERABLE, gifts
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.queries import asked, asked_gifts, kept_filters

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@page("/gifts", needs=Permission.GIFTS)
def gift_list() -> ResponseReturnValue:
    """Gifts, latest first, by month, frequency, currency and state."""
    chosen = asked_gifts()
    found = gifts(db.session(), house().newsroom.zone, chosen, after=asked("after", str))
    return render_template(
        "office/gifts.html",
        chosen=chosen,
        found=found,
        frequencies=tuple(Frequency),
        statuses=FILTERABLE,
        currencies=house().newsroom.currencies,
        query=kept_filters(),
    )


@page("/gifts/<public_id>", needs=Permission.GIFT)
def gift_page(public_id: str) -> ResponseReturnValue:
    """One gift: what was charged, what was booked, what became of it."""
    return render_template("office/gift.html", gift=gift(db.session(), public_id))
