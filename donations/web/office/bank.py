"""Bank lines: what is open and what it may be, and one line with what it was found to be.

What a line says may name a reader.  It is shown one line at a time, to those who match lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from flask import g, render_template

from donations.kernel.database import db
from donations.kernel.errors import NotFound
from donations.kernel.months import Month
from donations.reconciliation.candidates import candidates, open_lines
from donations.reconciliation.models import BankLine
from donations.reconciliation.statements import TEXT_COLUMN
from donations.reports.bank_lines import (
    LineFilter,
    Standing,
    bank_line,
    bank_lines,
    how_many_open,
    rows_of,
)
from donations.reports.payouts import payouts_named
from donations.staff.roles import Permission, may
from donations.vault.sealed import open_operational
from donations.web.house import house
from donations.web.office.blueprint import page
from donations.web.office.payouts import today
from donations.web.office.queries import asked, kept_filters, read_currency

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

OPEN_SHOWN: Final = 100
_log: Final = structlog.get_logger("donations.office")


@page("/bank", needs=Permission.BANK)
def bank_list() -> ResponseReturnValue:
    """Open lines with what they may be, then every line, latest first."""
    chosen = LineFilter(
        month=asked("month", Month.parse),
        currency=asked("currency", read_currency),
        standing=asked("state", Standing),
    )
    after = asked("after", int)
    first_look = chosen == LineFilter() and after is None
    session = db.session()
    waiting = open_lines(session, OPEN_SHOWN) if first_look else []
    return render_template(
        "office/bank.html",
        chosen=chosen,
        first_look=first_look,
        waiting=tuple(reversed(rows_of(session, waiting))),
        suggestions=candidates(session, waiting),
        open_count=how_many_open(session) if first_look else 0,
        found=bank_lines(session, chosen, after=after),
        standings=tuple(Standing),
        currencies=house().newsroom.currencies,
        added=asked("added", int),
        known=asked("known", int),
        tied=asked("tied", int),
        query=kept_filters(),
    )


@page("/bank/<int:line_id>", needs=Permission.BANK)
def bank_line_page(line_id: int) -> ResponseReturnValue:
    """One line: what it says, what it is, what it may be."""
    return line_page(line_id)


def line_page(line_id: int, *, problem: str = "", names: str = "", why: str = "") -> str:
    """The page of a line, with what went wrong and what was typed."""
    session = db.session()
    row = bank_line(session, line_id)
    line = session.get_one(BankLine, line_id)
    waiting = row.standing is Standing.OPEN
    payouts = [one.name for one in row.found if not one.is_batch]
    return render_template(
        "office/bank_line.html",
        row=row,
        text=_said(line) if may(g.visitor.role, Permission.BANK_TEXT) else None,
        payouts=payouts_named(session, payouts, today()),
        suggestions=candidates(session, [line])[line_id] if waiting else (),
        problem=problem,
        names=names,
        why=why,
    )


def line_named(line_id: int) -> BankLine:
    """The line of that number.  Raises `NotFound`."""
    found = db.session().get(BankLine, line_id)
    if found is None:
        raise NotFound
    return found


def _said(line: BankLine) -> str:
    _log.info("bank text shown", line=line.id, staff=g.visitor.staff_id)
    return open_operational(house().master, TEXT_COLUMN, line.text_sealed)
