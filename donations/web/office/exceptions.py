"""Exceptions: the open ones by kind, to be explained by name, and what became of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import structlog
from flask import g, redirect, render_template, request, url_for

from donations.kernel.database import begin_write, db
from donations.kernel.months import Month
from donations.reconciliation.discrepancies import LONGEST_EXPLANATION, Kind, Unexplained, explain
from donations.reports.exceptions import ExceptionFilter, Standing, open_ones, past_ones
from donations.reports.subjects import gift_of
from donations.staff.roles import Permission
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.exception_words import sentence
from donations.web.office.queries import asked, kept_filters
from donations.web.office.reports import address

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_log: Final = structlog.get_logger("donations.office")


@page("/exceptions", needs=Permission.EXCEPTIONS)
def exception_list() -> ResponseReturnValue:
    """Everything of the filter: what is open first, by kind, then the explained and the cleared."""
    return _shown()


@page("/exceptions/<int:number>", needs=Permission.EXPLAIN, methods=("POST",))
def exception_explain(number: int) -> ResponseReturnValue:
    """Explain one, in words that stay with the name of whoever wrote them."""
    session, now = begin_write(db.session()), house().clock.now()
    try:
        explain(session, number, request.form.get("explanation", ""), g.visitor.login, now=now)
    except Unexplained:
        session.rollback()
        return _shown(unexplained=number), 422
    session.commit()
    _log.info("exception explained", discrepancy=number, staff=g.visitor.staff_id)
    return redirect(url_for("office.exception_list", **_kept()), 303)


def _kept() -> dict[str, Any]:
    return dict(kept_filters())


def _shown(unexplained: int | None = None) -> str:
    session, after = db.session(), asked("after", int)
    chosen = ExceptionFilter(
        kind=asked("kind", Kind),
        month=asked("month", Month.parse),
        standing=asked("state", Standing),
    )
    wants_open = after is None and chosen.standing in {None, Standing.OPEN}
    wants_past = chosen.standing is not Standing.OPEN
    return render_template(
        "office/exceptions.html",
        chosen=chosen,
        kinds=tuple(Kind),
        standings=tuple(Standing),
        wants_open=wants_open,
        groups=open_ones(session, chosen) if wants_open else {},
        past=past_ones(session, chosen, after=after) if wants_past else None,
        query=kept_filters(),
        unexplained=unexplained,
        longest=LONGEST_EXPLANATION,
        sentence=sentence,
        about=gift_of,
        link=address,
    )
