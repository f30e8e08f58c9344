"""Reads what a form asks for and puts it into the domain's words; refuses at the field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

from flask import g
from flask_babel import gettext as _

from donations.giving.fee_cover import covered
from donations.giving.orders import Order, price
from donations.kernel.cadence import Frequency
from donations.kernel.database import db
from donations.kernel.errors import BadAmount, FieldRefused, NotAllowed
from donations.self_service import asking
from donations.self_service.actions import Action, Standing
from donations.web.house import house
from donations.web.membership.words import months_of, other_rhythm
from donations.web.public.checkout_form import amount_message

if TYPE_CHECKING:
    from donations.web.membership.admission import Admission

LATER: Final = "later"


class Refused(Exception):
    """A form that is wrong: by field a sentence."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


def ask(admission: Admission, standing: Standing, form: Mapping[str, str]) -> Standing:
    """Ask the domain for what the form says.

    Raises `Refused` with sentences at the fields, and `NotAllowed` when the page is out of date.
    """
    reading = {
        Action.AMOUNT: _amount,
        Action.FREQUENCY: _frequency,
        Action.PAUSE: _pause,
        Action.MOVE: _move,
        Action.CANCEL: _cancel,
        Action.SKIP: _plain,
        Action.RESUME: _plain,
        Action.KEEP: _plain,
    }[admission.action]
    return reading(admission, standing, form)


def _amount(admission: Admission, standing: Standing, form: Mapping[str, str]) -> Standing:
    order = _order(standing, standing.frequency, form)
    parts = house()
    try:
        return asking.change_amount(
            db.session(),
            admission.public_id,
            order.amount,
            prices=parts.price_list,
            via=admission.via,
            now=parts.clock.now(),
        )
    except NotAllowed as error:
        if error.reason != "nothing_changes":
            raise
        raise Refused({"amount": _("That is what you give already.")}) from error


def _frequency(admission: Admission, standing: Standing, form: Mapping[str, str]) -> Standing:
    rhythm = other_rhythm(standing.frequency)
    order, parts = _order(standing, rhythm, form), house()
    return asking.switch_frequency(
        db.session(),
        admission.public_id,
        rhythm,
        order.amount,
        prices=parts.price_list,
        via=admission.via,
        now=parts.clock.now(),
    )


def _order(standing: Standing, rhythm: Frequency, form: Mapping[str, str]) -> Order:
    prices, currency = house().price_list, standing.amount.currency
    try:
        order = price(
            prices,
            currency=currency,
            frequency=rhythm,
            chosen=form.get("amount", ""),
            typed=form.get("other", ""),
        )
        if form.get("cover") == "yes":
            whole = covered(order.amount, house().newsroom.fee_cover)
            order = Order(prices.ask(currency, rhythm).check(whole), rhythm)
    except BadAmount as error:
        raise Refused({"amount": amount_message(error, currency, g.language)}) from error
    return order


def _pause(admission: Admission, _standing: Standing, form: Mapping[str, str]) -> Standing:
    try:
        return asking.pause(
            db.session(),
            admission.public_id,
            months_of(form.get("months", "")),
            via=admission.via,
            now=house().clock.now(),
        )
    except FieldRefused as error:
        raise Refused({"months": _("Choose for how many months, from one to twelve.")}) from error


def _move(admission: Admission, _standing: Standing, form: Mapping[str, str]) -> Standing:
    parts = house()
    try:
        day = date.fromisoformat(form.get("day", ""))
        return asking.move(
            db.session(),
            admission.public_id,
            day,
            zone=parts.newsroom.zone,
            via=admission.via,
            now=parts.clock.now(),
        )
    except (ValueError, FieldRefused) as error:
        raise Refused({"day": _("Choose one of the days named above.")}) from error
    except NotAllowed as error:
        if error.reason != "nothing_changes":
            raise
        raise Refused({"day": _("That is the day already.")}) from error


def _cancel(admission: Admission, _standing: Standing, form: Mapping[str, str]) -> Standing:
    return asking.cancel(
        db.session(),
        admission.public_id,
        at_period_end=form.get("when") == LATER,
        via=admission.via,
        now=house().clock.now(),
    )


def _plain(admission: Admission, _standing: Standing, _form: Mapping[str, str]) -> Standing:
    verb = {
        Action.SKIP: asking.skip,
        Action.RESUME: asking.resume,
        Action.KEEP: asking.keep,
    }[admission.action]
    return verb(db.session(), admission.public_id, via=admission.via, now=house().clock.now())
