"""Recurring bridge: from the monthly income promised at a month's beginning to that at its end."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

from flask_babel import lazy_gettext as _
from sqlalchemy import and_, case, exists, func, select
from sqlalchemy.orm import aliased

from donations.giving.change_models import MembershipChange
from donations.giving.membership_history import MOVED_CURRENCY, monthly_column
from donations.giving.models import Membership
from donations.kernel.money import Money
from donations.reports.retention import month_of, retention
from donations.reports.table import Bar, Column, Definition, Drawing, Report, Row, Section, Shape
from donations.reports.tie_out import Check, tie_out

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from donations.reports.table import Question

_MOVES: Final = (
    *("new", "upgrade", "downgrade", "voluntary_churn", "failed_card_churn", "reactivated", "fx"),
)
_INVOLUNTARY: Final = ("payment_failed", "payment_disputed")
_Moves = dict[str, dict[str, Counter[str]]]


def build(session: Session, question: Question) -> Report:
    """The bridge by currency and month, the tie to the memberships themselves, and cohorts."""
    opening, moves = _opening(session, question), _moves(session, question)
    currencies = sorted({*opening, *moves})
    rows, checks, drawings = [], [], []
    standing = _standing(session, question)
    for currency in currencies:
        closing = opening.get(currency, 0)
        bars = []
        for month in question.months:
            by_move = moves[currency][str(month)]
            rows.append(_row(str(month), currency, closing, by_move))
            closing += sum(by_move.values())
            bars.append(Bar(str(month), Money(closing, currency)))
        there = Money(standing.get(currency, 0), currency)
        checks.append(Check(_("Memberships at the end"), Money(closing, currency), there))
        if len(bars) > 1:
            title = _("Monthly recurring income, %(code)s", code=currency.upper())
            drawings.append(Drawing(title, tuple(bars)))
    return Report(
        (
            Section("bridge", _("Monthly recurring income"), _COLUMNS, rows),
            tie_out(checks),
            retention(session, question),
        ),
        tuple(drawings),
    )


def _row(month: str, currency: str, opening: int, by_move: Counter[str]) -> Row:
    def money(minor: int) -> Money:
        return Money(minor, currency)

    moved = tuple(money(by_move[move]) for move in _MOVES)
    closing = money(opening + sum(by_move.values()))
    return Row((month, currency.upper(), money(opening), *moved, closing))


def _narrowed(question: Question) -> Iterator[ColumnElement[bool]]:
    if question.currency is not None:
        yield MembershipChange.currency == question.currency


def _opening(session: Session, question: Question) -> dict[str, int]:
    start = question.first.start(question.zone)
    moved = func.sum(MembershipChange.monthly_minor - MembershipChange.before_minor)
    statement = (
        select(MembershipChange.currency, moved)
        .where(MembershipChange.at < start, *_narrowed(question))
        .group_by(MembershipChange.currency)
    )
    return {currency: int(minor) for currency, minor in session.execute(statement) if minor}


def _moves(session: Session, question: Question) -> _Moves:
    moved = MembershipChange.monthly_minor - MembershipChange.before_minor
    inner = (
        select(
            month_of(MembershipChange.at, question.months, question.zone).label("month"),
            MembershipChange.currency.label("currency"),
            _move().label("move"),
            moved.label("minor"),
        )
        .join(Membership, Membership.id == MembershipChange.membership_id)
        .where(
            MembershipChange.at >= question.first.start(question.zone),
            MembershipChange.at < question.last.end(question.zone),
            MembershipChange.monthly_minor != MembershipChange.before_minor,
            *_narrowed(question),
        )
        .subquery()
    )
    keys = (inner.c.month, inner.c.currency, inner.c.move)
    found: _Moves = defaultdict(lambda: defaultdict(Counter))
    for month, currency, move, minor in session.execute(
        select(*keys, func.sum(inner.c.minor)).group_by(*keys)
    ):
        found[currency][month][move] = int(minor)
    return found


def _move() -> ColumnElement[str]:
    """What a change is called; the first that is true."""
    change = MembershipChange
    return case(
        (change.reason == MOVED_CURRENCY, "fx"),
        (and_(change.before_minor == 0, _was_member()), "reactivated"),
        (change.before_minor == 0, "new"),
        (and_(change.monthly_minor == 0, change.reason.in_(_INVOLUNTARY)), "failed_card_churn"),
        (change.monthly_minor == 0, "voluntary_churn"),
        (change.monthly_minor > change.before_minor, "upgrade"),
        else_="downgrade",
    )


def _was_member() -> ColumnElement[bool]:
    """Whether this membership, or another of the same supporter, had been paid and then was not."""
    before, other = aliased(MembershipChange), aliased(Membership)
    mine = exists().where(
        before.membership_id == MembershipChange.membership_id,
        before.number < MembershipChange.number,
        before.monthly_minor > 0,
    )
    ended: Any = aliased(MembershipChange)
    another = exists().where(
        other.supporter_id == Membership.supporter_id,
        other.id != Membership.id,
        ended.membership_id == other.id,
        ended.at <= MembershipChange.at,
        ended.before_minor > 0,
        ended.monthly_minor == 0,
    )
    return mine | another


def _standing(session: Session, question: Question) -> dict[str, int]:
    """The same sum told another way: by the memberships now, or by the last change of each then."""
    end: datetime = question.last.end(question.zone)
    if end > question.now:
        statement = select(Membership.currency, func.sum(monthly_column())).group_by(
            Membership.currency
        )
        return {currency: int(minor) for currency, minor in session.execute(statement)}
    later = aliased(MembershipChange)
    superseded = exists().where(
        later.membership_id == MembershipChange.membership_id,
        later.number > MembershipChange.number,
        later.at < end,
    )
    statement = (
        select(MembershipChange.currency, func.sum(MembershipChange.monthly_minor))
        .where(MembershipChange.at < end, MembershipChange.monthly_minor > 0, ~superseded)
        .group_by(MembershipChange.currency)
    )
    return {currency: int(minor) for currency, minor in session.execute(statement)}


_COLUMNS: Final = (
    Column("month", _("Month"), Shape.MONTH),
    Column("currency", _("Currency")),
    Column("opening", _("Opening"), Shape.MONEY),
    Column("new", _("New"), Shape.MONEY),
    Column("upgrade", _("Raised"), Shape.MONEY),
    Column("downgrade", _("Lowered"), Shape.MONEY),
    Column("voluntary_churn", _("Left"), Shape.MONEY),
    Column("failed_card_churn", _("Lost by failed payments"), Shape.MONEY),
    Column("reactivated", _("Came back"), Shape.MONEY),
    Column("fx", _("Changed currency"), Shape.MONEY),
    Column("closing", _("Closing"), Shape.MONEY),
)

RECURRING_BRIDGE: Final = Definition(
    number=14,
    name="recurring",
    title=_("Recurring bridge"),
    definition=_(
        "What memberships promise a month, in the currency they are charged in; an annual one is"
        " a twelfth, rounded for each membership to the nearest minor unit, halves up. A"
        " membership counts from its first payment until it ends or is paused, also while a payment"
        " is overdue. Came back is who was a member before. Lost by failed payments is what ended"
        " because a payment failed or was disputed. Promises are not revenue: nothing here is in"
        " the books. Months are by the newsroom’s clocks, when Stripe told of a change."
    ),
    build=build,
    filters=("currency",),
)
