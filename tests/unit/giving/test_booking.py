from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from donations.giving.benefits import benefit_value
from donations.giving.booking import book_movement
from donations.giving.fund_models import Benefit
from donations.giving.models import Checkout, Gift
from donations.kernel.database import begin_write
from donations.kernel.errors import TryAgainLater
from donations.kernel.ids import public_id
from donations.ledger.books import balances
from donations.ledger.chart import Kind
from donations.ledger.models import Entry, Posting
from donations.stripe_gateway.values import Movement

PAID = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def gift(session):
    """A gift of 50.00 EUR; `gift(frequency="annual", fund="courts")` changes it."""

    def given_one(**changes):
        facts = {"frequency": "once", "amount_minor": 5000, "currency": "eur", **changes}
        about = {name: facts[name] for name in ("frequency", "amount_minor", "currency")}
        checkout = Checkout(
            public_id=public_id(),
            attempt_key=public_id().encode().ljust(32),
            language="en",
            placement="article",
            state="paid",
            created_at=PAID,
            **about,
        )
        session.add(checkout)
        session.flush()
        known = {"language": "en", "method": "card", "received_at": PAID, **facts}
        row = Gift(
            public_id=public_id(),
            checkout_id=checkout.id,
            payment_sealed=b"x",
            payment_index=public_id().encode().ljust(32),
            **known,
        )
        session.add(row)
        session.commit()
        begin_write(session)
        return row

    return given_one


def moved(name, amount, fee=0, rate=None, at=PAID, currency="usd"):
    return Movement(
        id=name,
        kind="charge",
        amount=amount,
        fee=fee,
        net=amount - fee,
        currency=currency,
        exchange_rate=rate,
        created=at,
        available_on=at + timedelta(days=2),
    )


def decide(session, frequency, currency, minor, since=date(2026, 1, 1)):
    session.add(
        Benefit(
            frequency=frequency,
            currency=currency,
            amount_minor=minor,
            from_on=since,
            set_by="finance",
            set_at=PAID,
        )
    )
    session.flush()


def booked(session, source):
    rows = session.execute(
        select(Posting.account, Posting.amount_minor).join(Entry).where(Entry.source == source)
    )
    return dict(map(tuple, rows))


def test_a_gift_is_booked_with_what_it_was_for(session, gift):
    row = gift(fund="courts")
    assert book_movement(session, Kind.GIFT, moved("txn_1", 5400, 190), row, 5000, now=PAID)
    entry = session.scalars(select(Entry)).one()
    assert (entry.campaign, entry.method, entry.frequency) == ("article", "card", "once")
    assert (entry.charged_minor, entry.charged_currency) == (5000, "eur")
    assert entry.gift_reference == row.public_id
    funds = {line.account: line.fund for line in entry.postings}
    assert funds == {"stripe_balance": "", "fees": "courts", "income": "courts"}


def test_a_refund_at_a_worse_rate_mirrors_the_gift_and_the_rest_is_lost_in_exchange(session, gift):
    row = gift()
    book_movement(session, Kind.GIFT, moved("txn_1", 5400, 190, "1.08"), row, 5000, now=PAID)
    book_movement(session, Kind.REFUND, moved("txn_2", -5600, 0, "1.12"), row, -5000, now=PAID)
    assert booked(session, "txn_2") == {"stripe_balance": -5600, "refunds": 5400, "exchange": 200}
    session.commit()


def test_a_part_refunded_at_a_better_rate_is_a_gain(session, gift):
    row = gift()
    book_movement(session, Kind.GIFT, moved("txn_1", 5400, 190, "1.08"), row, 5000, now=PAID)
    book_movement(session, Kind.REFUND, moved("txn_2", -1030, 0, "1.03"), row, -1000, now=PAID)
    assert booked(session, "txn_2") == {"stripe_balance": -1030, "refunds": 1080, "exchange": -50}


