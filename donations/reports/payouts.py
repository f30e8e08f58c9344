"""Payouts one by one: what Stripe sent, what it is made of, and what the bank shows of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from donations.kernel.money import Money
from donations.ledger.models import Entry
from donations.payouts.models import Payout
from donations.reconciliation.candidates import LATEST, ON_ITS_WAY, RETURNED
from donations.reconciliation.models import BankMatch
from donations.reports.payout_figures import PayoutFigures, sums_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from donations.kernel.months import Month

PAGE: Final = 50
STATES: Final = ("pending", "in_transit", "paid", "failed", "canceled")


@dataclass(frozen=True, slots=True)
class PayoutFilter:
    """Which payouts; None means any.  `month` is of their arrival."""

    month: Month | None = None
    currency: str | None = None
    state: str | None = None
    unmatched: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """A bank line that is a payout's arrival or return: `by` a rule, or whoever said so."""

    line_id: int
    amount: Money
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """One payout.  `figures` is None while Stripe has not told, or cannot tell, what is in it."""

    name: str
    trace_id: str | None
    created_at: datetime
    arrives_on: date
    amount: Money
    state: str
    automatic: bool
    failure_code: str | None
    lines_told: bool
    figures: PayoutFigures | None
    arrivals: tuple[Arrival, ...]
    today: date

    @property
    def bank(self) -> Money | None:
        """What the bank shows of it, less what it took back; None while no line is matched."""
        if not self.arrivals:
            return None
        return Money(sum(one.amount.minor for one in self.arrivals), self.amount.currency)

    @property
    def overdue(self) -> bool:
        """Whether it should have been on a statement by now."""
        late = self.arrives_on + LATEST < self.today
        return self.bank is None and late and self.state in ON_ITS_WAY

    @property
    def difference(self) -> Money:
        """What the bank shows less what should be there: nothing of a payout that came back."""
        nothing = Money(0, self.amount.currency)
        expected = nothing if self.state in RETURNED else self.amount
        if self.bank is None:
            return -expected if self.overdue else nothing
        return self.bank - expected

    @property
    def undisclosed(self) -> Money:
        """The lines less the payout itself; anything but nothing means a line is missing."""
        return (
            Money(0, self.amount.currency)
            if self.figures is None
            else (self.figures.net - self.amount)
        )


@dataclass(frozen=True, slots=True)
class PayoutPage:
    """Payouts, latest arrival first; `after` continues behind the last one, None at the end."""

    rows: tuple[PayoutRow, ...]
    after: str | None


def payouts(
    session: Session, chosen: PayoutFilter, today: date, *, after: str | None = None
) -> PayoutPage:
    """A page of payouts; pages do not shift while new ones arrive."""
    statement = select(Payout).where(*_conditions(chosen)).order_by(*_LATEST_FIRST).limit(PAGE + 1)
    if after is not None:
        last = session.scalar(select(Payout).where(Payout.stripe_id == after))
        behind = _behind(last) if last is not None else Payout.id.is_(None)
        statement = statement.where(behind)
    found = session.scalars(statement).all()
    shown = found[:PAGE]
    more = shown[-1].stripe_id if len(found) > PAGE else None
    return PayoutPage(rows_of(session, shown, today), more)


def payouts_named(session: Session, names: Sequence[str], today: date) -> dict[str, PayoutRow]:
    """The rows of payouts by Stripe's id; those there are not are left out."""
    if not names:
        return {}
    found = session.scalars(select(Payout).where(Payout.stripe_id.in_(names))).all()
    return {row.name: row for row in rows_of(session, found, today)}


def rows_of(
    session: Session, found: Sequence[Payout], today: date, as_of: int | None = None
) -> tuple[PayoutRow, ...]:
    """The rows of payouts already loaded: two statements, however many."""
    ids = [payout.id for payout in found]
    sums = sums_of(session, ids, as_of)
    arrivals = _arrivals(session, ids, as_of)
    return tuple(
        PayoutRow(
            name=payout.stripe_id,
            trace_id=payout.trace_id,
            created_at=payout.created_at,
            arrives_on=payout.arrives_on,
            amount=payout.amount,
            state=payout.state,
            automatic=payout.automatic,
            failure_code=payout.failure_code,
            lines_told=payout.lines_at is not None,
            figures=(
                PayoutFigures.of(payout.currency, sums[payout.id]) if payout.id in sums else None
            ),
            arrivals=tuple(arrivals.get(payout.id, ())),
            today=today,
        )
        for payout in found
    )


def _arrivals(
    session: Session, payout_ids: Sequence[int], as_of: int | None
) -> dict[int, list[Arrival]]:
    """The bank lines matched to payouts, as the books stood at an entry."""
    booked, reversed_ = aliased(Entry), aliased(Entry)
    back: ColumnElement[bool] = reversed_.reverses_id == booked.id
    standing: list[ColumnElement[bool]] = [reversed_.id.is_(None)]
    if as_of is not None:
        back = and_(back, reversed_.number <= as_of)
        standing.append(booked.number <= as_of)
    rows = session.execute(
        select(BankMatch, booked.charged_currency)
        .join(booked, booked.source == BankMatch.source)
        .outerjoin(reversed_, back)
        .where(BankMatch.payout_id.in_(payout_ids), *standing)
        .order_by(BankMatch.id)
    )
    found: dict[int, list[Arrival]] = {}
    for match, currency in rows:
        one = Arrival(match.line_id, Money(match.amount_minor, currency), match.by, match.at)
        found.setdefault(int(match.payout_id or 0), []).append(one)
    return found


def _conditions(chosen: PayoutFilter) -> Iterator[ColumnElement[bool]]:
    if chosen.month is not None:
        yield Payout.arrives_on.between(chosen.month.first_day, chosen.month.last_day)
    if chosen.currency is not None:
        yield Payout.currency == chosen.currency
    if chosen.state is not None:
        yield Payout.state == chosen.state
    if chosen.unmatched:
        matched = select(BankMatch.payout_id).where(
            BankMatch.undone_at.is_(None), BankMatch.payout_id.is_not(None)
        )
        yield Payout.id.not_in(matched)


def _behind(last: Payout) -> ColumnElement[bool]:
    same_day = and_(Payout.arrives_on == last.arrives_on, Payout.id < last.id)
    return or_(Payout.arrives_on < last.arrives_on, same_day)


_LATEST_FIRST: Final[tuple[Any, ...]] = (Payout.arrives_on.desc(), Payout.id.desc())
