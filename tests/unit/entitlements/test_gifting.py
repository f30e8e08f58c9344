from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from tests_support import gifting

from donations.entitlements.gift_models import GiftMembership
from donations.entitlements.gift_words import message_of, recipient_of, token_of
from donations.entitlements.gifting import (
    GiftWish,
    a_year_after,
    note_paid,
    note_return,
    order_gift,
)
from donations.entitlements.models import Entitlement
from donations.entitlements.redeeming import redeem
from donations.giving.models import Dispute, Gift
from donations.jobs.models import Job
from donations.kernel.database import begin_write
from donations.kernel.ids import token_digest


def jobs(session, *kinds):
    session.rollback()
    rows = session.scalars(select(Job).where(Job.kind.in_(kinds)).order_by(Job.id))
    return [row.key for row in rows]


def told(session, paid, now, verb=note_paid):
    begin_write(session)
    verb(session, session.get_one(Gift, paid.id), now=now)
    session.commit()


def test_an_order_keeps_what_it_was_told_sealed_and_of_its_link_a_digest(session, master, clock):
    gift = gifting.order(session, master, clock.now(), send_on=date(2026, 12, 24))
    assert gift.state == "ordered"
    assert recipient_of(master, gift) == gifting.BORIS
    assert message_of(master, gift) == "Happy birthday!"
    assert token_digest(token_of(master, gift)) == gift.token_digest
    kept = (gift.recipient_sealed, gift.message_sealed, gift.token_sealed)
    for secret in (gifting.BORIS, "birthday", token_of(master, gift)):
        assert not any(secret.encode() in sealed for sealed in kept)


def test_the_same_checkout_again_is_the_same_gift_with_the_later_wish(session, master, clock):
    first = gifting.order(session, master, clock.now())
    number, token = first.id, token_of(master, first)
    again = order_gift(
        session,
        master,
        "giftgiftgift",
        GiftWish(first.tier_id, "ru", "other@reader.example"),
        now=clock.now(),
    )
    assert (again.id, token_of(master, again)) == (number, token)
    assert (again.language, recipient_of(master, again)) == ("ru", "other@reader.example")
    assert message_of(master, again) is None


def test_what_is_paid_is_not_changed_by_a_late_click(session, master, clock):
    gift = gifting.buy(session, master, clock.now())
    wish = GiftWish(gift.tier_id, "ru", "thief@reader.example")
    after = order_gift(session, master, "giftgiftgift", wish, now=clock.now())
    assert (after.state, recipient_of(master, after)) == ("paid", gifting.BORIS)


def test_a_payment_told_twice_is_one_and_promises_one_letter_to_the_buyer(session, master, clock):
    now = clock.now()
    gift = gifting.order(session, master, now)
    paid = gifting.payment(session, master, gift, now)
    told(session, paid, now)
    told(session, paid, now + timedelta(minutes=5))
    [gift] = gifting.gifts(session)
    assert (gift.state, gift.paid_at) == ("paid", now)
    assert jobs(session, "gift_bought") == [f"gift_bought:{gift.public_id}"]
    assert jobs(session, "gift_memberships") == [f"gift_memberships:paid:{gift.public_id}"]


def test_two_workers_told_of_the_same_payment_at_once_let_it_be_paid_once(
    session, engine, master, clock
):
    now = clock.now()
    gift = gifting.order(session, master, now)
    number = gifting.payment(session, master, gift, now).id
    session.rollback()
    start = threading.Barrier(4)

    def tell(_worker):
        with Session(engine) as mine:
            start.wait()
            begin_write(mine)
            note_paid(mine, mine.get_one(Gift, number), now=now)
            mine.commit()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(tell, range(4)))
    [gift] = gifting.gifts(session)
    assert gift.state == "paid"
    assert len(jobs(session, "gift_bought")) == 1


def test_an_ordinary_gift_is_nobodys_year(session, master, clock):
    gifting.order(session, master, clock.now())
    other = gifting.checkout(session, clock.now(), "othercheckou")
    paid = gifting.payment(session, master, SimpleNamespace(checkout_id=other.id), clock.now())
    told(session, paid, clock.now())
    assert [one.state for one in gifting.gifts(session)] == ["ordered"]


