"""What a tier's payments are, decided from a day still to come and never before."""

from datetime import date, timedelta

import pytest
from tests_support.tiers import AT, make_tier

from donations.kernel.cadence import Frequency
from donations.kernel.errors import FieldRefused, NotFound
from donations.kernel.money import Money
from donations.tiers.deciding import WorthKind, decide_worth, worth_in_force, worths

TODAY = date(2026, 11, 24)
TOMORROW = TODAY + timedelta(days=1)


def decide(
    session,
    tier_id,
    kind=WorthKind.GIFT,
    minor=300,
    day=TOMORROW,
    frequency="monthly",
    currency="usd",
):
    return decide_worth(
        session,
        tier_id,
        Frequency(frequency),
        kind,
        Money(minor, currency),
        day,
        by="finance",
        now=AT,
    )


def counts(session, tier_id, day, frequency="monthly", currency="usd"):
    found = worth_in_force(session, tier_id, frequency, currency, day)
    return found and (found.kind, found.amount_minor)


def test_a_decision_counts_from_its_day_on_until_the_next(session):
    tier = make_tier(session).id
    decide(session, tier)
    decide(session, tier, WorthKind.MEMBERSHIP, day=date(2027, 1, 1))
    assert counts(session, tier, TODAY) is None
    assert counts(session, tier, TOMORROW) == ("gift", 300)
    assert counts(session, tier, date(2026, 12, 31)) == ("gift", 300)
    assert counts(session, tier, date(2027, 1, 1)) == ("membership", 0)


def test_it_counts_for_its_tier_rhythm_and_currency_alone(session):
    tier = make_tier(session).id
    other = make_tier(session, "friend", {"monthly": 1500}, 2).id
    decide(session, tier)
    assert counts(session, other, TOMORROW) is None
    assert counts(session, tier, TOMORROW, "annual") is None
    assert counts(session, tier, TOMORROW, currency="eur") is None


@pytest.mark.parametrize("day", [TODAY, TODAY - timedelta(days=1)])
def test_a_day_that_has_begun_is_refused(session, day):
    tier = make_tier(session).id
    with pytest.raises(FieldRefused, match="has_begun"):
        decide(session, tier, day=day)
    assert worths(session, tier) == []


def test_a_decision_still_to_come_is_replaced(session):
    tier = make_tier(session).id
    decide(session, tier)
    decide(session, tier, minor=0)
    assert [one.amount_minor for one in worths(session, tier)] == [0]


def test_neither_a_one_time_gift_nor_an_unknown_tier_is_decided(session):
    tier = make_tier(session).id
    with pytest.raises(FieldRefused, match="without_benefits"):
        decide(session, tier, frequency="once")
    with pytest.raises(NotFound):
        decide(session, tier + 1)
