"""Refunds under way, and inquiries and disputes that took nothing yet: what may still go back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import exists, select

from donations.giving.models import Dispute, Gift, Refund
from donations.ledger.chart import Kind
from donations.ledger.models import Entry
from donations.reports.returns import answer_by, named_returns
from donations.reports.table import Column, Link, Row, Section, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    moved = exists().where(
        Entry.gift_reference == Gift.public_id,
        Entry.kind == kind,
        Entry.number <= question.as_of,
    )
    statement = (
        select(Gift.public_id)
        .join(table, table.gift_id == Gift.id)
        .where(table.created_at >= start, table.created_at < end, ~moved)
        .distinct()
        .order_by(Gift.public_id)
    )
    if question.currency is not None:
        statement = statement.where(table.currency == question.currency)
    names = list(session.scalars(statement))
    for first in range(0, len(names), _AT_ONCE):
        for gift, returns in named_returns(session, names[first : first + _AT_ONCE]).items():
            for each in returns:
                if isinstance(each.row, table) and start <= each.row.created_at < end:
                    yield gift, each


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
