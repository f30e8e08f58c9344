from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from tests_support.stripe import NOBODY, subscription

from donations.giving.change_models import MembershipChange
from donations.giving.membership_history import monthly_column, monthly_minor
from donations.giving.memberships import follow
from donations.giving.models import Checkout, Membership
from donations.kernel.cadence import Frequency
from donations.kernel.database import begin_write
from donations.kernel.money import Money

DAY = timedelta(days=1)


@pytest.fixture
def hear(session, master, clock):
    """Stripe says so of a subscription, so many days from now."""
    checkout = Checkout(
        public_id="c" * 20,
        attempt_key=b"k" * 32,
        frequency="monthly",
        amount_minor=5000,
        currency="usd",
        language="en",
        placement="support",
        state="paid",
        created_at=clock.now(),
    )
    session.add(checkout)
    session.commit()
    first = subscription(None)

    def heard(days, **changes):
        begin_write(session)
        membership = follow(
            session,
            master,
            subscription=replace(first, **changes),
            person=NOBODY,
            checkout=checkout,
            asked_at=clock.now() + days * DAY,
            now=clock.now(),
        )
        session.commit()
        return membership

    return heard


def changes(session):
    rows = session.scalars(select(MembershipChange).order_by(MembershipChange.number))
    return [(row.state, row.before_minor, row.monthly_minor, row.reason) for row in rows]


def test_every_change_is_kept_once_however_often_it_is_told(session, hear):
    for _ in range(3):
        hear(0)
    hear(1, amount=Money(8000, "usd"))
    hear(2, amount=Money(8000, "usd"))
    hear(3, amount=Money(8000, "usd"), status="past_due")
    assert changes(session) == [
        ("active", 0, 5000, None),
        ("active", 5000, 8000, None),
        ("past_due", 8000, 8000, None),
    ]


def test_what_is_told_late_adds_nothing(session, hear, clock):
    hear(2, amount=Money(8000, "usd"))
    hear(1)
    assert changes(session) == [("active", 0, 8000, None)]


def test_a_beginning_and_an_end_have_stripes_dates_and_time_never_runs_back(session, hear, clock):
    began = clock.now() - 40 * DAY
    hear(0, started_at=began, status="incomplete")
    hear(1, started_at=began)
    ended = clock.now() + timedelta(hours=1)
    hear(3, started_at=began, status="canceled", ended_at=ended, end_reason="payment_failed")
    rows = session.scalars(select(MembershipChange).order_by(MembershipChange.number)).all()
    assert [row.at for row in rows] == [began, clock.now() + DAY, clock.now() + DAY]
    assert changes(session)[1:] == [
        ("active", 0, 5000, None),
        ("ended", 5000, 0, "payment_failed"),
    ]


def test_a_paused_membership_brings_nothing_until_it_resumes(session, hear):
    hear(0)
    hear(1, collection_paused=True)
    hear(2)
    assert [row[1:3] for row in changes(session)] == [(0, 5000), (5000, 0), (0, 5000)]


def test_a_change_of_currency_is_two_changes_each_in_its_own(session, hear):
    hear(0)
    hear(1, amount=Money(4500, "eur"))
    hear(2, amount=Money(4500, "eur"), status="past_due")
    assert [row[1:] for row in changes(session)] == [
        (0, 5000, None),
        (5000, 0, "currency"),
        (0, 4500, "currency"),
        (4500, 4500, None),
    ]


@pytest.mark.parametrize(
    ("minor", "monthly"), [(1200, 100), (1205, 100), (1206, 101), (1207, 101), (5, 0), (6, 1)]
)
def test_a_year_is_twelve_months_rounded_alike_here_and_in_the_database(
    session, hear, minor, monthly
):
    membership = hear(0, frequency=Frequency.ANNUAL, amount=Money(minor, "usd"))
    assert monthly_minor(membership) == monthly
    assert session.scalar(select(func.sum(monthly_column())).select_from(Membership)) == monthly
