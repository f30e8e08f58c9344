"""Promos: a lower amount for the first payments, what it becomes, and who may still take it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

import structlog
from flask import g, redirect, render_template, request, url_for
from wtforms import StringField

from donations.kernel.cadence import Frequency
from donations.kernel.database import db
from donations.kernel.errors import BadAmount, FieldRefused, NotAllowed
from donations.kernel.money import Money, currency_of
from donations.self_service.promo_terms import uses
from donations.staff.roles import Permission
from donations.tiers.editing import tiers
from donations.tiers.promos import (
    MOST_PAYMENTS,
    Terms,
    Window,
    add_promo,
    move_promo,
    promo_named,
    promos,
)
from donations.tiers.states import PROMO_MOVES, PromoState, TierState
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.entry_form import EntryForm, one_of, read_day, read_money
from donations.web.office.tier_forms import REGULAR, read_count

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from donations.tiers.models import Tier

_log: Final = structlog.get_logger("donations.office")
_CHANGE: Final = Permission.PROMOS_CHANGE
_MOST_USES: Final = 9999


class PromoForm(EntryForm):
    """A new promo."""

    anchor = "promo"
    code = StringField()
    frequency = StringField()
    currency = StringField()
    first = StringField()
    payments = StringField()
    then = StringField()
    tier = StringField()
    from_on = StringField()
    until_on = StringField()
    most_uses = StringField()

    def terms(self, known: dict[str, Tier]) -> Terms | None:
        """What is promised; None once something is refused."""
        frequency = self.read("frequency", lambda text: Frequency(one_of(REGULAR)(text)))
        currency = self.read("currency", one_of(house().newsroom.currencies))
        payments = self.read("payments", read_count(MOST_PAYMENTS))
        code = self.read("tier", one_of(("", *known)))
        if frequency is None or currency is None or payments is None or code is None:
            return None
        first = self.read("first", lambda text: _first(read_money(currency)(text)))
        asked = house().price_list.ask(currency, frequency)
        then = self.read("then", lambda text: asked.check(read_money(currency)(text)))
        if first is None or then is None:
            return None
        return Terms(frequency, first, payments, then, known[code].id if code else None)

    def window(self) -> Window | None:
        """When and how often it can be taken; None once something is refused."""
        begins = self.read("from_on", read_day)
        ends = self.read("until_on", lambda text: read_day(text) if text else date.max)
        most = self.read("most_uses", lambda text: read_count(_MOST_USES)(text) if text else 0)
        if begins is None or ends is None or most is None:
            return None
        until = None if ends == date.max else _midnight(ends + timedelta(days=1))
        return Window(_midnight(begins), until, most or None)


@page("/promos", needs=Permission.PROMOS)
def promo_list() -> ResponseReturnValue:
    """Every promo, and the form that makes one."""
    return _page(PromoForm(formdata=None, data={"from_on": _today().isoformat()}))


@page("/promos", needs=_CHANGE, methods=("POST",))
def promo_add() -> ResponseReturnValue:
    """Make a draft."""
    form = PromoForm()
    known = _offered()
    terms, window = form.terms(known), form.window()
    if terms is None or window is None:
        return _page(form), 422
    code, now = (form.code.data or "").strip(), house().clock.now()
    try:
        promo = add_promo(db.session(), code, terms, window, by=g.visitor.login, now=now)
    except FieldRefused as refused:
        form.refuse(refused)
        return _page(form), 422
    _log.info("promo made", promo=promo.code, staff=g.visitor.staff_id)
    return redirect(url_for("office.promo_list"), 303)


@page("/promos/<public_id>/state", needs=_CHANGE, methods=("POST",))
def promo_move(public_id: str) -> ResponseReturnValue:
    """Open it, or close it; who took it keeps it."""
    promo_named(db.session(), public_id)
    to = request.form.get("to", "")
    if to not in tuple(PromoState):
        return _page(PromoForm(formdata=None)), 422
    try:
        move_promo(db.session(), public_id, PromoState(to))
    except NotAllowed:  # another member of staff was quicker
        return redirect(url_for("office.promo_list"), 303)
    _log.info("promo moved", promo=public_id, to=to, staff=g.visitor.staff_id)
    return redirect(url_for("office.promo_list"), 303)


def _page(form: PromoForm) -> str:
    session, now = db.session(), house().clock.now()
    session.rollback()
    every = promos(session)
    return render_template(
        "office/promos.html",
        promos=every,
        used={promo.id: uses(session, promo) for promo in every},
        moves={promo.id: sorted(PROMO_MOVES[PromoState(promo.state)]) for promo in every},
        codes={tier.id: tier.code for tier in tiers(session)},
        link=f"{house().base_url}/support?promo=",
        now=now,
        form=form,
        tiers=_offered(),
        frequencies=REGULAR,
        currencies=house().newsroom.currencies,
    )


def _offered() -> dict[str, Tier]:
    return {one.code: one for one in tiers(db.session()) if one.state == TierState.OFFERED}


def _first(amount: Money) -> Money:
    """A first amount may be below what readers are asked for, never below what Stripe takes."""
    least = currency_of(amount.currency).minimum
    if amount.minor < least:
        raise BadAmount("too_small", least)
    return amount


def _today() -> date:
    return house().clock.now().astimezone(house().newsroom.zone).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=house().newsroom.zone).astimezone(UTC)
