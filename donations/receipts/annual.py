"""The statement of a fiscal year: every gift of a supporter, with what went back taken off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from donations.giving.benefits import worth_of
from donations.giving.models import Gift
from donations.kernel.money import Money
from donations.receipts.facts import State
from donations.receipts.fiscal_year import FiscalYear
from donations.receipts.gathering import returns_of
from donations.receipts.naming import is_named
from donations.receipts.printing import can_set, settable
from donations.supporters.directory import identity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from donations.receipts.issuer import ReceiptIssuer
    from donations.supporters.models import Supporter
    from donations.vault.keys import MasterKey


@dataclass(frozen=True, slots=True)
class Line:
    """One gift; `benefit` is what was given in return, nothing once all of it went back."""

    number: int
    received_on: date
    frequency: str
    amount: Money
    back: Money
    benefit: Money

    @property
    def kept(self) -> Money:
        """What stayed with the newsroom."""
        return self.amount - self.back

    @property
    def state(self) -> State:
        """Whether its receipt stands."""
        if not self.back:
            return State.ISSUED
        return State.REDUCED if self.kept else State.VOID


@dataclass(frozen=True, slots=True)
class Statement:
    """A supporter's year as it stood on `made_on`, oldest gift first."""

    issuer: ReceiptIssuer
    language: str
    donor: str | None
    year: FiscalYear
    made_on: date
    lines: tuple[Line, ...]

    @property
    def totals(self) -> tuple[tuple[Money, Money], ...]:
        """What stayed with the newsroom, and what it gave in return, by currency."""
        kept: dict[str, tuple[int, int]] = {}
        for line in self.lines:
            before = kept.get(line.amount.currency, (0, 0))
            kept[line.amount.currency] = (
                before[0] + line.kept.minor,
                before[1] + line.benefit.minor,
            )
        return tuple(
            (Money(sums[0], code), Money(sums[1], code)) for code, sums in sorted(kept.items())
        )


def statement_of(
    session: Session,
    master: MasterKey,
    issuer: ReceiptIssuer,
    supporter: Supporter,
    year: FiscalYear,
    *,
    zone: ZoneInfo,
    now: datetime,
) -> Statement:
    """A supporter's year as things stand.  Raises `vault.sealed.Forgotten`."""
    known = identity(session, master, supporter).name
    name = settable(known) if known and is_named(session, supporter.id, issuer) else ""
    return Statement(
        issuer=issuer,
        language=supporter.language,
        donor=name if name and can_set(name) else None,
        year=year,
        made_on=now.astimezone(zone).date(),
        lines=tuple(
            _line(session, gift, zone) for gift in _gifts(session, supporter.id, year, zone)
        ),
    )


def years_of(gifts: Sequence[Gift], zone: ZoneInfo, begins: str) -> list[FiscalYear]:
    """The fiscal years in which these gifts were received, the last first.

    Raises `ValueError` for a beginning that is none.
    """
    found = {FiscalYear.of(gift.received_at.astimezone(zone).date(), begins) for gift in gifts}
    return sorted(found, key=lambda one: one.first_on, reverse=True)


def _gifts(session: Session, supporter_id: int, year: FiscalYear, zone: ZoneInfo) -> Sequence[Gift]:
    return session.scalars(
        select(Gift)
        .join(Gift.receipt)
        .where(
            Gift.supporter_id == supporter_id,
            Gift.received_at >= year.start(zone),
            Gift.received_at < year.end(zone),
        )
        .options(
            selectinload(Gift.receipt), selectinload(Gift.refunds), selectinload(Gift.disputes)
        )
        .order_by(Gift.received_at, Gift.id)
    ).all()


def _line(session: Session, gift: Gift, zone: ZoneInfo) -> Line:
    received_on = gift.received_at.astimezone(zone).date()
    back = min(sum(one.amount_minor for one in returns_of(gift, zone)), gift.amount_minor)
    benefit = worth_of(session, gift, received_on) if back < gift.amount_minor else 0
    return Line(
        number=gift.receipt.number if gift.receipt else 0,
        received_on=received_on,
        frequency=gift.frequency,
        amount=gift.amount,
        back=Money(back, gift.currency),
        benefit=Money(benefit, gift.currency),
    )
