"""Income by account: what came in and went back, by code, fund, campaign and kind of income."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask_babel import lazy_gettext as _

from donations.kernel.money import Money
from donations.ledger.chart import Account, Kind
from donations.ledger.codes import income_kind
from donations.reports.sums import Sum, sums
from donations.reports.table import Column, Definition, Link, Report, Row, Section, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from donations.kernel.months import Month
    from donations.reports.table import Question

_BACK: Final = (Account.REFUNDS, Account.DISPUTES)
_BY: Final = ("currency", "fund", "campaign", "frequency", "account", "kind")


@dataclass(slots=True)
class _Line:
    count: int = 0
    gross: int = 0
    back: int = 0
    prior: int = 0
    year: int = 0

    def count_asked(self, account: str, kind: str, one: Sum) -> None:
        """Count a sum of the months asked about."""
        if account == Account.INCOME:
            self.gross -= one.minor
            self.count += one.postings if kind == Kind.GIFT else 0
        else:
            self.back -= one.minor

    def count_prior(self, _account: str, _kind: str, one: Sum) -> None:
        """Count a sum of the month before them."""
        self.prior -= one.minor

    def count_year(self, _account: str, _kind: str, one: Sum) -> None:
        """Count a sum of the fiscal year they end in."""
        self.year -= one.minor


def build(session: Session, question: Question) -> Report:
    """Gross is income as earned, benefits put off left out; net is gross less what went back."""
    prior = question.first.later(-1)
    year = question.last.fiscal_year(question.fiscal_year_start)
    lines: dict[tuple[Any, ...], _Line] = defaultdict(_Line)
    for first, last, count in (
        (question.first, question.last, _Line.count_asked),
        (prior, prior, _Line.count_prior),
        (year, question.last, _Line.count_year),
    ):
        for one in _sums(session, question, first, last):
            currency, fund, campaign, frequency, account, kind = one.by
            what = income_kind(frequency or None) or ""
            if question.kind in {None, what}:
                count(lines[currency, fund, campaign, what], account, kind, one)
    return Report((_section(question, lines),))


def _sums(session: Session, question: Question, first: Month, last: Month) -> Iterator[Sum]:
    return sums(
        session,
        _BY,
        lambda row: row.posted_on.between(first.first_day, last.last_day),
        lambda row: row.account.in_([Account.INCOME, *_BACK]),
        *_narrowed(question),
        as_of=question.as_of,
    )


def _narrowed(question: Question) -> list[Any]:
    wanted: list[Any] = []
    if question.currency is not None:
        wanted.append(lambda row: row.currency == question.currency)
    if question.fund is not None:
        wanted.append(lambda row: row.fund == question.fund)
    return wanted


def _section(question: Question, lines: dict[tuple[Any, ...], _Line]) -> Section:
    rows = []
    totals: dict[str, _Line] = defaultdict(_Line)
    for (currency, fund, campaign, what), line in sorted(lines.items()):
        code = question.codes.of(Account.INCOME, currency, what or None, fund)
        rows.append(_row((code.code, code.name, fund, campaign, what), currency, line, question))
        total = totals[currency]
        for name in ("count", "gross", "back", "prior", "year"):
            setattr(total, name, getattr(total, name) + getattr(line, name))
    for currency, line in sorted(totals.items()):
        rows.append(_row(("", _("Total"), "", "", ""), currency, line, question, strong=True))
    return Section("income_by_account", _("Income by account"), _COLUMNS, rows)


def _row(
    head: tuple[Any, ...], currency: str, line: _Line, question: Question, *, strong: bool = False
) -> Row:
    def money(minor: int) -> Money:
        return Money(minor, currency)

    net = line.gross + line.back
    cells = (
        *head,
        currency.upper(),
        line.count,
        money(line.gross),
        money(line.back),
        money(net),
        money(line.prior),
        money(line.year),
    )
    if strong:
        return Row(cells, strong=True)
    where = {"name": "journal", "from": str(question.first), "to": str(question.last)}
    about = {"currency": currency, "fund": head[2], "subject": Account.INCOME.value}
    return Row(cells, {"gross": Link("report", where | about)})


_COLUMNS: Final = (
    Column("code", _("Code")),
    Column("account", _("Account")),
    Column("fund", _("Fund")),
    Column("campaign", _("Campaign")),
    Column("kind", _("Kind"), Shape.WORD, "INCOME_KINDS"),
    Column("currency", _("Currency")),
    Column("gifts", _("Gifts"), Shape.COUNT),
    Column("gross", _("Gross"), Shape.MONEY),
    Column("returned", _("Refunds and disputes"), Shape.MONEY),
    Column("net", _("Net"), Shape.MONEY),
    Column("prior_month", _("Month before"), Shape.MONEY),
    Column("year_to_date", _("Fiscal year to date"), Shape.MONEY),
)

INCOME_BY_ACCOUNT: Final = Definition(
    number=4,
    name="income-by-account",
    title=_("Income by account"),
    definition=_(
        "Income by accounting date, in the currency it settled in. Membership benefits count when"
        " they are given, not when they are paid for. Net is gross less refunds and disputes."
    ),
    build=build,
    filters=("currency", "fund", "kind"),
    in_pack=True,
    frozen=False,
)
