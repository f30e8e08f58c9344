"""Saying by hand what a bank line is, taking that back, and leaving a line aside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import structlog
from flask import g, redirect, request, url_for
from sqlalchemy import select

from donations.giving.offline_models import OfflineBatch
from donations.kernel.database import begin_write, db
from donations.payouts.models import Payout
from donations.reconciliation.matching import match_lines
from donations.reconciliation.receipts import (
    LONGEST_REASON,
    CannotMatch,
    dismiss,
    match_by_hand,
    restore,
    undo,
)
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.bank import line_named, line_page
from donations.web.office.bank_words import cannot_match, names_unknown
from donations.web.office.blueprint import page

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_log: Final = structlog.get_logger("donations.office")
_MATCH: Final = Permission.BANK_MATCH
_LONGEST: Final = 2000
_SEPARATORS: Final = re.compile(r"[\s,;]+")


@page("/bank/match", needs=_MATCH, methods=("POST",))
def bank_match_all() -> ResponseReturnValue:
    """Look at every open line again."""
    session = begin_write(db.session())
    found = match_lines(session, house().master, now=house().clock.now())
    session.commit()
    _log.info("bank matched", tied=len(found.tied), staff=g.visitor.staff_id)
    return redirect(url_for("office.bank_list", tied=len(found.tied)), 303)


@page("/bank/<int:line_id>/match", needs=_MATCH, methods=("POST",))
def bank_match(line_id: int) -> ResponseReturnValue:
    """Say which payouts or batches a line is."""
    typed = request.form.get("names", "")[:_LONGEST]
    names = list(dict.fromkeys(name for name in _SEPARATORS.split(typed) if name))
    session = begin_write(db.session())
    line = line_named(line_id)
    payouts = session.scalars(select(Payout).where(Payout.stripe_id.in_(names))).all()
    batches = session.scalars(select(OfflineBatch).where(OfflineBatch.public_id.in_(names))).all()
    known = {one.stripe_id for one in payouts} | {one.public_id for one in batches}
    unknown = [name for name in names if name not in known]
    try:
        if unknown:
            session.rollback()
            return line_page(line_id, problem=names_unknown(unknown), names=typed), 422
        by = g.visitor.login
        match_by_hand(session, line, payouts, batches, by=by, now=house().clock.now())
        session.commit()
    except CannotMatch as refusal:
        session.rollback()
        return line_page(line_id, problem=cannot_match(refusal), names=typed), 422
    _log.info("bank line matched", line=line_id, staff=g.visitor.staff_id)
    return _line(line_id)


@page("/bank/<int:line_id>/undo", needs=_MATCH, methods=("POST",))
def bank_undo(line_id: int) -> ResponseReturnValue:
    """Take back what was said of a line; the books are put right by a reversal."""
    session = begin_write(db.session())
    undo(session, line_named(line_id), by=g.visitor.login, now=house().clock.now())
    session.commit()
    _log.info("bank line unmatched", line=line_id, staff=g.visitor.staff_id)
    return _line(line_id)


@page("/bank/<int:line_id>/dismiss", needs=_MATCH, methods=("POST",))
def bank_dismiss(line_id: int) -> ResponseReturnValue:
    """Leave a line aside, with a reason."""
    why = request.form.get("why", "")[:LONGEST_REASON]
    session = begin_write(db.session())
    try:
        dismiss(session, line_named(line_id), why=why, by=g.visitor.login)
        session.commit()
    except CannotMatch as refusal:
        session.rollback()
        return line_page(line_id, problem=cannot_match(refusal), why=why), 422
    _log.info("bank line dismissed", line=line_id, staff=g.visitor.staff_id)
    return _line(line_id)


@page("/bank/<int:line_id>/restore", needs=_MATCH, methods=("POST",))
def bank_restore(line_id: int) -> ResponseReturnValue:
    """Have a line that was left aside looked at again."""
    session = begin_write(db.session())
    restore(line_named(line_id))
    session.commit()
    return _line(line_id)


def _line(line_id: int) -> ResponseReturnValue:
    return redirect(url_for("office.bank_line_page", line_id=line_id), 303)
