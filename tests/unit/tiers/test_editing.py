"""Tiers are written, priced, offered and retired; what cannot be is said at its field."""

import pytest
from tests_support.tiers import AT, FRIEND, make_tier, set_price

from donations.kernel.cadence import Frequency
from donations.kernel.errors import FieldRefused, NotAllowed, NotFound
from donations.kernel.money import Money
from donations.tiers.editing import Sheet, Words, add_tier, edit_tier, move_tier, tier_named, tiers
from donations.tiers.states import TIER_MOVES, TierState

MONTHLY = (Frequency.MONTHLY, "usd")


def sheet(**changes):
    given = {
        "position": 1,
        "words": {"en": Words("Reader")},
        "prices": {MONTHLY: Money(500, "usd")},
    }
    return Sheet(**{**given, **changes})


def refused(deed):
    with pytest.raises(FieldRefused) as caught:
        deed()
    return caught.value.field, caught.value.reason


def test_what_is_typed_becomes_words_and_one_benefit_for_each_line():
    read = Words.read("  The  Reader ", " one   line ", "a letter\n\n  a   talk \n")
    assert read == Words("The Reader", "one line", ("a letter", "a talk"))


@pytest.mark.parametrize("code", ["", "a", "A-b", "-ab", "ab-", "a b", "x" * 31, "чай"])
def test_a_code_is_small_letters_digits_and_hyphens(session, code):
    assert refused(lambda: add_tier(session, code, now=AT)) == ("code", "not_a_code")


def test_a_code_is_given_once_and_a_new_tier_stands_above_the_others(session):
    add_tier(session, "reader", now=AT)
    assert refused(lambda: add_tier(session, "reader", now=AT)) == ("code", "tier_taken")
    add_tier(session, "friend", now=AT)
    assert [one.code for one in tiers(session)] == ["reader", "friend"]


def test_a_name_taken_away_takes_the_language_away_and_so_with_a_price(session):
    make_tier(session, offer=False)
    edit_tier(session, "reader", sheet(words={"en": Words("")}, prices={MONTHLY: None}))
    tier = tier_named(session, "reader")
    assert tier.words == []
    assert [one.frequency for one in tier.prices] == ["annual"]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"position": 1001}, ("position", "count")),
        ({"words": {"en": Words("", "a line")}}, ("name_en", "empty")),
        ({"words": {"en": Words("x" * 81)}}, ("name_en", "too_long")),
        ({"words": {"en": Words("x", "y" * 201)}}, ("line_en", "too_long")),
        ({"words": {"en": Words("x", "", ("y" * 201,))}}, ("benefits_en", "too_long")),
        ({"words": {"en": Words("x", "", ("y",) * 13)}}, ("benefits_en", "too_many_lines")),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_changed(session, changes, what):
    before = make_tier(session, offer=False).changes
    assert refused(lambda: edit_tier(session, "reader", sheet(**changes))) == what
    assert tier_named(session, "reader").changes == before


def test_a_tier_needs_words_and_a_price_before_it_is_offered(session):
    add_tier(session, "reader", now=AT)
    offer = lambda: move_tier(session, "reader", TierState.OFFERED)  # noqa: E731
    assert refused(offer) == ("offer", "no_words")
    edit_tier(session, "reader", sheet(prices={}))
    assert refused(offer) == ("offer", "no_price")
    edit_tier(session, "reader", sheet())
    assert offer().state == "offered"


@pytest.mark.parametrize(("position", "minor"), [(2, 500), (2, 499), (1, 600), (0, 501)])
def test_the_higher_tier_is_always_the_dearer_one(session, position, minor):
    make_tier(session)
    make_tier(session, "friend", {"monthly": minor}, position, offer=False)
    what = refused(lambda: move_tier(session, "friend", TierState.OFFERED))
    assert what == ("offer", "out_of_order")


def test_an_offered_tier_is_never_edited_out_of_order(session):
    make_tier(session)
    make_tier(session, "friend", FRIEND, 2)
    assert refused(lambda: set_price(session, "friend", "monthly", 500)) == (
        "offer",
        "out_of_order",
    )
    session.rollback()
    assert {one.amount_minor for one in tier_named(session, "friend").prices} == {1500, 15000}


@pytest.mark.parametrize("before", list(TierState))
@pytest.mark.parametrize("after", list(TierState))
def test_a_tier_moves_by_its_table_and_no_other_way(session, before, after):
    tier = make_tier(session, offer=False)
    tier.state = before.value
    session.commit()
    if after in TIER_MOVES[before]:
        assert move_tier(session, "reader", after).state == after
        return
    with pytest.raises(NotAllowed):
        move_tier(session, "reader", after)


def test_an_unknown_tier_is_not_found(session):
    with pytest.raises(NotFound):
        tier_named(session, "nobody")
