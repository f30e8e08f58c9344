"""The gifts of an open batch, one by one; who gave is sealed until the batch closes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from donations.giving.funds import GENERAL, open_fund
from donations.giving.offline import MOST_ITEMS, changeable, check_reference
from donations.giving.offline_models import OfflineBatch, OfflineItem
from donations.kernel.database import writing
from donations.kernel.errors import FieldRefused, NotFound
from donations.kernel.money import Money
from donations.supporters.directory import Identity
from donations.vault.sealed import open_operational, seal_operational

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from donations.vault.keys import MasterKey

LONGEST_NAME: Final = 120
_EMAIL: Final = "offline_item.email"
_NAME: Final = "offline_item.name"


@dataclass(frozen=True, slots=True)
class Given:
    """One gift of a batch; `fund` is a fund's code or empty, `email` an address already checked."""

    amount: Money
    fund: str
    reference: str | None
    language: str
    email: str | None = None
    name: str | None = None


def add_item(session: Session, master: MasterKey, name: str, given: Given) -> OfflineItem:
    """Add a gift to an open batch.  Commits.  Raises `FieldRefused`."""
    with writing(session):
        batch = changeable(session, name)
        if len(batch.items) >= MOST_ITEMS:
            raise FieldRefused("batch", "too_many", most=MOST_ITEMS)
        item = OfflineItem(batch_id=batch.id)
        _write(session, master, batch, item, given)
        session.add(item)
    return item


def correct_item(
    session: Session, master: MasterKey, name: str, item_id: int, given: Given
) -> None:
    """Replace an item of an open batch.  Commits.  Raises `FieldRefused` or `NotFound`."""
    with writing(session):
        batch = changeable(session, name)
        _write(session, master, batch, item_of(batch, item_id), given)


def remove_item(session: Session, name: str, item_id: int) -> None:
    """Take an item out of an open batch.  Commits.  Raises `FieldRefused` or `NotFound`."""
    with writing(session):
        session.delete(item_of(changeable(session, name), item_id))


def item_of(batch: OfflineBatch, item_id: int) -> OfflineItem:
    """The item of this batch.  Raises `NotFound`."""
    found = next((item for item in batch.items if item.id == item_id), None)
    if found is None:
        raise NotFound
    return found


def item_named(
    session: Session, master: MasterKey, name: str, item_id: int
) -> tuple[OfflineItem, Identity]:
    """An item of a batch, and who gave it as far as that is still sealed.  Raises `NotFound`."""
    batch = session.scalar(select(OfflineBatch).where(OfflineBatch.public_id == name))
    if batch is None:
        raise NotFound
    item = item_of(batch, item_id)
    return item, giver(master, item)


def givers(session: Session, master: MasterKey, name: str) -> dict[int, Identity]:
    """Who gave each item of a batch that is still open, by the item's id."""
    items = session.scalars(
        select(OfflineItem).join(OfflineItem.batch).where(OfflineBatch.public_id == name)
    )
    return {item.id: giver(master, item) for item in items}


def giver(master: MasterKey, item: OfflineItem) -> Identity:
    """Who gave an item, as it was entered."""
    email, name = item.email_sealed, item.name_sealed
    return Identity(
        email=None if email is None else open_operational(master, _EMAIL, email),
        name=None if name is None else open_operational(master, _NAME, name),
    )


def _write(
    session: Session, master: MasterKey, batch: OfflineBatch, item: OfflineItem, given: Given
) -> None:
    if given.amount.currency != batch.currency:
        raise FieldRefused("amount", "other_currency")
    if given.amount.minor <= 0:
        raise FieldRefused("amount", "nothing")
    if given.fund != GENERAL and open_fund(session, given.fund) is None:
        raise FieldRefused("fund", "closed_fund")
    check_reference("reference", given.reference)
    if given.name and (len(given.name) > LONGEST_NAME or not given.name.isprintable()):
        raise FieldRefused("name", "too_long", most=LONGEST_NAME)
    item.amount_minor, item.fund = given.amount.minor, given.fund
    item.reference, item.language = given.reference, given.language
    item.email_sealed = _sealed(master, _EMAIL, given.email)
    item.name_sealed = _sealed(master, _NAME, given.name)


def _sealed(master: MasterKey, column: str, value: str | None) -> bytes | None:
    return seal_operational(master, column, value) if value else None
