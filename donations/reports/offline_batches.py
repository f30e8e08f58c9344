"""Offline batches: what the deposit slip promised, what was counted, booked and banked."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from donations.giving.models import Gift
from donations.giving.offline_models import OfflineBatch, OfflineItem
from donations.kernel.money import Money
from donations.ledger.chart import Account, Kind
from donations.ledger.models import Entry, Posting
from donations.reconciliation.models import BankLine, BankMatch
from donations.reports.table import Column, Definition, Link, Report, Row, Section, Shape
from donations.reports.tie_out import Check, tie_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from donations.reports.table import Question

_AT_ONCE: Final = 400


@dataclass(slots=True)
class _Found:
    """What stands behind one batch, in minor units; `line` is the first line that shows it."""

    count: int = 0
    minor: int = 0
    references: list[str] = field(default_factory=list)
    booked: int = 0
    line: int | None = None
    seen_on: date | None = None
    banked: int = 0


def build(session: Session, question: Question) -> Report:
    """The batches by the bank's day, their totals, and the tie to what closing them booked."""
    batches = _batches(session, question)
    found = _found(session, batches, question)
    rows = [_row(batch, found[batch.id]) for batch in batches]
    return Report(
        (
            Section("batches", _("Batches"), _COLUMNS, [*rows, *_totals(batches, found)]),
            tie_out(_checks(batches, found, question)),
        )
    )


def _batches(session: Session, question: Question) -> Sequence[OfflineBatch]:
    statement = (
        select(OfflineBatch)
        .where(OfflineBatch.banked_on.between(question.first_day, question.last_day))
        .order_by(OfflineBatch.banked_on, OfflineBatch.id)
    )
    if question.currency is not None:
        statement = statement.where(OfflineBatch.currency == question.currency)
    return session.scalars(statement).all()


def _found(
    session: Session, batches: Sequence[OfflineBatch], question: Question
) -> dict[int, _Found]:
    """Three questions for all batches of the span together, whatever their number."""
    span = OfflineBatch.banked_on.between(question.first_day, question.last_day)
    found: dict[int, _Found] = defaultdict(_Found)
    items = select(OfflineItem.batch_id, OfflineItem.amount_minor, OfflineItem.reference)
    for batch_id, minor, reference in session.execute(
        items.join(OfflineItem.batch).where(span).order_by(OfflineItem.id)
    ):
        one = found[batch_id]
        one.count, one.minor = one.count + 1, one.minor + minor
        one.references.extend([reference] if reference else [])
    for batch_id, minor in _booked(session, batches, question):
        found[batch_id].booked += minor
    for batch_id, line, seen_on, minor in session.execute(_arrived().where(span)):
        one = found[batch_id]
        one.banked += minor
        if one.line is None:
            one.line, one.seen_on = line, seen_on
    return {batch.id: found[batch.id] for batch in batches}


def _arrived() -> Select[int, int, date, int]:
    """What lines of the bank show of batches, the first match first."""
    return (
        select(OfflineBatch.id, BankLine.id, BankLine.booked_on, BankMatch.amount_minor)
        .join(BankMatch, BankMatch.batch_id == OfflineBatch.id)
        .join(BankMatch.line)
        .where(BankMatch.undone_at.is_(None))
        .order_by(BankMatch.id)
    )


def _booked(
    session: Session, batches: Sequence[OfflineBatch], question: Question
) -> Iterator[tuple[int, int]]:
    """What closing batches booked, as the entries of their gifts say, reversals not taken off.

    Asked in two steps: in one, a database might begin at the other end, with every gift there is.
    """
    for first in range(0, len(batches), _AT_ONCE):
        ids = [batch.id for batch in batches[first : first + _AT_ONCE]]
        gifts = select(Gift.public_id, Gift.batch_id).where(Gift.batch_id.in_(ids))
        batch_of = {name: int(batch or 0) for name, batch in session.execute(gifts)}
        names = list(batch_of)
        for begin in range(0, len(names), _AT_ONCE):
            booked = (
                select(Entry.gift_reference, func.sum(Posting.amount_minor))
                .join(Entry.postings)
                .where(
                    Entry.gift_reference.in_(names[begin : begin + _AT_ONCE]),
                    Entry.kind == Kind.GIFT,
                    Entry.number <= question.as_of,
                    Posting.account == Account.UNDEPOSITED,
                )
                .group_by(Entry.gift_reference)
            )
            for name, minor in session.execute(booked):
                yield batch_of[str(name)], int(minor)


