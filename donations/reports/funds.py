"""Restricted funds: what each held, received, gave back and released, and what it holds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from donations.giving.fund_models import Fund
from donations.kernel.money import Money
from donations.ledger.chart import Account
from donations.ledger.releases import HELD_IN
from donations.reports.sums import sums, up_to
from donations.reports.table import Column, Definition, Link, Report, Row, Section, Shape
from donations.reports.tie_out import Check, tie_out

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from donations.reports.table import Question

_BACK: Final = frozenset({Account.REFUNDS, Account.DISPUTES})
_HELD_IN: Final = tuple(account.value for account in HELD_IN)


@dataclass(slots=True)
class _Fund:
    """Minor units; what went out is negative."""

    opening: int = 0
    received: int = 0
    returned: int = 0
    released: int = 0

    @property
    def closing(self) -> int:
        return self.opening + self.received + self.returned + self.released

    def count(self, account: str, minor: int, *, before: bool) -> None:
        if before:
            self.opening -= minor
        elif account == Account.INCOME:
            self.received -= minor
        elif account in _BACK:
            self.returned -= minor
        else:
            self.released -= minor


def build(session: Session, question: Question) -> Report:
    """A line for each fund and currency it ever had; the closing ties to the postings."""
    lines: dict[tuple[str, str], _Fund] = defaultdict(_Fund)
    by = ("month", "account", "currency", "fund")
    for one in sums(session, by, up_to(question), *_asked(question), as_of=question.as_of):
        month, account, currency, fund = one.by
        lines[fund, currency].count(account, one.minor, before=month < str(question.first))
    return Report((_section(session, question, lines), _tie(session, question, lines)))


def _asked(question: Question) -> list[Any]:
    wanted: list[Any] = [lambda row: row.account.in_(_HELD_IN), lambda row: row.fund != ""]
    if question.currency is not None:
        wanted.append(lambda row: row.currency == question.currency)
    if question.fund is not None:
        wanted.append(lambda row: row.fund == question.fund)
    return wanted


def _section(session: Session, question: Question, lines: dict[tuple[str, str], _Fund]) -> Section:
    known = {fund.code: fund for fund in session.scalars(select(Fund))}
    rows, totals = [], dict[str, _Fund]()
    for (code, currency), line in sorted(lines.items()):
        fund = known.get(code)
        restriction = "restricted" if fund is None or fund.restricted else "unrestricted"
        head = (code, code if fund is None else fund.name, restriction)
        where = {"name": "journal", "from": str(question.first), "to": str(question.last)}
        link = Link("report", {**where, "fund": code, "currency": currency})
        rows.append(Row((*head, *_figures(currency, line)), {"fund": link}))
        total = totals.setdefault(currency, _Fund())
        for part in ("opening", "received", "returned", "released"):
            setattr(total, part, getattr(total, part) + getattr(line, part))
    for currency, line in sorted(totals.items()):
        rows.append(Row((_("Total"), "", "", *_figures(currency, line)), strong=True))
    return Section("funds", _("Restricted funds"), _COLUMNS, rows)


def _figures(currency: str, line: _Fund) -> tuple[str | Money, ...]:
    parts = (line.opening, line.received, line.returned, line.released, line.closing)
    return (currency.upper(), *(Money(minor, currency) for minor in parts))


def _tie(session: Session, question: Question, lines: dict[tuple[str, str], _Fund]) -> Section:
    """The lines are put together from their parts; what they are compared with is the account."""
    by = ("fund", "currency")
    found = sums(session, by, up_to(question), *_asked(question), as_of=question.as_of)
    books = {(one.by[0], one.by[1]): -one.minor for one in found}
    return tie_out(
        Check(
            fund,
            Money(lines[fund, currency].closing if (fund, currency) in lines else 0, currency),
            Money(books.get((fund, currency), 0), currency),
        )
        for fund, currency in sorted(lines.keys() | books.keys())
    )


_COLUMNS: Final = (
    Column("fund", _("Fund")),
    Column("name", _("Name")),
    Column("restriction", _("Restriction"), Shape.WORD, "RESTRICTIONS"),
    Column("currency", _("Currency")),
    Column("opening", _("Opening balance"), Shape.MONEY),
    Column("received", _("Received"), Shape.MONEY),
    Column("refunded", _("Refunds and disputes"), Shape.MONEY),
    Column("released", _("Released"), Shape.MONEY),
    Column("closing", _("Closing balance"), Shape.MONEY),
)

FUNDS: Final = Definition(
    number=10,
    name="restricted-funds",
    title=_("Restricted funds"),
    definition=_(
        "What each fund holds, by accounting date and settlement currency. Fees are borne by the"
        " newsroom, not by the fund; membership benefits still owed are not the fund’s yet."
    ),
    build=build,
    filters=("currency", "fund"),
    in_pack=True,
)
