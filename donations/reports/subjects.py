"""What a difference is about, as a page of the office: a gift, a supporter, a payout, a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from donations.giving.models import Gift, Membership
from donations.ledger.models import Entry
from donations.payouts.models import Payout
from donations.reconciliation.discrepancies import Kind
from donations.reconciliation.movements import movement_of
from donations.reports.table import Link
from donations.supporters.models import Supporter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import InstrumentedAttribute, Session

    from donations.reconciliation.models import Discrepancy

_OF_GIFTS: Final = (Kind.REFUND_DIFFERS, Kind.DISPUTE_DIFFERS, Kind.NO_FUND)
_OF_PAYOUTS: Final = (
    *(Kind.PAYOUT_BANK_DIFFERS, Kind.PAYOUT_NOT_AT_BANK, Kind.PAYOUT_LINES_DIFFER),
)
_OF_ENTRIES: Final = (Kind.IN_STRIPE_NOT_HERE, Kind.HERE_NOT_IN_STRIPE, Kind.LATE_INTO_CLOSED)
_AT_ONCE: Final = 500


def links_of(session: Session, found: Sequence[Discrepancy]) -> dict[int, Link]:
    """Where each difference leads, by its id; those about nothing that has a page are left out."""
    links: dict[int, Link] = {}
    members = _supporters(session, found)
    entries = _entries(session, found)
    for one in found:
        link = _plain(one) or members.get(one.subject) or entries.get(one.subject)
        if link is not None:
            links[one.id] = link
    return links


def gift_of(subject: str) -> str:
    """The gift a refund or dispute is of: what stands before the moment that tells it apart."""
    return subject.partition("@")[0]


def _plain(one: Discrepancy) -> Link | None:
    if one.kind in _OF_GIFTS:
        return Link("gift", {"public_id": gift_of(one.subject)})
    if one.kind in _OF_PAYOUTS:
        return Link("payout", {"payout": one.subject})
    if one.kind == Kind.BANK_LINE_UNMATCHED:
        return Link("bank_line", {"line_id": one.subject})
    if one.kind == Kind.HERE_NOT_IN_STRIPE and one.detail == "gift":
        return Link("gift", {"public_id": one.subject})
    return None


def _supporters(session: Session, found: Sequence[Discrepancy]) -> dict[str, Link]:
    """The pages of the supporters behind memberships."""
    names = [one.subject for one in found if one.kind == Kind.MEMBERSHIP_DIFFERS]
    statement = select(Membership.public_id, Supporter.public_id).join(Membership.supporter)
    rows = _looked_up(session, statement, Membership.public_id, names)
    return {name: Link("supporter", {"public_id": person}) for name, person in rows}


def _entries(session: Session, found: Sequence[Discrepancy]) -> dict[str, Link]:
    """The gifts and payouts behind entries."""
    sources = [one.subject for one in found if one.kind in _OF_ENTRIES]
    gifts = _looked_up(
        session,
        select(Entry.source, Gift.public_id).join(Gift, Gift.public_id == Entry.gift_reference),
        Entry.source,
        sources,
    )
    links = {source: Link("gift", {"public_id": gift}) for source, gift in gifts}
    movements = {movement_of(source): source for source in sources}
    for column in (Payout.movement, Payout.return_movement):
        for movement, payout in _looked_up(
            session, select(column, Payout.stripe_id), column, list(movements)
        ):
            links[movements[movement]] = Link("payout", {"payout": payout})
    return links


def _looked_up(
    session: Session,
    statement: Select[Any, Any],
    column: InstrumentedAttribute[Any],
    values: list[str],
) -> Iterable[tuple[str, str]]:
    for first in range(0, len(values), _AT_ONCE):
        part = statement.where(column.in_(values[first : first + _AT_ONCE]))
        for key, value in session.execute(part):
            yield str(key), str(value)
