from datetime import date

import pytest
from sqlalchemy import select

from donations.giving import offline_items
from donations.giving.offline import Expected, found_in, open_batch
from donations.giving.offline_items import (
    Given,
    add_item,
    correct_item,
    givers,
    item_named,
    remove_item,
)
from donations.giving.offline_models import OfflineItem
from donations.kernel.errors import FieldRefused, NotFound
from donations.kernel.money import Money
from donations.supporters.directory import Identity


@pytest.fixture
def batch(session, clock):
    total = Money(7500, "usd")
    what = Expected("cheque", 2, total, None, date(2026, 11, 24))
    return open_batch(session, what, by="vera", now=clock.now())


def given(minor=5000, currency="usd", reference="004711", email=None, name=None, fund=""):
    return Given(Money(minor, currency), fund, reference, "en", email, name)


def test_items_are_entered_corrected_and_removed_while_the_batch_is_open(session, master, batch):
    name = batch.public_id
    first = add_item(session, master, name, given()).id
    second = add_item(session, master, name, given(2500)).id
    assert found_in(session, batch) == (2, Money(7500, "usd"))
    correct_item(session, master, name, second, given(3000, reference=None))
    assert found_in(session, batch) == (2, Money(8000, "usd"))
    remove_item(session, name, first)
    assert found_in(session, batch) == (1, Money(3000, "usd"))


def test_who_gave_is_sealed_and_opens_for_those_who_entered_it(session, master, batch):
    add_item(session, master, batch.public_id, given(email="vera@reader.example", name="Vera R"))
    [item] = session.scalars(select(OfflineItem)).all()
    assert b"vera" not in item.email_sealed
    assert b"Vera" not in item.name_sealed
    assert givers(session, master, batch.public_id) == {
        item.id: Identity("vera@reader.example", "Vera R")
    }
    correct_item(session, master, batch.public_id, item.id, given())
    assert givers(session, master, batch.public_id) == {item.id: Identity(None, None)}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"minor": 0}, "amount"),
        ({"minor": -1}, "amount"),
        ({"currency": "eur"}, "amount"),
        ({"reference": "Ivan"}, "reference"),
        ({"reference": "12 a@b.example"}, "reference"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\nb"}, "name"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(session, master, batch, wrong, field):
    with pytest.raises(FieldRefused) as refused:
        add_item(session, master, batch.public_id, given(**wrong))
    assert refused.value.field == field
    assert found_in(session, batch) == (0, Money(0, "usd"))


def test_an_item_of_another_batch_is_not_found(session, master, batch, clock):
    what = Expected("cash", 1, Money(1, "usd"), None, date(2026, 11, 24))
    other = open_batch(session, what, by="vera", now=clock.now()).public_id
    mine = add_item(session, master, batch.public_id, given()).id
    with pytest.raises(NotFound):
        correct_item(session, master, other, mine, given(1))
    with pytest.raises(NotFound):
        remove_item(session, other, mine)
    with pytest.raises(NotFound):
        item_named(session, master, other, mine)


def test_a_batch_has_an_end(session, master, batch, monkeypatch):
    monkeypatch.setattr(offline_items, "MOST_ITEMS", 1)
    add_item(session, master, batch.public_id, given())
    with pytest.raises(FieldRefused) as refused:
        add_item(session, master, batch.public_id, given())
    assert refused.value.reason == "too_many"