def _row(batch: OfflineBatch, found: _Found) -> Row:
    def money(minor: int) -> Money:
        return Money(minor, batch.currency)

    cells = (
        batch.public_id,
        batch.method,
        batch.deposit_slip,
        "; ".join(found.references),
        batch.expected_count,
        found.count,
        batch.currency.upper(),
        money(batch.expected_minor),
        money(found.minor),
        money(found.minor - batch.expected_minor),
        batch.banked_on,
        batch.closed_by,
        batch.closed_at,
        found.seen_on,
        None if found.line is None else money(found.banked),
        None if found.line is None else money(found.banked - found.minor),
    )
    links = {"batch": Link("batch", {"public_id": batch.public_id})}
    if found.line is not None:
        links["bank_line"] = Link("bank_line", {"line_id": str(found.line)})
    return Row(cells, links)


def _totals(batches: Sequence[OfflineBatch], found: dict[int, _Found]) -> Iterator[Row]:
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for batch in batches:
        one, total = found[batch.id], sums[batch.currency]
        total["expected_count"] += batch.expected_count
        total["count"] += one.count
        total["expected"] += batch.expected_minor
        total["actual"] += one.minor
        total["banked"] += one.banked
    for currency, total in sorted(sums.items()):
        expected, actual = Money(total["expected"], currency), Money(total["actual"], currency)
        banked = Money(total["banked"], currency)
        counts = (total["expected_count"], total["count"], currency.upper())
        ends = (None, None, None, None, banked, banked - actual)
        cells = ("", None, None, None, *counts, expected, actual, actual - expected, *ends)
        yield Row(cells, strong=True)


def _checks(
    batches: Sequence[OfflineBatch], found: dict[int, _Found], question: Question
) -> Iterator[Check]:
    counted: Counter[str] = Counter()
    booked: Counter[str] = Counter()
    for batch in batches:
        booked[batch.currency] += found[batch.id].booked
        counted[batch.currency] += found[batch.id].minor if batch.closed_at else 0
    for currency in sorted(booked):
        code = question.codes.of(Account.UNDEPOSITED, currency)
        here, there = Money(counted[currency], currency), Money(booked[currency], currency)
        yield Check(f"{code.code} {code.name}", here, there)


_COLUMNS: Final = (
    Column("batch", _("Batch")),
    Column("method", _("How"), Shape.WORD, "METHODS"),
    Column("deposit_slip", _("Deposit slip")),
    Column("references", _("References")),
    Column("expected_count", _("Expected gifts"), Shape.COUNT),
    Column("actual_count", _("Gifts"), Shape.COUNT),
    Column("currency", _("Currency")),
    Column("expected", _("Expected"), Shape.MONEY),
    Column("actual", _("Counted"), Shape.MONEY),
    Column("difference", _("Difference"), Shape.DIFFERENCE),
    Column("bank_date", _("Banked on"), Shape.DAY),
    Column("closed_by", _("Closed by")),
    Column("closed_at", _("Closed"), Shape.MOMENT),
    Column("bank_line", _("On statement"), Shape.DAY),
    Column("banked", _("At the bank"), Shape.MONEY),
    Column("bank_difference", _("Bank less counted"), Shape.DIFFERENCE),
)

OFFLINE_BATCHES: Final = Definition(
    number=11,
    name="offline-batches",
    title=_("Offline batches"),
    definition=_(
        "Cheques, cash and transfers counted in batches, by the day they were taken to the bank."
        " Expected is what the deposit slip said before anything was counted. On statement is the"
        " first line of the bank that was matched to the batch, at the bank all of them. The"
        " tie-out compares what closed batches counted with what their closing booked; a gift"
        " taken back later is a correction of its own."
    ),
    build=build,
    filters=("currency",),
    in_pack=True,
)
