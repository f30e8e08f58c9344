"""What happened between one supporter and the newsroom, in the order it happened."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from donations.giving.models import Gift, Membership
from donations.kernel.errors import NotFound
from donations.ledger.chart import Kind
from donations.ledger.models import Entry
from donations.reports.before_us import before_us
from donations.reports.member_steps import asked_for, written_of
from donations.reports.supporters import SupporterRow, supporter_rows
from donations.supporters.aliases import find_by_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from donations.kernel.money import Money
    from donations.supporters.models import Supporter


class What(StrEnum):
    """The kinds of thing that happen."""

    GIFT = "gift"
    RECEIPT = "receipt"
    REFUND = "refund"
    DISPUTE = "dispute"
    TAKEN_BACK = "taken_back"
    PAST_GIFT = "past_gift"
    PAST_SUM = "past_sum"
    BEGAN_ELSEWHERE = "began_elsewhere"
    MEMBERSHIP_STARTED = "membership_started"
    PAYMENT_FAILED = "payment_failed"
    ASKED_FOR = "asked_for"
    WRITTEN = "written"
    MEMBERSHIP_ENDED = "membership_ended"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing; `gift` names the gift it is about, `notes` are Stripe's words or our number."""

    at: datetime
    what: What
    amount: Money | None = None
    gift: str | None = None
    frequency: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """A membership as it stands."""

    public_id: str
    amount: Money
    frequency: str
    state: str
    started_at: datetime
    renews_at: datetime | None
    ends_with_period: bool
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """One supporter: the summary, the memberships, and everything that happened, oldest first."""

    summary: SupporterRow
    language: str
    memberships: tuple[Promise, ...]
    happenings: tuple[Happening, ...]


def timeline(session: Session, public_id: str) -> Timeline:
    """The timeline of the supporter numbered `public_id`.  Raises `NotFound`."""
    supporter = named(session, public_id)
    gifts = session.scalars(
        select(Gift)
        .where(Gift.supporter_id == supporter.id)
        .options(
            selectinload(Gift.receipt),
            selectinload(Gift.refunds),
            selectinload(Gift.disputes),
        )
    ).all()
    memberships = session.scalars(
        select(Membership).where(Membership.supporter_id == supporter.id).order_by(Membership.id)
    ).all()
    happened = [each for gift in gifts for each in _of_gift(gift)]
    happened += _taken_back(session, gifts)
    happened += [each for membership in memberships for each in _of_membership(membership)]
    happened += [
        Happening(at, What(what), amount, frequency=frequency, notes=(source,))
        for at, what, amount, frequency, source in before_us(session, supporter.id)
    ]
    numbers = [membership.id for membership in memberships]
    for what, found in ((What.ASKED_FOR, asked_for), (What.WRITTEN, written_of)):
        happened += [Happening(at, what, notes=(said,)) for at, said in found(session, numbers)]
    if supporter.forgotten_at is not None:
        happened.append(Happening(supporter.forgotten_at, What.FORGOTTEN))
    return Timeline(
        summary=supporter_rows(session, [supporter])[0],
        language=supporter.language,
        memberships=tuple(_promise(membership) for membership in memberships),
        happenings=tuple(sorted(happened, key=lambda each: (each.at, _ORDER[each.what]))),
    )


def named(session: Session, public_id: str) -> Supporter:
    """The supporter numbered `public_id`, now or before they were joined.  Raises `NotFound`."""
    supporter = find_by_number(session, public_id)
    if supporter is None:
        raise NotFound
    return supporter


# What happens in one and the same second is told as cause before consequence.
_ORDER = {
    what: place
    for place, what in enumerate(
        (
            What.PAST_GIFT,
            What.PAST_SUM,
            What.BEGAN_ELSEWHERE,
            What.MEMBERSHIP_STARTED,
            What.GIFT,
            What.RECEIPT,
            What.PAYMENT_FAILED,
            What.REFUND,
            What.DISPUTE,
            What.TAKEN_BACK,
            What.ASKED_FOR,
            What.WRITTEN,
            What.MEMBERSHIP_ENDED,
            What.FORGOTTEN,
        )
    )
}


def _of_gift(gift: Gift) -> Iterator[Happening]:
    name = gift.public_id
    yield Happening(gift.received_at, What.GIFT, gift.amount, name, gift.frequency)
    if gift.receipt is not None:
        number = str(gift.receipt.number)
        yield Happening(gift.receipt.issued_at, What.RECEIPT, gift=name, notes=(number,))
    for refund in gift.refunds:
        yield Happening(refund.created_at, What.REFUND, refund.amount, name, notes=(refund.state,))
    for dispute in gift.disputes:
        notes = (dispute.reason, dispute.state)
        yield Happening(dispute.created_at, What.DISPUTE, dispute.amount, name, notes=notes)


def _taken_back(session: Session, gifts: Sequence[Gift]) -> list[Happening]:
    offline = [gift.public_id for gift in gifts if gift.batch_id is not None]
    if not offline:
        return []
    rows = session.execute(
        select(Entry.occurred_at, Entry.gift_reference).where(
            Entry.gift_reference.in_(offline), Entry.kind == Kind.REVERSAL
        )
    )
    return [Happening(at, What.TAKEN_BACK, gift=name) for at, name in rows]


def _of_membership(membership: Membership) -> Iterator[Happening]:
    amount, frequency = membership.amount, membership.frequency
    yield Happening(membership.started_at, What.MEMBERSHIP_STARTED, amount, frequency=frequency)
    if membership.last_failure_at is not None:
        yield Happening(
            membership.last_failure_at,
            What.PAYMENT_FAILED,
            amount,
            frequency=frequency,
            notes=_known(membership.last_failure_code),
        )
    if membership.ended_at is not None:
        yield Happening(
            membership.ended_at,
            What.MEMBERSHIP_ENDED,
            frequency=frequency,
            notes=_known(membership.end_reason),
        )


def _known(code: str | None) -> tuple[str, ...]:
    return () if code is None else (code,)


def _promise(membership: Membership) -> Promise:
    return Promise(
        public_id=membership.public_id,
        amount=membership.amount,
        frequency=membership.frequency,
        state=membership.state,
        started_at=membership.started_at,
        renews_at=membership.renews_at,
        ends_with_period=membership.ends_with_period,
        ended_at=membership.ended_at,
    )
