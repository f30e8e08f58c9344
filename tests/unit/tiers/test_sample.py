"""What the demonstration offers."""

from tests_support.tiers import AT, make_tier

from donations.tiers.levels import offered
from donations.tiers.sample import offer_sample


def test_a_newcomer_sees_two_tiers_once(session):
    for _ in range(2):
        offer_sample(session, ("en", "ru"), ("usd", "jpy"), now=AT)
    assert [one.code for one in offered(session)] == ["reader", "friend"]
    assert {price.currency for one in offered(session) for price in one.prices} == {"usd"}
    assert {words.language for one in offered(session) for words in one.words} == {"en", "ru"}


def test_a_newsroom_that_has_tiers_is_left_alone(session):
    make_tier(session, "own", {"monthly": 900})
    offer_sample(session, ("en",), ("usd",), now=AT)
    assert [one.code for one in offered(session)] == ["own"]


def test_where_nothing_fits_nothing_is_offered(session):
    offer_sample(session, ("de",), ("jpy",), now=AT)
    assert offered(session) == []
