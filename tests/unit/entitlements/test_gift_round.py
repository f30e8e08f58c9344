from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from tests_support import gifting
from tests_support.members import join

from donations.entitlements.gift_round import GiftRound
from donations.entitlements.gift_words import message_of, recipient_of, token_of
from donations.entitlements.redeeming import redeem
from donations.jobs.models import Job
from donations.supporters.directory import find_by_email

DAY = timedelta(days=1)


@pytest.fixture
def go_round(session, house, clock):
    def one():
        session.rollback()
        GiftRound(house.newsroom.zone)(session, {}, clock.now())
        session.commit()

    return one


@pytest.fixture
def redeemed(session, master, clock):
    """A gift redeemed now."""
    gift = gifting.buy(session, master, clock.now())
    redeem(session, master, token_of(master, gift), gifting.BORIS, language="en", now=clock.now())
    return gifting.gifts(session)[0]


def keys(session, kind):
    session.rollback()
    return list(session.scalars(select(Job.key).where(Job.kind == kind).order_by(Job.id)))


def only(session):
    [gift] = gifting.gifts(session)
    return gift


def test_a_payment_no_event_told_of_is_found(session, master, clock, go_round):
    gift = gifting.order(session, master, clock.now())
    gifting.payment(session, master, gift, clock.now())
    go_round()
    assert only(session).state == "paid"
    assert len(keys(session, "gift_bought")) == 1
    go_round()
    assert len(keys(session, "gift_bought")) == 1


def test_a_refund_no_event_told_of_is_found(session, master, clock, go_round):
    gift = gifting.order(session, master, clock.now())
    paid = gifting.payment(session, master, gift, clock.now())
    go_round()
    gifting.refund(session, paid, clock.now())
    go_round()
    assert only(session).state == "refunded"


def test_one_for_today_is_sent_at_once_even_at_night(session, master, clock, go_round):
    clock.advance(datetime(2026, 11, 24, 2, 0, tzinfo=UTC) - clock.now())
    gift = gifting.buy(session, master, clock.now(), send_on=date(2026, 11, 24))
    go_round()
    assert keys(session, "gift_membership") == [f"gift_membership:{gift.public_id}"]


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (datetime(2026, 12, 23, 23, 30, tzinfo=UTC), False),  # it is the day there, and night
        (datetime(2026, 12, 24, 6, 59, tzinfo=UTC), False),
        (datetime(2026, 12, 24, 7, 0, tzinfo=UTC), True),  # eight o'clock in Amsterdam
        (datetime(2027, 1, 3, 7, 0, tzinfo=UTC), True),  # days missed are caught up
    ],
)
def test_a_later_one_is_sent_in_the_morning_of_its_day_where_the_newsroom_is(
    session, master, clock, go_round, moment, due
):
    gifting.buy(session, master, clock.now(), send_on=date(2026, 12, 24))
    go_round()
    assert keys(session, "gift_membership") == []
    clock.advance(moment - clock.now())
    go_round()
    go_round()
    assert len(keys(session, "gift_membership")) == int(due)


def test_one_to_hand_over_is_sent_to_nobody(session, master, clock, go_round):
    gifting.buy(session, master, clock.now(), recipient="")
    clock.advance(30 * DAY)
    go_round()
    assert keys(session, "gift_membership") == []


def test_one_nobody_redeemed_expires_and_forgets(session, master, clock, go_round):
    gifting.buy(session, master, clock.now())
    clock.advance(364 * DAY)
    go_round()
    assert only(session).state == "paid"
    clock.advance(DAY)
    go_round()
    gift = only(session)
    assert (gift.state, gift.ended_at) == ("expired", clock.now())
    assert gift.recipient_sealed is gift.email_index is gift.token_sealed is None


def test_it_ends_after_its_year_and_not_before(session, clock, go_round, redeemed):
    clock.advance(365 * DAY - timedelta(seconds=1))
    go_round()
    assert only(session).state == "redeemed"
    clock.advance(timedelta(seconds=1) + 3 * DAY)
    go_round()
    gift = only(session)
    assert (gift.state, gift.ended_at) == ("ended", clock.now() - 3 * DAY)