def test_a_dispute_won_at_another_rate_leaves_only_the_exchange(session, gift):
    row = gift()
    book_movement(session, Kind.GIFT, moved("txn_1", 5400, 0, "1.08"), row, 5000, now=PAID)
    book_movement(session, Kind.DISPUTE, moved("txn_2", -5500, 1500, "1.1"), row, -5000, now=PAID)
    back = moved("txn_3", 5300, 0, "1.06")
    book_movement(session, Kind.DISPUTE_REVERSED, back, row, 5000, now=PAID)
    found = balances(session)
    assert found["disputes", "usd"] == 0
    assert found["exchange", "usd"] == 200
    assert found["dispute_fees", "usd"] == 1500


def test_a_refund_in_the_gift_s_own_currency_exchanges_nothing(session, gift):
    row = gift(currency="usd")
    book_movement(session, Kind.GIFT, moved("txn_1", 5000, 175), row, 5000, now=PAID)
    book_movement(session, Kind.REFUND, moved("txn_2", -2000), row, -2000, now=PAID)
    assert booked(session, "txn_2") == {"stripe_balance": -2000, "refunds": 2000}


def test_a_return_waits_until_what_stripe_made_of_the_gift_is_known(session, gift):
    row = gift()
    refund = moved("txn_2", -5600, 0, "1.12")
    with pytest.raises(TryAgainLater):
        book_movement(session, Kind.REFUND, refund, row, -5000, now=PAID)
    book_movement(session, Kind.GIFT, moved("txn_1", 5400, 190, "1.08"), row, 5000, now=PAID)
    assert book_movement(session, Kind.REFUND, refund, row, -5000, now=PAID)


def test_a_return_that_owes_benefits_waits_too(session, gift):
    decide(session, "annual", "usd", 1200)
    row = gift(frequency="annual", currency="usd")
    with pytest.raises(TryAgainLater):
        book_movement(session, Kind.REFUND, moved("txn_2", -5000), row, -5000, now=PAID)


def test_the_benefits_of_a_payment_are_put_off(session, gift):
    decide(session, "annual", "eur", 1250)
    row = gift(frequency="annual", fund="courts")
    book_movement(session, Kind.GIFT, moved("txn_1", 5400, 190, "1.08"), row, 5000, now=PAID)
    assert booked(session, "txn_1") == {
        "stripe_balance": 5210,
        "fees": 190,
        "income": -4050,
        "deferred": -1350,
    }
    assert session.scalars(select(Entry.cohort)).one() == "2026-11"


def test_benefits_worth_more_than_the_payment_put_all_of_it_off(session, gift):
    decide(session, "monthly", "eur", 9900)
    row = gift(frequency="monthly")
    book_movement(session, Kind.GIFT, moved("txn_1", 5000, 175), row, 5000, now=PAID)
    assert booked(session, "txn_1")["deferred"] == -5000
    assert "income" not in booked(session, "txn_1")


@pytest.mark.parametrize(
    ("returned", "owed"),
    [
        (datetime(2026, 11, 20, 9, tzinfo=UTC), 1200),  # twelve months owed
        (datetime(2026, 12, 20, 9, tzinfo=UTC), 1100),
        (datetime(2027, 10, 20, 9, tzinfo=UTC), 100),
        (datetime(2027, 11, 20, 9, tzinfo=UTC), 0),
    ],
)
def test_a_refund_takes_back_what_is_still_owed(session, gift, returned, owed):
    decide(session, "annual", "usd", 1200)
    row = gift(frequency="annual", currency="usd")
    book_movement(session, Kind.GIFT, moved("txn_1", 5000, 175), row, 5000, now=PAID)
    refund = moved("txn_2", -5000, at=returned)
    book_movement(session, Kind.REFUND, refund, row, -5000, now=returned)
    found = booked(session, "txn_2")
    assert found.get("deferred", 0) == owed
    assert found["refunds"] == 5000 - owed
    assert session.scalars(select(Entry.cohort).where(Entry.source == "txn_2")).one() == "2026-11"


