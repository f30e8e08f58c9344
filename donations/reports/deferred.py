"""Deferred revenue waterfall: membership benefits put off, given, given back and still owed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask_babel import lazy_gettext as _

from donations.kernel.money import Money
from donations.ledger.chart import Account
from donations.ledger.deferrals import owed
from donations.reports.sums import sums, up_to
from donations.reports.table import (
    Bar,
    Cell,
    Column,
    Definition,
    Drawing,
    Link,
    Report,
    Row,
    Section,
    Shape,
)
from donations.reports.tie_out import Check, tie_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from donations.kernel.months import Month
    from donations.ledger.cohorts import Owed
    from donations.reports.table import Question

_MOST_MONTHS: Final = 12
_LONGEST_TERM: Final = 12


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is planned for one month, and what is still owed at its end."""

    month: Month
    income: Money
    owed: Money


def build(session: Session, question: Question) -> Report:
    """Cohorts that are owed something, or were in the months asked about."""
    cohorts = [
        one
        for one in owed(session, through=question.last, as_of=question.as_of)
        if question.currency in {None, one.cohort.currency}
        and question.fund in {None, one.cohort.fund}
    ]
    planned = {
        currency: plan(question.last, cohorts, currency)
        for currency in sorted({one.cohort.currency for one in cohorts})
    }
    return Report(
        (_waterfall(question, cohorts), _planned(planned), _tie(session, question, cohorts)),
        tuple(_drawing(currency, months) for currency, months in planned.items() if months),
    )


def plan(last: Month, cohorts: Iterable[Owed], currency: str) -> list[Ahead]:
    """What becomes income when, if nothing more is given back; empty if nothing is owed.

    The month `last` is in it with what has not been made income yet.
    """
    income: Counter[Month] = Counter()
    left, end = 0, last.later(_LONGEST_TERM)
    for one in cohorts:
        if one.cohort.currency == currency:
            left += one.remaining
            income[last] -= sum(one.recognised.values())
            for step in one.course(end):
                income[max(step.month, last)] += step.share
    found = []
    for ahead in range(_LONGEST_TERM + 1):
        month = last.later(ahead)
        if left or income[month]:
            left -= income[month]
            found.append(Ahead(month, Money(income[month], currency), Money(left, currency)))
    return found


def _waterfall(question: Question, cohorts: Sequence[Owed]) -> Section:
    months = question.months[-_MOST_MONTHS:]
    columns = (
        *_HEAD,
        Column("earlier", _("Income before"), Shape.MONEY),
        *(Column(str(month), str(month), Shape.MONEY) for month in months),
        *_TAIL,
    )
    rows = _rows(question, cohorts, months)
    return Section("deferred", _("Deferred revenue waterfall"), columns, rows)


def _rows(question: Question, cohorts: Sequence[Owed], months: Sequence[Month]) -> Iterator[Row]:
    shown = [one for one in cohorts if one.remaining or _moved(one, question)]
    for one in shown:
        yield _row(question, one.cohort.currency, months, [one], str(one.cohort.begins))
    for currency in sorted({one.cohort.currency for one in shown}):
        mine = [one for one in shown if one.cohort.currency == currency]
        yield _row(question, currency, months, mine, None)


def _moved(one: Owed, question: Question) -> bool:
    touched = {one.cohort.begins, *one.refunded, *one.recognised}
    return any(question.first <= month <= question.last for month in touched)


def _row(
    question: Question,
    currency: str,
    months: Sequence[Month],
    cohorts: Sequence[Owed],
    begins: str | None,
) -> Row:
    """One cohort, or the total of several."""
    given: Counter[Month] = Counter()
    for one in cohorts:
        given.update(one.recognised)
    earlier = sum(minor for month, minor in given.items() if month < months[0])
    back = sum(sum(one.refunded.values()) for one in cohorts)
    figures = (
        sum(one.booked for one in cohorts),
        earlier,
        *(given[month] for month in months),
        back,
        sum(one.remaining for one in cohorts),
    )
    cohort = cohorts[0].cohort
    code = question.codes.of(Account.DEFERRED, currency, "membership", cohort.fund).code
    head: tuple[Cell, ...] = (_("Total"), "", currency.upper(), "", "")
    if begins is not None:
        head = (begins, cohort.frequency, currency.upper(), cohort.fund, code)
    cells = (*head, *(Money(minor, currency) for minor in figures))
    if begins is None:
        return Row(cells, strong=True)
    about = {"currency": currency, "fund": cohort.fund, "subject": Account.DEFERRED.value}
    where = {"name": "journal", "from": begins, "to": begins, **about}
    return Row(cells, {"booked": Link("report", where)})


def _planned(planned: dict[str, list[Ahead]]) -> Section:
    rows = [
        Row((str(one.month), currency.upper(), one.income, one.owed))
        for currency, months in planned.items()
        for one in months
    ]
    return Section("deferred_ahead", _("Income still to come"), _AHEAD, rows)


def _drawing(currency: str, months: Sequence[Ahead]) -> Drawing:
    title = _("Benefits owed at the end of each month, %(currency)s", currency=currency.upper())
    return Drawing(title, tuple(Bar(str(one.month), one.owed) for one in months))


def _tie(session: Session, question: Question, cohorts: Iterable[Owed]) -> Section:
    """The cohorts are kept apart by month, term and fund; the liability is the account as one."""
    left: Counter[str] = Counter()
    for one in cohorts:
        left[one.cohort.currency] += one.remaining
    where: list[Any] = [up_to(question), lambda row: row.account == Account.DEFERRED.value]
    if question.currency is not None:
        where.append(lambda row: row.currency == question.currency)
    if question.fund is not None:
        where.append(lambda row: row.fund == question.fund)
    found = sums(session, ("currency",), *where, as_of=question.as_of)
    books = {each.by[0]: -each.minor for each in found}
    return tie_out(
        Check(_("Benefits owed"), Money(left[each], each), Money(books.get(each, 0), each))
        for each in sorted(left.keys() | books.keys())
    )


_HEAD: Final = (
    Column("booked_month", _("Booked"), Shape.MONTH),
    Column("term", _("Term"), Shape.WORD, "FREQUENCIES"),
    Column("currency", _("Currency")),
    Column("fund", _("Fund")),
    Column("code", _("Code")),
    Column("booked", _("Put off"), Shape.MONEY),
)
_TAIL: Final = (
    Column("refunded", _("Given back"), Shape.MONEY),
    Column("remaining", _("Still owed"), Shape.MONEY),
)
_AHEAD: Final = (
    Column("month", _("Month"), Shape.MONTH),
    Column("currency", _("Currency")),
    Column("income", _("Becomes income"), Shape.MONEY),
    Column("owed", _("Still owed"), Shape.MONEY),
)

DEFERRED: Final = Definition(
    number=6,
    name="deferred-revenue",
    title=_("Deferred revenue waterfall"),
    definition=_(
        "The part of membership payments that buys benefits becomes income in equal parts over the"
        " months of the term, the month of payment the first; the last month takes what is left."
        " A refund takes back what is still owed of its payment."
    ),
    build=build,
    filters=("currency", "fund"),
    in_pack=True,
    frozen=False,
)
