"""What of a payment is no donation, by its tier: in the books to the cent, and on its receipt."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from tests_support.stripe import movement
from tests_support.tiers import AT, Member, reader_and_friend

from donations.giving.benefits import decide, worth_of
from donations.giving.booking import book_movement
from donations.kernel.cadence import Frequency
from donations.kernel.database import begin_write
from donations.kernel.money import Money
from donations.ledger.books import balances
from donations.ledger.chart import Kind
from donations.ledger.models import Entry, Posting
from donations.tiers.deciding import WorthKind, decide_worth
from donations.tiers.models import Tier

TOMORROW = date(2026, 11, 25)
DAY = timedelta(days=1)


@pytest.fixture
def tiers(session):
    return {one.code: one.id for one in reader_and_friend(session)}


def say(session, tier_id, kind, minor=0, day=TOMORROW):
    decide_worth(
        session, tier_id, Frequency.MONTHLY, kind, Money(minor, "usd"), day, by="finance", now=AT
    )


def put_off(session, gift):
    found = (
        select(func.sum(Posting.amount_minor))
        .join(Entry, Entry.id == Posting.entry_id)
        .where(Entry.gift_reference == gift.public_id, Posting.account == "deferred")
    )
    return -(session.scalar(found) or 0)


@pytest.fixture
def paid(session, master):
    """A payment on the day after the decisions; how much was put off, and what a receipt says."""

    def one(minor, name="abcdefghjkmn", later=DAY):
        gift = Member(session, master, minor=minor, name=name, email=f"{name}@x.example").pays(
            later=later
        )
        return put_off(session, gift), worth_of(session, gift, gift.received_at.date())

    return one


def test_of_a_gift_the_fair_market_value_is_put_off_and_named(session, tiers, paid):
    say(session, tiers["reader"], WorthKind.GIFT, 123)
    assert paid(500) == (123, 123)


def test_of_a_membership_all_is_put_off_and_named(session, tiers, paid):
    say(session, tiers["reader"], WorthKind.MEMBERSHIP)
    assert paid(777) == (777, 777)


def test_each_tier_has_its_own_and_where_nothing_is_decided_the_general_counts(
    session, tiers, paid
):
    decide(session, Frequency.MONTHLY, Money(50, "usd"), TOMORROW, by="finance", now=AT)
    say(session, tiers["friend"], WorthKind.GIFT, 0)
    assert paid(1500, "friend") == (0, 0)
    assert paid(500, "reader") == (50, 50)
    assert paid(400, "nobody") == (50, 50)


def test_a_value_above_the_payment_puts_off_no_more_than_all(session, tiers, paid):
    say(session, tiers["reader"], WorthKind.GIFT, 900)
    assert paid(500)[0] == 500


def test_the_day_of_the_payment_decides(session, tiers, paid):
    say(session, tiers["reader"], WorthKind.MEMBERSHIP, day=date(2026, 12, 1))
    assert paid(500, "before", DAY) == (0, 0)
    assert paid(500, "after", 8 * DAY) == (500, 500)


def test_a_change_of_tier_never_changes_what_a_payment_was(session, master, tiers):
    say(session, tiers["reader"], WorthKind.GIFT, 100)
    say(session, tiers["friend"], WorthKind.MEMBERSHIP)
    member = Member(session, master, minor=500)
    gift = member.pays(later=DAY, moved=False)  # Stripe has not booked it yet
    member.told(minor=1500)
    begin_write(session)
    moved = movement("txn_late", 500, 0, created=gift.received_at)
    book_movement(session, Kind.GIFT, moved, gift, 500, now=member.now)
    session.commit()
    assert put_off(session, gift) == 100
    assert worth_of(session, gift, gift.received_at.date()) == 100


def test_a_refund_takes_back_what_was_put_off_and_the_books_stand_at_nothing(
    session, master, tiers
):
    say(session, tiers["reader"], WorthKind.MEMBERSHIP)
    gift = Member(session, master, minor=500).pays(later=DAY)
    begin_write(session)
    back = movement("txn_back", -500, 0, kind="refund", created=gift.received_at + DAY)
    book_movement(session, Kind.REFUND, back, gift, -500, now=AT + 3 * DAY)
    session.commit()
    assert put_off(session, gift) == 0
    assert balances(session).get(("deferred", "usd"), 0) == 0
    assert session.scalar(select(func.sum(Posting.amount_minor))) == 0


def test_a_one_time_gift_buys_nothing(session, tiers):
    assert session.get(Tier, tiers["reader"])
    from donations.giving.models import Gift

    gift = Gift(tier_id=None, frequency="once", currency="usd", amount_minor=5000)
    assert worth_of(session, gift, TOMORROW) == 0
