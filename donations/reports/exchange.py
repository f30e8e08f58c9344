"""Exchange: what was charged in one currency and settled in another, at which rate."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from heapq import merge
from typing import TYPE_CHECKING, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from donations.kernel.money import Money
from donations.ledger.chart import Account
from donations.ledger.exchanges import ExchangeSum, exchange_sums, unrated
from donations.ledger.models import Entry
from donations.reports.settlements import in_order, settlements
from donations.reports.sums import sums, within
from donations.reports.table import Column, Definition, Link, Report, Row, Section, Shape
from donations.reports.tie_out import Check, tie_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from donations.reports.settlements import Place, Settlement
    from donations.reports.table import Question


def build(session: Session, question: Question) -> Report:
    """Totals by pair of currencies and month, the tie to the account, and every entry."""
    totals = _totals(session, question)
    return Report(
        (
            Section(
                "totals", _("By currencies and month"), _TOTALS, [_total(one) for one in totals]
            ),
            tie_out(_checks(session, question, totals)),
            Section("entries", _("Every conversion"), _ENTRIES, _rows(session, question)),
        )
    )


def _totals(session: Session, question: Question) -> list[ExchangeSum]:
    return list(
        exchange_sums(
            session,
            question.first,
            question.last,
            currency=question.currency,
            as_of=question.as_of,
        )
    )


def _total(one: ExchangeSum) -> Row:
    cells = (
        one.month,
        one.charged_currency.upper(),
        one.currency.upper(),
        one.entries,
        Money(one.charged, one.charged_currency),
        Money(one.settled, one.currency),
        Money(one.gain, one.currency),
    )
    return Row(cells)


def _checks(session: Session, question: Question, totals: Sequence[ExchangeSum]) -> Iterator[Check]:
    told: Counter[str] = Counter()
    for one in totals:
        told[one.currency] += one.gain
    booked = {
        one.by[0]: -one.minor
        for one in sums(
            session,
            ("currency",),
            within(question),
            lambda row: row.account == Account.EXCHANGE,
            as_of=question.as_of,
        )
    }
    for currency in sorted({*told, *booked}):
        code = question.codes.of(Account.EXCHANGE, currency)
        here, there = told[currency], booked.get(currency, 0)
        yield Check(f"{code.code} {code.name}", Money(here, currency), Money(there, currency))


def _rows(session: Session, question: Question) -> Iterator[Row]:
    converted = in_order(session, question, Entry.exchange_rate.is_not(None))
    for one in settlements(session, question, merge(converted, _others(session, question))):
        yield _row(one)


def _others(session: Session, question: Question) -> Iterator[Place]:
    """The entries that moved exchange without a rate of their own: few, whatever the span."""
    row = unrated().c
    statement = (
        select(row.posted_on, row.number, row.id)
        .where(row.posted_on.between(question.first_day, question.last_day))
        .where(row.number <= question.as_of)
        .order_by(row.posted_on, row.number)
    )
    for found in session.execute(statement).all():
        yield found.posted_on, found.number, found.id


def _row(one: Settlement) -> Row:
    cells = (
        one.posted_on,
        one.kind,
        one.gift,
        one.charged.currency.upper(),
        one.charged,
        one.settled.currency.upper(),
        one.settled,
        None if one.rate is None else Decimal(one.rate),
        one.gain,
    )
    return Row(cells, {"gift": Link("gift", {"public_id": one.gift})} if one.gift else {})


_TOTALS: Final = (
    Column("month", _("Month"), Shape.MONTH),
    Column("charged_currency", _("From")),
    Column("settled_currency", _("To")),
    Column("conversions", _("Entries"), Shape.COUNT),
    Column("charged", _("Charged"), Shape.MONEY),
    Column("settled", _("Settled"), Shape.MONEY),
    Column("gain", _("Gain or loss"), Shape.MONEY),
)
_ENTRIES: Final = (
    Column("date", _("Date"), Shape.DAY),
    Column("kind", _("Kind"), Shape.WORD, "ENTRIES"),
    Column("gift", _("Gift")),
    Column("charged_currency", _("From")),
    Column("charged", _("Charged"), Shape.MONEY),
    Column("settled_currency", _("To")),
    Column("settled", _("Settled"), Shape.MONEY),
    Column("rate", _("Rate"), Shape.RATE),
    Column("gain", _("Gain or loss"), Shape.MONEY),
)

EXCHANGE: Final = Definition(
    number=9,
    name="exchange",
    title=_("Exchange"),
    definition=_(
        "Every entry Stripe converted, by accounting date: what the reader was charged, what it"
        " settled as before fees, and Stripe’s own rate, its fee for converting included. A gift"
        " is income at the rate it settled at, so it has no gain or loss. What goes back is"
        " restated at the gift’s own rate, and the rest is gain (positive) or loss (negative)."
    ),
    build=build,
    filters=("currency",),
    in_pack=True,
    frozen=False,
)
