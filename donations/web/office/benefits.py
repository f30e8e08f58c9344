"""What membership benefits are worth: decided by finance, from a day still to come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from flask import g, redirect, render_template, url_for
from wtforms import StringField

from donations.giving.benefits import WITH_BENEFITS, decide, decisions, in_force, today
from donations.kernel.cadence import Frequency
from donations.kernel.database import db
from donations.kernel.errors import FieldRefused
from donations.kernel.money import Money
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.entry_form import EntryForm, one_of, read_day, read_money

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from donations.giving.fund_models import Benefit

_log: Final = structlog.get_logger("donations.office")


class BenefitForm(EntryForm):
    """What the benefits of one payment are worth, and from when."""

    anchor = "benefit"
    frequency = StringField()
    currency = StringField()
    value = StringField()
    from_on = StringField()


@page("/benefits", needs=Permission.BENEFITS)
def benefit_list() -> ResponseReturnValue:
    """What counts today, everything decided, and the form to decide."""
    return _page(BenefitForm(formdata=None))


@page("/benefits", needs=Permission.BENEFITS_CHANGE, methods=("POST",))
def benefit_decide() -> ResponseReturnValue:
    """Decide a value from tomorrow or a later day on."""
    form, now = BenefitForm(), house().clock.now()
    words = tuple(each.value for each in WITH_BENEFITS)
    frequency = form.read("frequency", lambda text: Frequency(one_of(words)(text)))
    currency = form.read("currency", one_of(house().newsroom.currencies))
    value = form.read("value", read_money(currency)) if currency else None
    day = form.read("from_on", read_day)
    if frequency is None or value is None or day is None:
        return _page(form), 422
    try:
        decide(db.session(), frequency, value, day, by=g.visitor.login, now=now)
    except FieldRefused as refused:
        form.refuse(refused)
        return _page(form), 422
    _log.info("benefit decided", frequency=frequency.value, staff=g.visitor.staff_id)
    return redirect(url_for("office.benefit_list"), 303)


def exceeds_suggestion(one: Benefit) -> Money | None:
    """The smallest suggested amount, if these benefits are worth more than it."""
    prices = house().price_list
    if one.currency not in prices.currencies:
        return None
    smallest = min(prices.ask(one.currency, Frequency(one.frequency)).choices)
    return Money(smallest, one.currency) if one.amount_minor > smallest else None


def _page(form: BenefitForm) -> str:
    session = db.session()
    history, day = decisions(session), today(session, house().clock.now())
    return render_template(
        "office/benefits.html",
        history=history,
        counting=in_force(history, day),
        today=day,
        exceeds=exceeds_suggestion,
        form=form,
        frequencies=tuple(each.value for each in WITH_BENEFITS),
        currencies=house().newsroom.currencies,
    )
