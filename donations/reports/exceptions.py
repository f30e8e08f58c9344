"""Exceptions: what the books and the world did not agree on, open, explained or cleared."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import and_, case, select

from donations.kernel.money import Money
from donations.reconciliation.discrepancies import Kind, is_open
from donations.reconciliation.models import Discrepancy
from donations.reports.subjects import gift_of, links_of
from donations.reports.table import Column, Definition, Report, Row, Section, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from donations.kernel.months import Month
    from donations.reports.table import Cell, Link, Question

PAGE: Final = 50
OPEN_SHOWN: Final = 500


class Standing(StrEnum):
    """How a difference stands."""

    OPEN = "open"
    EXPLAINED = "explained"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class ExceptionFilter:
    """Which ones; None is no limit.  `month` is that of the accounting date."""

    kind: Kind | None = None
    month: Month | None = None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """One difference; `link` leads to what it is about, if the office has a page of it."""

    id: int
    kind: str
    subject: str
    amount: Money | None
    detail: str
    posted_on: date
    found_at: datetime
    cleared_at: datetime | None
    explained_at: datetime | None
    explained_by: str | None
    explanation: str | None
    link: Link | None

    @property
    def standing(self) -> Standing:
        """What cleared is cleared, whether or not it was explained before."""
        if self.cleared_at is not None:
            return Standing.CLEARED
        return Standing.OPEN if self.explained_at is None else Standing.EXPLAINED


@dataclass(frozen=True, slots=True)
class ExceptionPage:
    """Differences, latest first; `after` continues behind the last one, None at the end."""

    rows: tuple[ExceptionRow, ...]
    after: int | None


def open_ones(session: Session, chosen: ExceptionFilter) -> dict[str, tuple[ExceptionRow, ...]]:
    """The open ones by kind, the gravest kind first, each oldest first; up to `OPEN_SHOWN`."""
    statement = _chosen(chosen).where(is_open()).order_by(Discrepancy.found_at, Discrepancy.id)
    rows = _rows(session, session.scalars(statement.limit(OPEN_SHOWN)).all())
    grouped = {kind.value: tuple(row for row in rows if row.kind == kind) for kind in Kind}
    return {kind: found for kind, found in grouped.items() if found}


def past_ones(
    session: Session, chosen: ExceptionFilter, *, after: int | None = None, limit: int = PAGE
) -> ExceptionPage:
    """Those explained or cleared, behind the one numbered `after`."""
    statement = _chosen(chosen).where(~is_open()).order_by(Discrepancy.id.desc())
    if after is not None:
        statement = statement.where(Discrepancy.id < after)
    found = session.scalars(statement.limit(limit + 1)).all()
    rows = tuple(_rows(session, found[:limit]))
    return ExceptionPage(rows, rows[-1].id if len(found) > limit else None)


def build(session: Session, question: Question) -> Report:
    """Every difference of the months, the open ones first."""
    statement = (
        select(Discrepancy)
        .where(Discrepancy.posted_on.between(question.first_day, question.last_day))
        .order_by(case((is_open(), 0), else_=1), Discrepancy.kind, Discrepancy.id)
    )
    if question.currency is not None:
        statement = statement.where(Discrepancy.currency == question.currency)
    rows = _rows(session, session.scalars(statement).all())
    empty = _("Nothing differs in these months.")
    section = Section("exceptions", _("Exceptions"), _COLUMNS, _lines(rows), empty)
    return Report((section,))


def _lines(rows: Iterable[ExceptionRow]) -> Iterator[Row]:
    for row in rows:
        cells: tuple[Cell, ...] = (
            *(row.standing.value, row.kind, gift_of(row.subject), _legible(row), row.posted_on),
            None if row.amount is None else row.amount.currency.upper(),
            *(row.amount, row.found_at, row.cleared_at),
            *(row.explanation, row.explained_by, row.explained_at),
        )
        yield Row(cells, {} if row.link is None else {"subject": row.link})


def _legible(row: ExceptionRow) -> str:
    """The codes of `detail`, less like codes: "state: active → ended"."""
    if "=" not in row.detail:
        return row.detail.replace("_", " ")
    return row.detail.replace("=", ": ").replace(">", " → ").replace(";", "; ")


def _chosen(chosen: ExceptionFilter) -> Select[Discrepancy]:
    wanted: list[ColumnElement[bool]] = []
    if chosen.kind is not None:
        wanted.append(Discrepancy.kind == chosen.kind.value)
    if chosen.month is not None:
        span = (chosen.month.first_day, chosen.month.last_day)
        wanted.append(Discrepancy.posted_on.between(*span))
    if chosen.standing is not None:
        wanted.append(_STANDS[chosen.standing])
    return select(Discrepancy).where(*wanted)


_STANDS: Final[dict[Standing, ColumnElement[bool]]] = {
    Standing.OPEN: is_open(),
    Standing.EXPLAINED: and_(
        Discrepancy.cleared_at.is_(None), Discrepancy.explained_at.is_not(None)
    ),
    Standing.CLEARED: Discrepancy.cleared_at.is_not(None),
}


def _rows(session: Session, found: Sequence[Discrepancy]) -> list[ExceptionRow]:
    links = links_of(session, found)
    return [_row(one, links.get(one.id)) for one in found]


def _row(one: Discrepancy, link: Link | None) -> ExceptionRow:
    valued = one.amount_minor is not None and one.currency is not None
    return ExceptionRow(
        id=one.id,
        kind=one.kind,
        subject=one.subject,
        amount=Money(one.amount_minor, one.currency) if valued else None,  # type: ignore[arg-type]
        detail=one.detail or "",
        posted_on=one.posted_on,
        found_at=one.found_at,
        cleared_at=one.cleared_at,
        explained_at=one.explained_at,
        explained_by=one.explained_by,
        explanation=one.explanation,
        link=link,
    )


_COLUMNS: Final = (
    Column("state", _("State"), Shape.WORD, "STANDINGS"),
    Column("kind", _("What differs"), Shape.WORD, "EXCEPTIONS"),
    Column("subject", _("About")),
    Column("detail", _("Detail")),
    Column("posted_on", _("Date"), Shape.DAY),
    Column("currency", _("Currency")),
    Column("amount", _("Amount"), Shape.DIFFERENCE),
    Column("found", _("Found"), Shape.MOMENT),
    Column("cleared", _("Cleared"), Shape.MOMENT),
    Column("explanation", _("Explanation")),
    Column("explained_by", _("Explained by")),
    Column("explained", _("Explained"), Shape.MOMENT),
)

EXCEPTIONS: Final = Definition(
    number=15,
    name="exceptions",
    title=_("Exceptions"),
    definition=_(
        "What the nightly audit found to differ between our books, Stripe and the bank, by"
        " accounting date. It clears by itself when the difference is gone; otherwise somebody"
        " explains it by name. The state is that of now, whatever entry the books are asked of."
    ),
    build=build,
    filters=("currency",),
    in_pack=True,
)
