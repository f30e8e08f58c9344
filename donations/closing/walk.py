"""The walk through a month before it closes: what is done, what is open, and where to go for it.

A month closes when its days are over, everything of it is in the books, every payout is tied to
the bank, every exception has cleared or been explained, and the books agree with themselves.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from donations.closing.payout_ties import Tie, has_statements, ties
from donations.giving.models import Gift
from donations.giving.offline_models import OfflineBatch
from donations.inbox.models import Sweep
from donations.kernel.months import Month
from donations.ledger.books import books_zone, closed_through
from donations.ledger.models import Entry
from donations.reconciliation.discrepancies import open_in
from donations.reconciliation.invariants import CHECKS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

MOST_SHOWN: Final = 20
_BEGINNING: Final = date(2000, 1, 1)


class Step(StrEnum):
    """One thing a month needs before it closes."""

    IN_ORDER = "in_order"
    OVER = "over"
    SWEPT = "swept"
    BOOKED = "booked"
    PAYOUTS = "payouts"
    BATCHES = "batches"
    EXCEPTIONS = "exceptions"
    INVARIANTS = "invariants"


class Standing(StrEnum):
    """How a step stands."""

    DONE = "done"
    BLOCKED = "blocked"  # somebody must do something
    WAITING = "waiting"  # time or the machine will do it
    TO_EXPLAIN = "to_explain"  # whoever closes it must say why it is so
    LATER = "later"  # looked at when everything else is done


@dataclass(frozen=True, slots=True)
class About:
    """One thing that stands in the way: what it `is`, its `name`, and a code or word more."""

    what: str
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A step as it stands: `open` of `total` things are open, the first of them in `abouts`."""

    step: Step
    standing: Standing
    open: int = 0
    total: int = 0
    abouts: tuple[About, ...] = ()


@dataclass(frozen=True, slots=True)
class Walk:
    """A month on its way to being closed."""

    month: Month
    stages: tuple[Stage, ...]
    ties: tuple[Tie, ...]
    with_bank: bool

    @property
    def ready(self) -> bool:
        """Whether nothing stands in the way but perhaps an explanation."""
        return not self.open(explained=True)

    @property
    def to_explain(self) -> tuple[Stage, ...]:
        """What whoever closes the month must explain."""
        return tuple(stage for stage in self.stages if stage.standing is Standing.TO_EXPLAIN)

    def open(self, *, explained: bool) -> tuple[Stage, ...]:
        """What keeps the month from closing, with or without an explanation."""
        fine = {Standing.DONE, Standing.LATER} | ({Standing.TO_EXPLAIN} if explained else set())
        return tuple(stage for stage in self.stages if stage.standing not in fine)


def walk(session: Session, month: Month, *, now: datetime, invariants: bool = True) -> Walk:
    """Walk through `month` as it stands at `now`.

    The invariants read all the books, so they are checked last, when nothing else is open; without
    `invariants` they are left out.
    """
    zone = books_zone(session)
    found = tuple(ties(session, month.first_day, month.last_day))
    with_bank = has_statements(session)
    stages = (
        _in_order(session, month),
        _over(month, zone, now),
        _swept(session, month.end(zone)),
        _booked(session, month.end(zone)),
        _payouts(found, with_bank=with_bank),
        _batches(session, month),
        _exceptions(session, month),
    )
    walked = Walk(month, stages, found, with_bank)
    if not invariants:
        return walked
    last = _invariants(session) if walked.ready else Stage(Step.INVARIANTS, Standing.LATER)
    return replace(walked, stages=(*stages, last))


def next_to_close(session: Session) -> Month | None:
    """The month that closes next; None while the books are empty."""
    closed = closed_through(session)
    if closed is not None:
        return Month.of_day(closed).later(1)
    first = session.scalar(select(func.min(Entry.posted_on)))
    return None if first is None else Month.of_day(first)


