from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donations.kernel.months import Month, months_between
from donations.ledger.cohorts import Cohort, Owed, deferred_share, owed_share

JANUARY = Month(2026, 1)


def annual(booked, refunded=None, recognised=None):
    return Owed(Cohort(JANUARY, "annual", "usd", ""), booked, refunded or {}, recognised or {})


def test_a_year_s_benefits_become_income_month_by_month():
    one = annual(1200)
    assert [one.due(JANUARY.later(ahead)) for ahead in range(14)] == [100] * 12 + [0, 0]


def test_the_last_month_takes_what_is_left_over():
    shares = [annual(1000).due(JANUARY.later(ahead)) for ahead in range(12)]
    assert sum(shares) == 1000
    assert max(shares) - min(shares) == 1


def test_a_month_s_benefits_become_income_in_that_month():
    one = Owed(Cohort(JANUARY, "monthly", "usd", ""), 500, {}, {})
    assert one.due(JANUARY) == 500
    assert one.due(JANUARY.later(1)) == 0


def test_nothing_is_due_before_a_cohort_begins():
    assert annual(1200).due(JANUARY.later(-1)) == 0
    assert annual(1200).earned(JANUARY.later(-1)) == 0


def test_what_is_given_back_is_due_no_more():
    one = annual(1200, {JANUARY.later(6): 300})
    assert one.due(JANUARY.later(5)) == 100
    assert one.due(JANUARY.later(6)) == 50
    assert one.earned(JANUARY.later(11)) == 900


@pytest.mark.parametrize("ahead", [3, 11, 12, 20])
def test_what_is_taken_back_beyond_what_was_owed_comes_off_income_at_once(ahead):
    month = JANUARY.later(ahead)
    one = annual(1200, {month: 1200})
    assert one.due(month) == -100 * min(ahead, 12)
    assert one.earned(month) == 0


def test_what_comes_again_after_the_term_is_income_at_once():
    one = annual(1200, {JANUARY.later(2): 1000, JANUARY.later(15): -7})
    assert one.due(JANUARY.later(15)) == 7


@given(
    booked=st.integers(0, 10**9),
    months=st.sampled_from(["monthly", "annual"]),
    refunds=st.dictionaries(st.integers(0, 15), st.integers(-1000, 1000), max_size=6),
)
def test_whatever_happens_a_cohort_ends_at_exactly_nothing(booked, months, refunds):
    refunded = {JANUARY.later(ahead): minor for ahead, minor in refunds.items()}
    one = Owed(Cohort(JANUARY, months, "usd", ""), booked, refunded, {})
    last = JANUARY.later(16)
    shares = {month: one.due(month) for month in months_between(JANUARY, last)}
    assert sum(shares.values()) + sum(refunded.values()) == booked
    assert one.earned(last) == sum(shares.values())
    done = Owed(one.cohort, booked, refunded, shares)
    assert done.remaining == 0


@given(st.integers(0, 10**9), st.integers(0, 10**6), st.integers(1, 10**6))
def test_no_more_is_put_off_than_was_paid(amount, value, charged):
    assert 0 <= deferred_share(amount, value, charged) <= amount


@pytest.mark.parametrize(
    ("posted", "kept", "owed"),
    [(-1, 2, 1200), (0, 2, 1200), (1, 2, 1100), (6, 1, 300), (11, 2, 100), (12, 2, 0), (30, 2, 0)],
)
def test_what_a_payment_still_owes_goes_down_month_by_month(posted, kept, owed):
    assert owed_share(1200, JANUARY, 12, JANUARY.later(posted), kept, 2) == owed
