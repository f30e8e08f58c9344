"""Exchange: what was charged in one currency and settled in another, at which rate."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import String, cast, exists, func, literal_column, select, union_all
from sqlalchemy.orm import aliased

from donations.kernel.money import Money
from donations.ledger.chart import Account, Kind
from donations.ledger.models import Entry, Posting
from donations.reports.settlements import gain, gross, narrowed, settlements
from donations.reports.sums import sums, within
from donations.reports.table import Column, Definition, Link, Report, Row, Section, Shape
from donations.reports.tie_out import Check, tie_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from donations.reports.settlements import Settlement
    from donations.reports.table import Question

_NO_GIFTS: Final = [kind for kind in Kind if kind is not Kind.GIFT]


def build(session: Session, question: Question) -> Report:
    """Totals by pair of currencies and month, the tie to the account, and every entry."""
    totals = _totals(session, question)
    return Report(
        (
            Section(
                "totals", _("By currencies and month"), _TOTALS, [_total(row) for row in totals]
            ),
            tie_out(_checks(session, question, totals)),
            Section("entries", _("Every conversion"), _ENTRIES, _rows(session, question)),
        )
    )


def _exchanged(first: date, last: date) -> ColumnElement[bool]:
    """Entries that were converted; and what moved exchange without a rate of its own.

    A gift never does the latter, so few entries have to be looked into.
    """
    one, line = aliased(Entry), aliased(Posting)
    here = one.posted_on.between(first, last)
    rated = select(one.id).where(here, one.exchange_rate.is_not(None))
    touches = exists().where(line.entry_id == one.id, line.account == Account.EXCHANGE)
    unrated = select(one.id).where(
        here, one.kind.in_(_NO_GIFTS), one.exchange_rate.is_(None), touches
    )
    return Entry.id.in_(union_all(rated, unrated))


def _totals(session: Session, question: Question) -> Sequence[Any]:
    by = (
        func.substr(cast(Entry.posted_on, String), literal_column("1"), literal_column("7")),
        Entry.charged_currency,
        Posting.currency,
    )
    once: Select[*tuple[Any, ...]] = select(
        *(each.label(name) for each, name in zip(by, ("month", "charged", "settled"), strict=True)),
        Entry.charged_minor.label("charged_minor"),
        gross().label("settled_minor"),
        gain().label("gain_minor"),
    )
    entries = (
        once.select_from(Entry)
        .join(Entry.postings)
        .where(
            _exchanged(question.first_day, question.last_day),
            *narrowed(question),
        )
        .group_by(Entry.id, Posting.currency)
        .subquery()
    )
    keys = (entries.c.month, entries.c.charged, entries.c.settled)
    amounts = (entries.c.charged_minor, entries.c.settled_minor, entries.c.gain_minor)
    statement = (
        select(*keys, func.count(), *(func.sum(each) for each in amounts))
        .group_by(*keys)
        .order_by(*keys)
    )
    return session.execute(statement).all()


def _total(row: Any) -> Row:  # noqa: ANN401 - a row of the query above
    month, charged, settled, count, charged_minor, settled_minor, gained = row
    cells = (
        month,
        charged.upper(),
        settled.upper(),
        int(count),
        Money(int(charged_minor), charged),
        Money(int(settled_minor), settled),
        Money(int(gained), settled),
    )
    return Row(cells)


def _checks(session: Session, question: Question, totals: Sequence[Any]) -> Iterator[Check]:
    told: Counter[str] = Counter()
    for row in totals:
        told[row[2]] += int(row[6])
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
    for one in settlements(session, question, _exchanged):
        yield _row(one)


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
