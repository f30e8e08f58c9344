from datetime import date, timedelta

import pytest
from sqlalchemy import select

from donations.giving.funds import add_fund, close_fund
from donations.giving.offline import Expected, discard_batch, expect_otherwise, open_batch
from donations.giving.offline_items import Given, add_item
from donations.giving.offline_models import OfflineBatch
from donations.kernel.errors import FieldRefused, NotFound
from donations.kernel.money import Money

TODAY = date(2026, 11, 24)


def expected(count=2, minor=7500, method="cheque", currency="usd", slip="DS-17", on=TODAY):
    return Expected(method, count, Money(minor, currency), slip, on)


@pytest.fixture
def batch(session, clock):
    return open_batch(session, expected(), by="vera", now=clock.now()).public_id


def test_a_batch_says_what_is_expected_before_anything_is_entered(session, clock, batch):
    row = session.scalars(select(OfflineBatch)).one()
    assert (row.method, row.currency, row.expected_count, row.expected_minor) == (
        *("cheque", "usd", 2, 7500),
    )
    assert (row.deposit_slip, row.banked_on, row.opened_by) == ("DS-17", TODAY, "vera")
    assert row.closed_at is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"method": "card"}, "method"),
        ({"count": 0}, "count"),
        ({"count": 501}, "count"),
        ({"minor": 0}, "total"),
        ({"on": TODAY + timedelta(days=1)}, "banked_on"),
        ({"on": date(2021, 11, 24)}, "banked_on"),
        ({"slip": "Ivan Petrov"}, "deposit_slip"),
        ({"slip": "1 for ivan@example.org"}, "deposit_slip"),
        ({"slip": "1" * 61}, "deposit_slip"),
    ],
)
def test_what_cannot_be_expected_is_refused_at_its_field(session, clock, wrong, field):
    with pytest.raises(FieldRefused) as refused:
        open_batch(session, expected(**wrong), by="vera", now=clock.now())
    assert refused.value.field == field
    assert session.scalars(select(OfflineBatch)).all() == []


def test_what_is_expected_may_be_corrected_but_not_the_currency(session, clock, batch):
    expect_otherwise(session, batch, expected(3, 9000, "cash", slip=None), now=clock.now())
    row = session.scalars(select(OfflineBatch)).one()
    assert (row.expected_count, row.expected_minor, row.method) == (3, 9000, "cash")
    assert row.deposit_slip is None
    with pytest.raises(FieldRefused):
        expect_otherwise(session, batch, expected(currency="eur"), now=clock.now())


def test_only_an_empty_batch_is_discarded(session, master, batch):
    add_item(session, master, batch, Given(Money(100, "usd"), "", None, "en"))
    with pytest.raises(FieldRefused) as refused:
        discard_batch(session, batch)
    assert refused.value.reason == "not_empty"


def test_an_empty_batch_is_discarded(session, batch):
    discard_batch(session, batch)
    assert session.scalars(select(OfflineBatch)).all() == []
    with pytest.raises(NotFound):
        discard_batch(session, batch)


def test_a_fund_that_closed_takes_no_item(session, master, batch):
    add_fund(session, "prizes", "Prizes", restricted=True, on=TODAY)
    add_item(session, master, batch, Given(Money(100, "usd"), "prizes", None, "en"))
    close_fund(session, "prizes", on=TODAY)
    for fund in ("prizes", "nobody"):
        with pytest.raises(FieldRefused) as refused:
            add_item(session, master, batch, Given(Money(100, "usd"), fund, None, "en"))
        assert refused.value.field == "fund"
