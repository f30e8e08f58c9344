from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from donations.giving.models import Dispute, Refund
from donations.kernel.months import Month
from donations.ledger.chart import Kind
from donations.reports import gifts as report
from donations.reports.gifts import GiftFilter, Status, every_gift, gifts

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
AT = datetime(2026, 11, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def names(session, **chosen):
    return [row.public_id for row in gifts(session, AMSTERDAM, GiftFilter(**chosen)).rows]


def test_a_filter_shows_what_it_names_and_nothing_else(session, give):
    old = give(datetime(2026, 10, 31, 22, 30, tzinfo=UTC), 500)
    new = give(datetime(2026, 10, 31, 23, 30, tzinfo=UTC), 500, currency="eur")
    monthly = give(AT, 500, frequency="monthly")
    assert names(session) == [monthly, new, old]
    assert names(session, month=Month(2026, 10)) == [old]
    assert names(session, month=Month(2026, 11)) == [monthly, new]
    assert names(session, currency="eur") == [new]
    assert names(session, frequency="monthly", month=Month(2026, 11)) == [monthly]


def test_pages_neither_skip_nor_repeat_while_new_gifts_arrive(session, give):
    known = [give(AT + DAY * number, 500) for number in range(5)]
    first = gifts(session, AMSTERDAM, GiftFilter(), limit=2)
    give(AT + DAY * 9, 700)
    second = gifts(session, AMSTERDAM, GiftFilter(), after=first.after, limit=2)
    third = gifts(session, AMSTERDAM, GiftFilter(), after=second.after, limit=2)
    shown = [row.public_id for page in (first, second, third) for row in page.rows]
    assert shown == known[::-1]
    assert third.after is None


def test_gifts_of_the_same_second_are_paged_in_a_fixed_order(session, give):
    known = {give(AT, 500) for _ in range(3)}
    first = gifts(session, AMSTERDAM, GiftFilter(), limit=2)
    second = gifts(session, AMSTERDAM, GiftFilter(), after=first.after, limit=2)
    assert {row.public_id for row in (*first.rows, *second.rows)} == known


def test_a_page_behind_a_gift_that_is_not_there_is_empty(session, give):
    give(AT, 500)
    assert gifts(session, AMSTERDAM, GiftFilter(), after="nobody").rows == ()


def test_an_export_holds_every_gift_across_its_pages(session, give, monkeypatch):
    monkeypatch.setattr(report, "EXPORT_PAGE", 2)
    known = [give(AT + DAY * number, 500) for number in range(5)]
    found = [row.public_id for row in every_gift(session, AMSTERDAM, GiftFilter())]
    assert found == known[::-1]


def test_a_gift_without_its_balance_transaction_has_no_fee_rather_than_none(session, give):
    give(AT, 500, settled=False)
    (row,) = gifts(session, AMSTERDAM, GiftFilter(status=Status.AWAITING)).rows
    assert (row.settled, row.status) == (None, Status.AWAITING)
    assert names(session, status=Status.SETTLED) == []


def test_a_row_adds_up_from_what_was_charged_to_what_is_left(session, give):
    name = give(AT, 1000, 59)
    give(AT + DAY, -400, kind=Kind.REFUND, gift=name)
    give(AT + DAY, -600, 1500, kind=Kind.DISPUTE, gift=name)
    (row,) = gifts(session, AMSTERDAM, GiftFilter()).rows
    parts = [part.minor for part in row.settled.parts]
    assert parts == [1000, -59, -400, -600, -1500, 0]
    assert row.settled.net.minor == sum(parts)


@pytest.mark.parametrize(
    ("kind", "amount", "state", "status"),
    [
        (Refund, 500, "succeeded", Status.REFUNDED),
        (Refund, 200, "pending", Status.PART_REFUNDED),
        (Refund, 500, "failed", Status.SETTLED),
        (Dispute, 500, "needs_response", Status.DISPUTED),
    ],
)
def test_what_became_of_a_gift_is_said_and_can_be_filtered(
    session, give, take_back, kind, amount, state, status
):
    name = give(AT, 500)
    other = give(AT, 500, settled=False)
    take_back(kind, name, amount, AT, state)
    assert names(session, status=status) == [name]
    row = next(row for row in gifts(session, AMSTERDAM, GiftFilter()).rows if row.public_id == name)
    assert row.status is status
    assert names(session, status=Status.AWAITING) == [other]
