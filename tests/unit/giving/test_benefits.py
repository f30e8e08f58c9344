from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from donations.giving.benefits import benefit_value, decide, decisions, in_force, today
from donations.giving.fund_models import Benefit
from donations.kernel.cadence import Frequency
from donations.kernel.errors import FieldRefused
from donations.kernel.money import Money

TODAY = date(2026, 11, 24)
TOMORROW = TODAY + timedelta(days=1)


def set_value(session, minor, day, now, frequency=Frequency.MONTHLY, currency="usd"):
    return decide(session, frequency, Money(minor, currency), day, by="finance", now=now)


def test_a_value_counts_from_its_day_on_and_not_before(session, clock):
    set_value(session, 300, TOMORROW, clock.now())
    set_value(session, 400, date(2027, 1, 1), clock.now())
    set_value(session, 0, date(2027, 2, 1), clock.now())
    for day, value in ((TODAY, 0), (TOMORROW, 300), (date(2026, 12, 31), 300)):
        assert benefit_value(session, "monthly", "usd", day) == value
    assert benefit_value(session, "monthly", "usd", date(2027, 1, 1)) == 400
    assert benefit_value(session, "monthly", "usd", date(2027, 2, 1)) == 0
    assert benefit_value(session, "annual", "usd", TOMORROW) == 0
    assert benefit_value(session, "monthly", "eur", TOMORROW) == 0


@pytest.mark.parametrize("back", [0, 1, 400])
def test_a_day_that_has_begun_is_refused(session, clock, back):
    with pytest.raises(FieldRefused) as refused:
        set_value(session, 300, TODAY - timedelta(days=back), clock.now())
    assert (refused.value.field, refused.value.reason) == ("from_on", "has_begun")
    assert session.scalars(select(Benefit)).all() == []


def test_the_day_is_that_of_the_books_and_not_of_greenwich(session):
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # already the 25th in Amsterdam
    assert today(session, late) == TOMORROW
    with pytest.raises(FieldRefused):
        set_value(session, 300, TOMORROW, late)


def test_what_does_not_count_yet_can_be_decided_anew_and_what_counts_cannot(session, clock):
    set_value(session, 300, TOMORROW, clock.now())
    set_value(session, 200, TOMORROW, clock.now())
    assert [one.amount_minor for one in decisions(session)] == [200]
    with pytest.raises(FieldRefused):
        set_value(session, 100, TOMORROW, clock.now() + timedelta(days=1))
    assert [one.amount_minor for one in decisions(session)] == [200]


def test_a_gift_given_once_has_no_benefits(session, clock):
    with pytest.raises(FieldRefused):
        set_value(session, 300, TOMORROW, clock.now(), frequency=Frequency.ONCE)


def test_the_history_is_kept_and_says_what_counts(session, clock):
    set_value(session, 300, TOMORROW, clock.now())
    set_value(session, 400, TOMORROW + timedelta(days=1), clock.now())
    history = decisions(session)
    assert [one.amount_minor for one in history] == [400, 300]
    assert in_force(history, TODAY) == {}
    assert in_force(history, TOMORROW)["monthly", "usd"].amount_minor == 300
    assert in_force(history, date(2030, 1, 1))["monthly", "usd"].amount_minor == 400
