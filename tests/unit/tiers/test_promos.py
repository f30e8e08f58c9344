"""Promos are made, opened and closed, and found by their links."""

from datetime import timedelta

import pytest
from tests_support.tiers import AT, make_promo, make_tier

from donations.kernel.cadence import Frequency
from donations.kernel.errors import FieldRefused, NotAllowed, NotFound
from donations.kernel.money import Money
from donations.tiers.promos import move_promo, open_promo, promised_tier, promo_named
from donations.tiers.states import PROMO_MOVES, PromoState

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"code": "A"}, "code", "not_a_code"),
        ({"payments": 0}, "payments", "count"),
        ({"payments": 13}, "payments", "count"),
        ({"then": 500}, "then", "not_higher"),
        ({"then": 499}, "then", "not_higher"),
        ({"frequency": "once"}, "frequency", "unknown"),
        ({"ends": AT}, "until_on", "before_it_begins"),
        ({"tier_id": 999}, "tier", "unknown"),
    ],
)
def test_what_cannot_be_promised_is_refused_at_its_field(session, changes, field, reason):
    with pytest.raises(FieldRefused) as caught:
        make_promo(session, **changes)
    assert (caught.value.field, caught.value.reason) == (field, reason)


def test_a_code_is_given_once(session):
    make_promo(session)
    with pytest.raises(FieldRefused, match="promo_taken"):
        make_promo(session)


def test_a_tier_is_promised_only_to_who_pays_its_price_in_the_end(session):
    tier = make_tier(session, "friend", {"monthly": 1500}).id
    with pytest.raises(FieldRefused, match="below_the_tier"):
        make_promo(session, then=1499, tier_id=tier)
    make_promo(session, then=1500, tier_id=tier)
    given = {
        minor: promised_tier(session, "spring", Money(minor, "usd"), Frequency.MONTHLY)
        for minor in (499, 500, 501, 1500, 1501)
    }
    assert given == {499: None, 500: (tier, True), 501: None, 1500: (tier, False), 1501: None}
    assert promised_tier(session, "spring", Money(500, "usd"), Frequency.ANNUAL) is None
    assert promised_tier(session, "", Money(500, "usd"), Frequency.MONTHLY) is None


def test_a_promo_is_found_while_it_is_open_and_its_time_has_come(session):
    make_promo(session, begins=AT + DAY, ends=AT + 3 * DAY)
    found = [open_promo(session, "spring", AT + number * DAY) is not None for number in range(4)]
    assert found == [False, True, True, False]
    move_promo(session, "spring", PromoState.CLOSED)
    assert open_promo(session, "spring", AT + DAY) is None


@pytest.mark.parametrize("code", ["", "Spring", "no-such", "x" * 500, "a\x00b", "<script>"])
def test_a_word_that_names_no_promo_finds_none(session, code):
    make_promo(session)
    assert open_promo(session, code, AT) is None


@pytest.mark.parametrize("before", list(PromoState))
@pytest.mark.parametrize("after", list(PromoState))
def test_a_promo_moves_by_its_table_and_no_other_way(session, before, after):
    make_promo(session, opened=False).state = before.value
    session.commit()
    if after in PROMO_MOVES[before]:
        assert move_promo(session, "spring", after).state == after
        return
    with pytest.raises(NotAllowed):
        move_promo(session, "spring", after)
    with pytest.raises(NotFound):
        promo_named(session, "winter")
