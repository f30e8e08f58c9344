"""Cohorts: the members who began in a month, and how many of them are still members later."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import case, exists, func, select

from donations.giving.change_models import MembershipChange
from donations.giving.models import Membership
from donations.kernel.months import Month, months_between
from donations.kernel.rounding import percent
from donations.reports.table import Column, Row, Section, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Mapped, Session

    from donations.reports.table import Question

_AFTER: Final = (1, 3, 6, 12)


def retention(session: Session, question: Question) -> Section:
    """Members by the month they began, and those of them who had not ended so many months later."""
    rows = list(_rows(_counts(session, question), question))
    return Section("cohorts", _("Still members after so many months"), _COLUMNS, rows)


def month_of(
    at: ColumnElement[Any] | Mapped[Any], months: Sequence[Month], zone: ZoneInfo
) -> ColumnElement[str]:
    """The month, as 2026-11, in which an instant falls by the clocks of `zone`.

    Both databases compare instants; neither need know of zones.
    """
    return case(*((at < month.end(zone), str(month)) for month in months))


def _counts(session: Session, question: Question) -> Counter[tuple[str, str | None]]:
    """How many began in a month and ended in another; None for those who have not."""
    zone, months = question.zone, question.months
    began = month_of(Membership.started_at, months, zone)
    until = months_between(question.first, question.last.later(_AFTER[-1]))
    ended = case(
        (Membership.ended_at.is_(None), None), else_=month_of(Membership.ended_at, until, zone)
    )
    paid = exists().where(
        MembershipChange.membership_id == Membership.id, MembershipChange.monthly_minor > 0
    )
    inner = select(began.label("began"), ended.label("ended")).where(
        Membership.started_at >= question.first.start(zone),
        Membership.started_at < question.last.end(zone),
        paid,
    )
    if question.currency is not None:
        inner = inner.where(Membership.currency == question.currency)
    found = inner.subquery()
    keys = (found.c.began, found.c.ended)
    counts: Counter[tuple[str, str | None]] = Counter()
    for began_in, ended_in, count in session.execute(select(*keys, func.count()).group_by(*keys)):
        counts[began_in, ended_in] += int(count)
    return counts


def _rows(counts: Counter[tuple[str, str | None]], question: Question) -> Iterator[Row]:
    this_month = Month.of(question.now, question.zone)
    for month in question.months:
        ends = {ended: count for (began, ended), count in counts.items() if began == str(month)}
        size = sum(ends.values())
        if not size:
            continue
        cells: list[int | None] = []
        for months in _AFTER:
            then = month.later(months)
            left = sum(count for ended, count in ends.items() if ended and ended <= str(then))
            cells.append(size - left if then < this_month else None)
        known = [count for count in cells if count is not None]
        kept = percent(known[-1], size) if known else None
        yield Row((str(month), size, *cells, kept))


_COLUMNS: Final = (
    Column("began", _("Began in"), Shape.MONTH),
    Column("members", _("Members"), Shape.COUNT),
    Column("after_1", _("After 1"), Shape.COUNT),
    Column("after_3", _("After 3"), Shape.COUNT),
    Column("after_6", _("After 6"), Shape.COUNT),
    Column("after_12", _("After 12"), Shape.COUNT),
    Column("kept", _("Kept, latest"), Shape.PERCENT),
)