def test_a_month_before_the_end_one_letter_is_owed(session, clock, go_round, redeemed):
    clock.advance(334 * DAY)
    go_round()
    assert keys(session, "gift_ending") == []
    clock.advance(2 * DAY)
    go_round()
    go_round()
    assert len(keys(session, "gift_ending")) == 1


def test_a_year_with_a_leap_day_is_announced_by_its_own_end(session, master, clock, go_round):
    clock.advance(100 * DAY)
    gift = gifting.buy(session, master, clock.now())
    redeem(session, master, token_of(master, gift), gifting.BORIS, language="en", now=clock.now())
    clock.advance(335 * DAY)
    go_round()
    assert keys(session, "gift_ending") == []
    clock.advance(DAY)
    go_round()
    assert len(keys(session, "gift_ending")) == 1


def test_whoever_is_a_member_gets_no_letter_about_the_end(
    session, master, clock, go_round, redeemed
):
    join(session, master, clock.now(), email=gifting.BORIS)
    clock.advance(340 * DAY)
    go_round()
    assert keys(session, "gift_ending") == []


@pytest.mark.parametrize(
    ("days", "after"),
    [(300, "redeemed"), (310, "converted"), (360, "converted"), (420, "converted"), (430, "ended")],
)
def test_it_becomes_a_membership_that_began_within_sixty_days_of_its_end(
    session, master, clock, go_round, redeemed, days, after
):
    clock.advance(days * DAY)
    go_round()
    began = clock.now()
    membership = join(session, master, began, email=gifting.BORIS, started_at=began).id
    go_round()
    gift = only(session)
    assert gift.state == after
    if after == "converted":
        assert (gift.membership_id, gift.converted_at) == (membership, began)
    else:
        assert gift.membership_id is gift.converted_at is None


def test_somebody_elses_membership_converts_nothing(session, master, clock, go_round, redeemed):
    clock.advance(360 * DAY)
    join(session, master, clock.now(), email=gifting.VERA, started_at=clock.now())
    go_round()
    assert only(session).state == "redeemed"


def test_a_first_payment_that_never_came_converts_nothing(
    session, master, clock, go_round, redeemed
):
    clock.advance(360 * DAY)
    now = clock.now()
    join(session, master, now, email=gifting.BORIS, started_at=now, status="incomplete")
    go_round()
    assert only(session).state == "redeemed"


def test_what_was_told_of_the_recipient_is_destroyed_thirty_days_after_it_served(
    session, master, clock, go_round, redeemed
):
    clock.advance(29 * DAY)
    go_round()
    assert recipient_of(master, only(session)) == gifting.BORIS
    clock.advance(DAY)
    go_round()
    gift = only(session)
    assert gift.recipient_sealed is gift.message_sealed is gift.token_sealed is None
    assert gift.email_index is None
    assert find_by_email(session, master, gifting.BORIS) is not None


def test_an_order_nobody_paid_keeps_no_words_and_its_money_still_finds_it(
    session, master, clock, go_round
):
    gift = gifting.order(session, master, clock.now(), send_on=date(2026, 12, 1))
    token = token_of(master, gift)
    clock.advance(14 * DAY)
    go_round()
    gift = only(session)
    assert gift.state == "ordered"
    assert recipient_of(master, gift) is message_of(master, gift) is gift.send_on is None
    gifting.payment(session, master, gift, clock.now())
    go_round()
    assert (only(session).state, token_of(master, only(session))) == ("paid", token)
    assert keys(session, "gift_membership") == []


def test_an_order_whose_payment_is_on_its_way_keeps_its_words(session, master, clock, go_round):
    gift = gifting.order(session, master, clock.now())
    gift.checkout.state = "pending"
    session.commit()
    clock.advance(20 * DAY)
    go_round()
    assert recipient_of(master, only(session)) == gifting.BORIS