def test_a_part_refunded_takes_back_its_part_of_what_is_owed(session, gift):
    decide(session, "annual", "usd", 1200)
    row = gift(frequency="annual", currency="usd")
    book_movement(session, Kind.GIFT, moved("txn_1", 5000, 175), row, 5000, now=PAID)
    book_movement(session, Kind.REFUND, moved("txn_2", -2500), row, -2500, now=PAID)
    assert booked(session, "txn_2")["deferred"] == 600


@pytest.mark.parametrize(
    ("day", "value"),
    [
        (date(2025, 12, 31), 0),
        (date(2026, 1, 1), 300),
        (date(2026, 10, 31), 300),
        (date(2026, 11, 1), 500),
        (date(2026, 12, 1), 0),
    ],
)
def test_the_latest_decision_not_after_the_payment_counts(session, day, value):
    begin_write(session)
    for minor, since in ((300, (2026, 1, 1)), (500, (2026, 11, 1)), (0, (2026, 12, 1))):
        decide(session, "monthly", "usd", minor, date(*since))
    assert benefit_value(session, "monthly", "usd", day) == value
    assert benefit_value(session, "monthly", "eur", day) == 0
    assert benefit_value(session, "annual", "usd", day) == 0


def test_a_decision_counts_from_midnight_by_the_clocks_of_the_newsroom(session, gift):
    decide(session, "monthly", "usd", 500, date(2026, 11, 1))
    midnight = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # the first of November in Amsterdam
    row = gift(frequency="monthly", currency="usd", received_at=midnight)
    book_movement(session, Kind.GIFT, moved("txn_1", 5000, 175, at=midnight), row, 5000, now=PAID)
    assert booked(session, "txn_1")["deferred"] == -500


@pytest.mark.parametrize(("second", "put_off"), [(59, 0), (60, 1200)])
def test_the_day_a_payment_was_made_decides_for_it_and_for_what_goes_back(
    session, gift, second, put_off
):
    decide(session, "annual", "usd", 1200, date(2026, 11, 3))
    received = datetime(2026, 11, 2, 22, 59, tzinfo=UTC) + timedelta(seconds=second)
    row = gift(frequency="annual", currency="usd", received_at=received)
    book_movement(session, Kind.GIFT, moved("txn_1", 5000, 175), row, 5000, now=PAID)
    assert booked(session, "txn_1").get("deferred", 0) == -put_off
    book_movement(session, Kind.REFUND, moved("txn_2", -5000), row, -5000, now=PAID)
    assert booked(session, "txn_2").get("deferred", 0) == put_off


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    settled=st.integers(1, 10**7),
    charged=st.integers(100, 10**6),
    value=st.integers(0, 10**6),
    parts=st.lists(st.tuples(st.integers(1, 10**5), st.integers(-300, 300)), max_size=4),
)
def test_however_a_gift_is_given_back_every_part_balances_and_none_is_taken_twice(
    session, gift, settled, charged, value, parts
):
    row = gift(frequency="annual", amount_minor=charged)
    decide(session, "annual", "eur", value)
    book_movement(session, Kind.GIFT, moved("g", settled, 0, "1.1"), row, charged, now=PAID)
    left = charged
    for number, (part, drift) in enumerate(parts):
        back = min(part, left)
        if not back:
            break
        left -= back
        out = moved(f"r{number}", -max(1, settled * back // charged + drift), 0, "1.1")
        book_movement(session, Kind.REFUND, out, row, -back, now=PAID)
    found = balances(session)
    put_off = settled * min(value, charged) // charged
    assert -put_off <= found.get(("deferred", "usd"), 0) <= 0
    if not left:
        assert abs(found.get(("deferred", "usd"), 0)) <= len(parts)
    assert sum(found.values()) == 0
    session.rollback()
    session.query(Benefit).delete()
    session.commit()