def _in_order(session: Session, month: Month) -> Stage:
    following = next_to_close(session)
    if following == month:
        return Stage(Step.IN_ORDER, Standing.DONE)
    abouts = () if following is None else (About("month", str(following)),)
    return Stage(Step.IN_ORDER, Standing.BLOCKED, 1, 1, abouts)


def _over(month: Month, zone: ZoneInfo, now: datetime) -> Stage:
    over = now >= month.end(zone)
    return Stage(Step.OVER, Standing.DONE if over else Standing.WAITING)


def _swept(session: Session, end: datetime) -> Stage:
    """A walk over Stripe's movements came past the month's end, and none of it is to be retried."""
    latest = session.scalars(select(Sweep).order_by(Sweep.id.desc()).limit(1)).first()
    past = select(Sweep.id).where(Sweep.reached >= end, Sweep.failed == 0).limit(1)
    if latest is None or session.scalar(past) is None:
        return Stage(Step.SWEPT, Standing.WAITING)
    if latest.failed:
        return Stage(Step.SWEPT, Standing.BLOCKED, latest.failed, latest.seen)
    return Stage(Step.SWEPT, Standing.DONE)


def _booked(session: Session, end: datetime) -> Stage:
    waiting = (Gift.booked_at.is_(None), Gift.received_at < end)
    count = session.scalar(select(func.count()).select_from(Gift).where(*waiting)) or 0
    names = session.scalars(
        select(Gift.public_id).where(*waiting).order_by(Gift.received_at).limit(MOST_SHOWN)
    )
    abouts = [About("gift", name) for name in names]
    return _stage(Step.BOOKED, count, count, abouts, waiting=True)


def _payouts(found: Sequence[Tie], *, with_bank: bool) -> Stage:
    loose = [tie for tie in found if not tie.tied(with_bank=with_bank)]
    abouts = [About("payout", tie.payout, _why(tie, with_bank=with_bank)) for tie in loose]
    stage = _stage(Step.PAYOUTS, len(loose), len(found), abouts)
    if not loose and not with_bank and any(not (tie.gone or tie.explained) for tie in found):
        return Stage(Step.PAYOUTS, Standing.TO_EXPLAIN, len(found), len(found))
    return stage


def _why(tie: Tie, *, with_bank: bool) -> str:
    if tie.gone:
        return "not_back"
    if not tie.made_up:
        return "lines_unknown" if tie.lines is None else "lines_differ"
    return "bank_differs" if with_bank and tie.bank is not None else "not_at_bank"


def _batches(session: Session, month: Month) -> Stage:
    rows = session.scalars(
        select(OfflineBatch.public_id)
        .where(OfflineBatch.closed_at.is_(None), OfflineBatch.banked_on <= month.last_day)
        .order_by(OfflineBatch.banked_on, OfflineBatch.id)
    ).all()
    abouts = [About("batch", name) for name in rows]
    return _stage(Step.BATCHES, len(rows), len(rows), abouts)


def _exceptions(session: Session, month: Month) -> Stage:
    """Those of the month, and those found since of a month that closed before."""
    rows = open_in(session, _BEGINNING, month.last_day)
    kinds = Counter(row.kind for row in rows)
    abouts = [About("exceptions", kind, str(number)) for kind, number in sorted(kinds.items())]
    return _stage(Step.EXCEPTIONS, len(rows), len(rows), abouts)


def _invariants(session: Session) -> Stage:
    broken = [name for name, look in CHECKS.items() if look(session)]
    abouts = [About("invariant", name) for name in broken]
    return _stage(Step.INVARIANTS, len(broken), len(CHECKS), abouts)


def _stage(
    step: Step, count: int, total: int, abouts: Sequence[About], *, waiting: bool = False
) -> Stage:
    unmet = Standing.WAITING if waiting else Standing.BLOCKED
    standing = unmet if count else Standing.DONE
    return Stage(step, standing, count, total, tuple(abouts[:MOST_SHOWN]))
