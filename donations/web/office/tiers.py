"""Tiers: their words and prices, whether they are offered, and what finance says they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from flask import g, redirect, render_template, url_for

from donations.giving.benefits import today
from donations.kernel.cadence import Frequency
from donations.kernel.database import db
from donations.kernel.errors import FieldRefused, NotAllowed
from donations.staff.roles import Permission
from donations.tiers.deciding import WorthKind, decide_worth, worths
from donations.tiers.editing import add_tier, edit_tier, move_tier, tier_named, tiers
from donations.tiers.states import TIER_MOVES, TierState
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.entry_form import one_of, read_day, read_money
from donations.web.office.mail_words import LANGUAGES
from donations.web.office.tier_forms import (
    REGULAR,
    CodeForm,
    StateForm,
    WorthForm,
    sheet_form,
    sheet_of,
)
from donations.web.office.tier_members import members_by_tier

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from flask.typing import ResponseReturnValue

    from donations.tiers.models import TierWorth
    from donations.web.office.entry_form import EntryForm

_log: Final = structlog.get_logger("donations.office")
_CHANGE: Final = Permission.TIERS_CHANGE


@page("/tiers", needs=Permission.TIERS)
def tier_list() -> ResponseReturnValue:
    """Every tier, and the form that begins one."""
    return _list(CodeForm(formdata=None))


@page("/tiers", needs=_CHANGE, methods=("POST",))
def tier_add() -> ResponseReturnValue:
    """Begin a draft."""
    form = CodeForm()
    try:
        tier = add_tier(db.session(), form.code.data or "", now=house().clock.now())
    except FieldRefused as refused:
        form.refuse(refused)
        return _list(form), 422
    _log.info("tier begun", tier=tier.code, staff=g.visitor.staff_id)
    return _to(tier.code)


@page("/tiers/<public_id>", needs=Permission.TIERS)
def tier_page(public_id: str) -> ResponseReturnValue:
    """One tier: its words and prices, its state, what was decided of it."""
    return _page(public_id)


@page("/tiers/<public_id>", needs=_CHANGE, methods=("POST",))
def tier_edit(public_id: str) -> ResponseReturnValue:
    """Let the tier be what the form says."""
    tier_named(db.session(), public_id)
    form = sheet_form()
    sheet = sheet_of(form)
    if sheet is None:
        return _page(public_id, form), 422
    try:
        edit_tier(db.session(), public_id, sheet)
    except FieldRefused as refused:
        form.refuse(refused)
        return _page(public_id, form), 422
    _log.info("tier edited", tier=public_id, staff=g.visitor.staff_id)
    return _to(public_id)


@page("/tiers/<public_id>/state", needs=_CHANGE, methods=("POST",))
def tier_move(public_id: str) -> ResponseReturnValue:
    """Offer it, or retire it."""
    tier_named(db.session(), public_id)
    form = StateForm()
    to = form.read("to", lambda text: TierState(one_of(tuple(TierState))(text)))
    if to is None:
        return _page(public_id, form), 422
    try:
        move_tier(db.session(), public_id, to)
    except FieldRefused as refused:
        form.refuse(refused)
        return _page(public_id, form), 422
    except NotAllowed:  # another page, or another member of staff, was quicker
        return _to(public_id)
    _log.info("tier moved", tier=public_id, to=to.value, staff=g.visitor.staff_id)
    return _to(public_id)


@page("/tiers/<public_id>/worth", needs=Permission.BENEFITS_CHANGE, methods=("POST",))
def tier_decide(public_id: str) -> ResponseReturnValue:
    """Decide what the tier's payments are, from tomorrow or a later day on."""
    tier, form, now = tier_named(db.session(), public_id), WorthForm(), house().clock.now()
    frequency = form.read("frequency", lambda text: Frequency(one_of(REGULAR)(text)))
    kind = form.read("kind", lambda text: WorthKind(one_of(tuple(WorthKind))(text)))
    currency = form.read("currency", one_of(house().newsroom.currencies))
    typed = form.value.data
    if kind is WorthKind.MEMBERSHIP and not typed:
        form.value.data = "0"
    value = form.read("value", read_money(currency)) if currency else None
    form.value.data = typed
    day = form.read("from_on", read_day)
    if frequency is None or kind is None or value is None or day is None:
        return _page(public_id, form), 422
    try:
        decide_worth(
            db.session(), tier.id, frequency, kind, value, day, by=g.visitor.login, now=now
        )
    except FieldRefused as refused:
        form.refuse(refused)
        return _page(public_id, form), 422
    _log.info("tier decided", tier=public_id, kind=kind.value, staff=g.visitor.staff_id)
    return _to(public_id)


def _to(code: str) -> ResponseReturnValue:
    return redirect(url_for("office.tier_page", public_id=code), 303)


def _list(form: CodeForm) -> str:
    session = db.session()
    return render_template(
        "office/tiers.html",
        tiers=tiers(session),
        members=members_by_tier(session),
        currencies=house().newsroom.currencies,
        frequencies=REGULAR,
        form=form,
    )


def _page(code: str, sent: EntryForm | None = None) -> str:
    """The page of a tier; `sent` stands in the place of the form of its kind."""
    session, newsroom = db.session(), house().newsroom
    session.rollback()  # what was refused is not shown as if it were so
    tier = tier_named(session, code)
    history, day = worths(session, tier.id), today(session, house().clock.now())
    is_sheet = sent is not None and sent.anchor == "tier"
    return render_template(
        "office/tier.html",
        tier=tier,
        members=members_by_tier(session).get(tier.id, 0),
        moves=sorted(one.value for one in TIER_MOVES[TierState(tier.state)]),
        problem=sent.problem if isinstance(sent, StateForm) else "",
        form=sent if is_sheet else sheet_form(tier),
        worth_form=sent if isinstance(sent, WorthForm) else WorthForm(formdata=None),
        history=history,
        counting=_counting(history, day),
        today=day,
        frequencies=REGULAR,
        languages=newsroom.languages,
        currencies=newsroom.currencies,
        LANGUAGES=LANGUAGES,
    )


def _counting(history: Sequence[TierWorth], day: date) -> frozenset[int]:
    """The decisions that count on a day, by their ids."""
    begun = sorted((one for one in history if one.from_on <= day), key=lambda one: one.from_on)
    return frozenset({(one.frequency, one.currency): one.id for one in begun}.values())
