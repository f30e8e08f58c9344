"""Whether every movement at Stripe is in the books, and every one in the books at Stripe.

`Heard` is what Stripe was asked; it is compared afterwards, when nothing is asked any more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from donations.kernel.errors import NotFound
from donations.ledger.chart import Account
from donations.ledger.models import Entry, Posting
from donations.ledger.placing import PLACED
from donations.reconciliation.discrepancies import Finding, Kind
from donations.reconciliation.models import Discrepancy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from donations.stripe_gateway.gateway import Gateway
    from donations.stripe_gateway.values import Movement

SETTLES_WITHIN: Final = timedelta(days=1)
"""How long a movement may wait to be booked before somebody must look."""

MOVEMENT: Final = "txn_"
"""How the ids of Stripe's balance transactions begin."""

_AT_ONCE: Final = 500
_TRIES: Final = 3
_ASKED_AGAIN: Final = 100


@dataclass(slots=True)
class Heard:
    """Stripe's movements since a moment, and its balance before and after the latest were asked.

    `confirmed` are movements older than that which Stripe knows when asked for them by name.
    """

    since: datetime
    newest: datetime
    ids: set[str] = field(default_factory=set)
    unbooked: dict[str, Movement] = field(default_factory=dict)
    balances: tuple[dict[str, int], ...] = ()
    confirmed: set[str] = field(default_factory=set)


def listen(session: Session, gateway: Gateway, since: datetime) -> Heard:
    """Ask Stripe; no transaction is open while it is asked.

    The latest movements are asked again between two balances, until these are the same: then
    nothing moved meanwhile, and the balance is that of the movements.
    """
    begin = since.replace(microsecond=0)
    heard = Heard(begin, begin)
    _read(session, heard, gateway)
    for _ in range(_TRIES):
        before = gateway.balance()
        _read(session, heard, gateway)
        heard.balances = (before, gateway.balance())
        if heard.balances[0] == heard.balances[1]:
            break
    thought_missing = _thought_missing(session, heard)
    session.rollback()
    for movement in thought_missing:
        try:
            heard.confirmed.add(gateway.movement(movement).id)
        except NotFound:
            continue
    return heard


def not_booked(session: Session, heard: Heard) -> list[Movement]:
    """What Stripe listed and is not booked even now."""
    ids = list(heard.unbooked)
    for first in range(0, len(ids), _AT_ONCE):
        for known in _booked(session, ids[first : first + _AT_ONCE]):
            del heard.unbooked[known]
    return list(heard.unbooked.values())


def not_here(
    session: Session, heard: Heard, zone: ZoneInfo, *, asked_at: datetime
) -> Iterator[Finding]:
    """Movements older than a day that are not booked; known ones until they are."""
    for movement in not_booked(session, heard):
        if movement.created < asked_at - SETTLES_WITHIN:
            yield Finding(
                Kind.IN_STRIPE_NOT_HERE,
                movement.id,
                movement.created.astimezone(zone).date(),
                movement.net,
                movement.currency,
                f"movement={movement.kind}",
            )
    booked = select(Entry.id).where(Entry.source == Discrepancy.subject).exists()
    for row in session.scalars(_open(Kind.IN_STRIPE_NOT_HERE).where(~booked)):
        if row.subject not in heard.ids:
            yield _again(row)


def not_at_stripe(session: Session, heard: Heard, *, asked_at: datetime) -> Iterator[Finding]:
    """Entries booked before the audit for a movement that Stripe does not list; known ones too."""
    earlier = select(Discrepancy.subject).where(*_here_not_there())
    placed = select(Discrepancy.subject + PLACED).where(*_here_not_there())
    wanted = or_(
        Entry.occurred_at >= heard.since, Entry.source.in_(earlier), Entry.source.in_(placed)
    )
    for source, posted_on, currency, minor in session.execute(
        _moved(wanted, Entry.booked_at < asked_at), execution_options={"yield_per": _AT_ONCE}
    ):
        name = movement_of(source)
        if name not in heard.ids and name not in heard.confirmed:
            yield Finding(Kind.HERE_NOT_IN_STRIPE, name, posted_on, int(minor), currency, "entry")


def booked_since(session: Session, heard: Heard, asked_at: datetime) -> Iterator[tuple[str, int]]:
    """What was booked since the audit began and had not moved when Stripe was asked."""
    for source, _, currency, minor in session.execute(_moved(Entry.booked_at >= asked_at)):
        if movement_of(source) not in heard.ids:
            yield currency, int(minor)


def movement_of(source: str) -> str:
    """The movement an entry was booked for, whether at once or placed later."""
    return source.partition(":")[0]


def _read(session: Session, heard: Heard, gateway: Gateway) -> None:
    walking = iter(gateway.movements(heard.newest))
    newest = heard.newest
    while page := list(islice(walking, _AT_ONCE)):
        heard.ids.update(each.id for each in page)
        newest = max(newest, *(each.created for each in page))
        booked = _booked(session, [each.id for each in page])
        heard.unbooked.update((each.id, each) for each in page if each.id not in booked)
        session.rollback()
    heard.newest = newest


def _booked(session: Session, ids: list[str]) -> set[str]:
    return set(session.scalars(select(Entry.source).where(Entry.source.in_(ids))))


def _moved(*where: ColumnElement[bool]) -> Any:  # noqa: ANN401 - a select of four columns
    """What entries of movements moved in the balance, those taken back left out."""
    back = aliased(Entry)
    return (
        select(Entry.source, Entry.posted_on, Posting.currency, func.sum(Posting.amount_minor))
        .join(Posting, Posting.entry_id == Entry.id)
        .where(
            Entry.source.startswith(MOVEMENT, autoescape=True),
            Posting.account == Account.STRIPE_BALANCE.value,
            ~select(back.id).where(back.reverses_id == Entry.id).exists(),
            *where,
        )
        .group_by(Entry.source, Entry.posted_on, Posting.currency)
    )


def _here_not_there() -> tuple[ColumnElement[bool], ...]:
    return (
        Discrepancy.kind == Kind.HERE_NOT_IN_STRIPE.value,
        Discrepancy.cleared_at.is_(None),
    )


def _open(kind: Kind) -> Any:  # noqa: ANN401 - a select of differences
    return select(Discrepancy).where(
        Discrepancy.kind == kind.value,
        Discrepancy.cleared_at.is_(None),
        Discrepancy.subject.startswith(MOVEMENT, autoescape=True),
    )


def _thought_missing(session: Session, heard: Heard) -> list[str]:
    rows = session.scalars(_open(Kind.HERE_NOT_IN_STRIPE).limit(_ASKED_AGAIN))
    return [row.subject for row in rows if row.subject not in heard.ids]


def _again(row: Discrepancy) -> Finding:
    return Finding(
        Kind(row.kind), row.subject, row.posted_on, row.amount_minor, row.currency, row.detail
    )
