"""Claims of Gift Aid: gifts put into a schedule once, and the schedule's rows for HMRC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, or_, select

from donations.giving.models import Dispute, Gift, Refund
from donations.kernel.database import writing
from donations.kernel.errors import NotFound
from donations.kernel.ids import public_id
from donations.kernel.money import Money
from donations.ledger.books import hold
from donations.receipts.declaring import person_of
from donations.receipts.gathering import BACK, LOST
from donations.receipts.models import GiftAidClaim, GiftAidClaimed, GiftAidDeclaration
from donations.receipts.schedule import POUND, Days, survey
from donations.vault.sealed import Forgotten

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from donations.receipts.gift_aid_person import Person
    from donations.vault.keys import MasterKey

MOST_ROWS: Final = 1000
"""How many rows HMRC's schedule takes."""
COLUMNS: Final = (
    *("Title", "First name or initial", "Last name", "House name or number", "Postcode"),
    *("Aggregated donations", "Sponsored event", "Donation date", "Amount"),
)
"""The columns of the schedule, in HMRC's order.

Source: https://www.gov.uk/guidance/schedule-spreadsheet-to-claim-back-tax-on-gift-aid-donations
"""
Row = tuple[str, str, str, str, str, str, str, str, "Decimal"]


@dataclass(frozen=True, slots=True)
class Made:
    """A claim as the office lists it."""

    claim: GiftAidClaim
    gifts: int
    total: Money


@dataclass(frozen=True, slots=True)
class Rows:
    """A schedule's rows; `gone` counts those whose supporter was forgotten since."""

    rows: tuple[Row, ...]
    gone: int


def make_claim(session: Session, days: Days, *, by: str, now: datetime) -> GiftAidClaim | None:
    """Put the gifts of some days into a schedule, at most `MOST_ROWS` of them.  Commits.

    None if there is nothing to claim.  `by` is a login.
    """
    with writing(session):
        hold(session)  # two claims at once: the second sees what the first took
        found = survey(session, days).found[:MOST_ROWS]
        if not found:
            return None
        claim = GiftAidClaim(
            public_id=public_id(), first_on=days.first, last_on=days.last, made_at=now, made_by=by
        )
        session.add(claim)
        session.flush()
        session.add_all(
            GiftAidClaimed(
                gift_id=gift.id,
                claim_id=claim.id,
                declaration_id=declaration.id,
                amount_minor=gift.amount_minor,
            )
            for gift, declaration in found
        )
    return claim


def claim_named(session: Session, name: str) -> GiftAidClaim:
    """The claim with this public id.  Raises `NotFound`."""
    found = session.scalar(select(GiftAidClaim).where(GiftAidClaim.public_id == name))
    if found is None:
        raise NotFound
    return found


def claims(session: Session) -> Sequence[Made]:
    """Every claim, the last first."""
    count, total = func.count(GiftAidClaimed.gift_id), func.sum(GiftAidClaimed.amount_minor)
    rows = session.execute(
        select(GiftAidClaim, count, total)
        .join(GiftAidClaimed, GiftAidClaimed.claim_id == GiftAidClaim.id)
        .group_by(GiftAidClaim.id)
        .order_by(GiftAidClaim.id.desc())
    )
    return [Made(claim, number, Money(int(minor), POUND)) for claim, number, minor in rows]


def rows_of(session: Session, master: MasterKey, claim: GiftAidClaim, zone: ZoneInfo) -> Rows:
    """The schedule of a claim, oldest gift first."""
    claimed = session.execute(
        select(GiftAidClaimed, Gift, GiftAidDeclaration)
        .join(Gift, Gift.id == GiftAidClaimed.gift_id)
        .join(GiftAidDeclaration, GiftAidDeclaration.id == GiftAidClaimed.declaration_id)
        .where(GiftAidClaimed.claim_id == claim.id)
        .order_by(Gift.received_at, Gift.id)
    )
    rows, gone = [], 0
    for one, gift, declaration in claimed:
        try:
            person = person_of(session, master, declaration)
        except Forgotten:
            gone += 1
            continue
        rows.append(_row(person, gift.received_at.astimezone(zone), one.amount_minor))
    return Rows(tuple(rows), gone)


def taken_back(session: Session) -> tuple[int, Money]:
    """How many gifts went back after they were claimed, and what was claimed for them in all.

    HMRC wants the tax on them returned, as an adjustment of the next claim.
    """
    refunded = select(Refund.gift_id).where(Refund.state.in_(BACK))
    lost = select(Dispute.gift_id).where(Dispute.state == LOST)
    count, total = session.execute(
        select(func.count(), func.sum(GiftAidClaimed.amount_minor)).where(
            or_(GiftAidClaimed.gift_id.in_(refunded), GiftAidClaimed.gift_id.in_(lost))
        )
    ).one()
    return count, Money(int(total or 0), POUND)


def _row(person: Person, received: datetime, amount_minor: int) -> Row:
    return (
        person.title,
        person.first_name,
        person.last_name.replace("-", " "),
        person.house,
        person.postcode,
        "",
        "",
        received.strftime("%d/%m/%y"),
        Money(amount_minor, POUND).decimal,
    )