@pytest.mark.parametrize(
    ("send_on", "until"),
    [
        (None, (2027, 11, 24)),
        (date(2026, 11, 24), (2027, 11, 24)),
        (date(2027, 11, 20), (2028, 11, 20)),
    ],
)
def test_a_gift_can_be_redeemed_within_a_year_of_its_payment_or_of_its_later_day(
    session, master, clock, send_on, until
):
    gift = gifting.buy(session, master, clock.now(), send_on=send_on)
    assert (gift.redeem_until.year, gift.redeem_until.month, gift.redeem_until.day) == until


def test_a_year_after_a_leap_day_is_the_day_before_march():
    leap = datetime(2028, 2, 29, 10, 0, tzinfo=UTC)
    assert a_year_after(leap) == datetime(2029, 2, 28, 10, 0, tzinfo=UTC)


@pytest.fixture
def paid(session, master, clock):
    gift = gifting.order(session, master, clock.now())
    payment = gifting.payment(session, master, gift, clock.now())
    told(session, payment, clock.now())
    return payment


def test_money_that_went_back_closes_the_link_and_destroys_what_was_told(
    session, master, clock, paid
):
    gifting.refund(session, paid, clock.now())
    told(session, paid, clock.now(), note_return)
    [gift] = gifting.gifts(session)
    assert (gift.state, gift.ended_at) == ("refunded", clock.now())
    assert gift.recipient_sealed is gift.message_sealed is gift.token_sealed is None
    assert gift.email_index is None


def test_money_that_went_back_revokes_the_year_it_gave(session, master, clock, paid):
    [gift] = gifting.gifts(session)
    redeem(session, master, token_of(master, gift), gifting.BORIS, language="en", now=clock.now())
    gifting.refund(session, paid, clock.now())
    told(session, paid, clock.now(), note_return)
    told(session, paid, clock.now(), note_return)
    given = session.scalars(select(Entitlement)).one()
    assert (given.state, given.ended_because) == ("revoked", "refunded")
    assert gifting.gifts(session)[0].state == "refunded"


@pytest.mark.parametrize(("minor", "state"), [(9999, "succeeded"), (10000, "failed")])
def test_a_part_of_it_or_a_refund_that_failed_takes_nothing(
    session, master, clock, paid, minor, state
):
    gifting.refund(session, paid, clock.now(), minor, state)
    told(session, paid, clock.now(), note_return)
    assert gifting.gifts(session)[0].state == "paid"


def test_several_refunds_that_make_the_whole_take_it(session, master, clock, paid):
    for minor in (4000, 6000):
        gifting.refund(session, paid, clock.now(), minor)
        told(session, paid, clock.now(), note_return)
    assert gifting.gifts(session)[0].state == "refunded"


@pytest.mark.parametrize(("state", "after"), [("lost", "refunded"), ("needs_response", "paid")])
def test_a_dispute_takes_it_when_it_is_lost_and_not_before(
    session, master, clock, paid, state, after
):
    now = clock.now()
    session.add(
        Dispute(
            gift_id=paid.id,
            dispute_sealed=b"x",
            dispute_index=b"d" * 32,
            amount_minor=10000,
            currency="usd",
            state=state,
            reason="fraudulent",
            created_at=now,
            synced_at=now,
        )
    )
    session.commit()
    told(session, paid, now, note_return)
    assert gifting.gifts(session)[0].state == after


def test_one_checkout_holds_one_gift(session, master, clock):
    gift = gifting.order(session, master, clock.now())
    session.add(
        GiftMembership(
            public_id="second",
            tier_id=gift.tier_id,
            checkout_id=gift.checkout_id,
            state="ordered",
            language="en",
            token_digest=b"t" * 32,
            ordered_at=clock.now(),
        )
    )
    with pytest.raises(IntegrityError):
        session.commit()


def test_the_database_knows_every_state_and_no_other(session, master, clock):
    gift = gifting.order(session, master, clock.now())
    gift.state = "lost"
    with pytest.raises(IntegrityError):
        session.commit()
