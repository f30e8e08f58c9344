"""What a day brings: yearly payments announced, years looked back on, ends nobody told of."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from tests_support.members import DUE, give

from donations.dunning.daily import DailyNotices, _anniversary, announce_yearly, look_back
from donations.dunning.kinds import Kind
from donations.dunning.models import Notice
from donations.jobs.models import Job

ZONE = ZoneInfo("UTC")


def kinds(session):
    session.rollback()
    return [notice.kind for notice in session.scalars(select(Notice).order_by(Notice.id))]


def test_a_yearly_payment_is_announced_a_month_before_and_once(session, clock, member):
    member(frequency="annual", renews_at=clock.now() + timedelta(days=31))
    assert announce_yearly(session, now=clock.now()) == 0
    clock.advance(timedelta(days=1))
    assert announce_yearly(session, now=clock.now()) == 1
    assert announce_yearly(session, now=clock.now()) == 0
    session.commit()
    [notice] = session.scalars(select(Notice)).all()
    assert notice.next_at == clock.now() + timedelta(days=30)


def test_a_payment_moved_to_another_day_is_announced_again(session, clock, member):
    membership = member(frequency="annual", renews_at=clock.now() + timedelta(days=20))
    assert announce_yearly(session, now=clock.now()) == 1
    membership.renews_at += timedelta(days=5)
    session.flush()
    assert announce_yearly(session, now=clock.now()) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"frequency": "monthly"},
        {"state": "ended"},
        {"state": "past_due"},
        {"ends_with_period": True},
        {"cancel_asked_at": DUE},
        {"renews_at": DUE - timedelta(days=28)},  # within three days
        {"state": "paused", "resumes_at": DUE + timedelta(days=90)},
        {"state": "paused", "resumes_at": None},
    ],
)
def test_only_what_will_be_taken_is_announced(session, clock, member, changes):
    membership = member(frequency="annual")
    for name, value in changes.items():
        setattr(membership, name, value)
    session.commit()
    assert announce_yearly(session, now=clock.now()) == 0


def test_a_pause_that_ends_before_the_payment_does_not_hide_it(session, clock, member):
    membership = member(frequency="annual")
    membership.state, membership.resumes_at = "paused", DUE - timedelta(days=5)
    session.commit()
    assert announce_yearly(session, now=clock.now()) == 1


def test_a_monthly_member_is_asked_once_a_year_whether_they_still_read(session, clock, member):
    member()
    told = []
    for day in range(3 * 366):
        if look_back(session, zone=ZONE, now=clock.now()):
            told.append(day)
        session.commit()
        clock.advance(timedelta(days=1))
    assert told == [365, 731, 1096]  # 2028 is a leap year


def test_days_missed_are_caught_up_but_not_weeks(session, clock, member):
    member()
    clock.advance(timedelta(days=365 + 14))
    assert look_back(session, zone=ZONE, now=clock.now()) == 1
    session.rollback()
    clock.advance(timedelta(days=1))
    assert look_back(session, zone=ZONE, now=clock.now()) == 0


@given(st.dates(datetime(2000, 1, 1).date()), st.integers(0, 4000))
def test_the_latest_anniversary_is_never_ahead_and_never_a_year_behind(began, days):
    try:
        today = began + timedelta(days=days)
    except OverflowError:
        return
    if today.year >= 9999:
        return
    day = _anniversary(began, today)
    assert day <= today
    assert (today - day).days <= 366
    assert (day.month, day.day) == (began.month, began.day) or (began.month, began.day) == (2, 29)


def test_an_end_no_event_told_of_is_found_within_the_day(session, clock, member):
    membership = member()
    give(session, membership, clock.now())
    membership.state, membership.end_reason = "ended", "payment_failed"
    membership.ended_at = clock.now()
    session.commit()
    job = DailyNotices(ZONE)
    for _ in range(2):
        job(session, {}, clock.now())
        session.commit()
    assert kinds(session) == [Kind.LAPSED]
    assert len(session.scalars(select(Job).where(Job.kind == "membership_lapsed")).all()) == 1


def test_the_day_starts_at_the_newsrooms_midnight(session, clock, member):
    began = datetime(2025, 11, 24, 23, 30, tzinfo=UTC)  # in Amsterdam the 25th
    member(started_at=began)
    assert look_back(session, zone=ZoneInfo("Europe/Amsterdam"), now=clock.now()) == 0
    assert look_back(session, zone=ZONE, now=clock.now()) == 1


@pytest.mark.parametrize(
    ("began", "today", "told"),
    [
        (datetime(2024, 2, 29, 12, tzinfo=UTC), datetime(2027, 2, 28, tzinfo=UTC), 1),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), datetime(2027, 3, 14, tzinfo=UTC), 1),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), datetime(2027, 3, 15, tzinfo=UTC), 0),
        (datetime(2016, 12, 31, 12, tzinfo=UTC), datetime(2027, 1, 14, tzinfo=UTC), 1),
        (datetime(2016, 12, 31, 12, tzinfo=UTC), datetime(2027, 1, 15, tzinfo=UTC), 0),
    ],
)
@pytest.mark.parametrize("place", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_any_year_is_looked_back_on_from_any_zone(session, member, place, began, today, told):
    zone = ZoneInfo(place)
    member(started_at=began.replace(tzinfo=zone))
    member("anotherstory", started_at=datetime(2015, 6, 1, tzinfo=UTC))  # never its day
    assert look_back(session, zone=zone, now=today.replace(hour=12, tzinfo=zone)) == told
