"""Refunds under way, and inquiries and disputes that took nothing yet: what may still go back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from donations.giving.models import Dispute, Gift, Refund
from donations.ledger.chart import Kind
from donations.ledger.models import Entry
from donations.ledger.sums import booked_after
from donations.reports.returns import answer_by, named_returns
from donations.reports.table import Column, Link, Row, Section, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from donations.reports.returns import Named
    from donations.reports.table import Question

_AT_ONCE: Final = 500
_KINDS: Final[tuple[tuple[type[Refund | Dispute], Kind], ...]] = (
    (Refund, Kind.REFUND),
    (Dispute, Kind.DISPUTE),
)


def returns_under_way(session: Session, question: Question) -> Section:
    """What began in the span of a question and has no entry in the books."""
    rows = (
        row
        for table, kind in _KINDS
        for gift, each in _without_entry(session, question, table, kind)
        for row in (_row(gift, each, kind, question),)
    )
    return Section("not_moved", _("No money moved yet"), _COLUMNS, rows, _("Nothing is under way."))


def _without_entry(
    session: Session, question: Question, table: type[Refund | Dispute], kind: Kind
) -> Iterator[tuple[str, Named]]:
    start, end = question.first.start(question.zone), question.last.end(question.zone)
    since = _moved_since(session, question, kind)
    begun = [table.created_at >= start, table.created_at < end]
    if question.currency is not None:
        begun.append(table.currency == question.currency)
    gifts = select(Gift.public_id).join(table, table.gift_id == Gift.id).where(*begun)
    names = {*session.scalars(gifts.where(~table.moved)), *_some_of(session, gifts, since)}
    for first in range(0, len(names), _AT_ONCE):
        some = sorted(names)[first : first + _AT_ONCE]
        for gift, returns in named_returns(session, some).items():
            for each in returns:
                waits = isinstance(each.row, table) and (not each.row.moved or gift in since)
                if waits and start <= each.row.created_at < end:
                    yield gift, each


def _moved_since(session: Session, question: Question, kind: Kind) -> set[str]:
    """The gifts that had no entry of that kind yet when the question's last one was booked."""
    late = select(Entry.gift_reference, Entry.kind).where(booked_after(question.as_of))
    row = late.cte("late").prefix_with("MATERIALIZED").c
    names = list(session.scalars(select(row.gift_reference).where(row.kind == kind).distinct()))
    known: set[str] = set()
    for first in range(0, len(names), _AT_ONCE):
        before = select(Entry.gift_reference).where(
            Entry.gift_reference.in_(names[first : first + _AT_ONCE]),
            Entry.kind == kind,
            Entry.number <= question.as_of,
        )
        known.update(name for name in session.scalars(before) if name)
    return set(names) - known


def _some_of(session: Session, gifts: Select[str], names: set[str]) -> Iterator[str]:
    """Those of the gifts a statement finds that have one of these names."""
    listed = sorted(names)
    for first in range(0, len(listed), _AT_ONCE):
        some = listed[first : first + _AT_ONCE]
        yield from session.scalars(gifts.where(Gift.public_id.in_(some)))


def _row(gift: str, each: Named, kind: Kind, question: Question) -> Row:
    cells = (
        each.name,
        kind.value,
        each.row.created_at.astimezone(question.zone).date(),
        getattr(each.row, "reason", None),
        each.row.amount,
        each.row.state,
        answer_by(each, question),
    )
    return Row(cells, {"id": Link("gift", {"public_id": gift})})


_COLUMNS: Final = (
    Column("id", _("Number")),
    Column("what", _("What"), Shape.WORD, "ENTRIES"),
    Column("begun", _("Begun"), Shape.DAY),
    Column("reason", _("Reason"), Shape.WORD, "STRIPE_WORDS"),
    Column("charged", _("Charged"), Shape.MONEY),
    Column("status", _("Status"), Shape.WORD, "STRIPE_WORDS"),
    Column("due", _("Answer by"), Shape.DAY),
)
