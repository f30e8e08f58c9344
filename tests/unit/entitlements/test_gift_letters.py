from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from tests_support import gifting

from donations.entitlements.gift_round import GiftRound
from donations.entitlements.gift_words import token_of
from donations.entitlements.redeeming import redeem
from donations.jobs.models import Job
from donations.mailer.suppressing import suppress

DAY = timedelta(days=1)
LINK = re.compile(r"http://localhost(/\S+)")


@pytest.fixture
def work(house):
    return gifting.work_of(house)


@pytest.fixture
def write(session, house, clock, work):
    """Do a round, then every waiting letter of a kind."""

    def one(kind):
        session.rollback()
        GiftRound(house.newsroom.zone)(session, {}, clock.now())
        session.commit()
        return gifting.run(work, session, kind, clock.now())

    return one


def text_of(message):
    return message.get_body(("plain",)).get_content()


def html_of(message):
    return message.get_body(("html",)).get_content()


def test_the_recipient_gets_the_words_and_the_link_and_the_gift_is_sent(
    session, master, clock, write, outbox
):
    gift = gifting.buy(session, master, clock.now(), message="Happy <birthday>!\n\nVera")
    token = token_of(master, gift)
    assert write("gift_membership") == 1
    [letter] = outbox.messages
    assert letter["To"] == gifting.BORIS
    assert letter["Subject"] == "A present for you"
    text = text_of(letter)
    assert "> Happy <birthday>!" in text
    assert LINK.search(text)[1] == f"/support/gift/redeem/{token}"
    assert "Happy &lt;birthday&gt;!<br>" in html_of(letter).replace("<br/>", "<br>")
    [gift] = gifting.gifts(session)
    assert (gift.state, gift.sent_at) == ("sent", clock.now())


def test_no_letter_names_the_newsroom(session, master, clock, write, outbox):
    gift = gifting.buy(session, master, clock.now())
    token = token_of(master, gift)
    write("gift_membership")
    write("gift_bought")
    redeem(session, master, token, gifting.BORIS, language="en", now=clock.now())
    clock.advance(340 * DAY)
    write("gift_ending")
    assert len(outbox.messages) == 3
    for letter in outbox.messages:
        assert "Moscow" not in letter["Subject"] + letter["From"] + text_of(letter)


def test_the_letter_is_in_the_recipients_language_and_the_buyers_in_their_own(
    session, master, clock, write, outbox
):
    gifting.buy(session, master, clock.now(), language="ru")
    write("gift_membership")
    write("gift_bought")
    theirs, mine = outbox.messages
    assert (theirs["Content-Language"], mine["Content-Language"]) == ("ru", "en")
    assert "/ru/support/gift/redeem/" in text_of(theirs)
    assert "Друг" in text_of(theirs)
    assert "Friend" in text_of(mine)


def test_a_letter_promised_twice_goes_out_once(session, master, clock, write, outbox, work):
    gift = gifting.buy(session, master, clock.now())
    write("gift_membership")
    session.rollback()
    work["gift_membership"](session, {"gift": gift.id}, clock.now())
    session.commit()
    assert len(outbox.messages) == 1


def test_a_letter_that_went_before_its_note_was_written_still_counts_as_sent(
    session, master, clock, write, outbox, work
):
    gift = gifting.buy(session, master, clock.now())
    number = gift.id
    session.rollback()
    work["gift_membership"](session, {"gift": number}, clock.now())
    session.rollback()  # the worker died here
    assert gifting.gifts(session)[0].state == "paid"
    session.rollback()
    work["gift_membership"](session, {"gift": number}, clock.now())
    session.commit()
    assert gifting.gifts(session)[0].state == "sent"
    assert len(outbox.messages) == 1


def test_who_asked_us_not_to_write_is_not_written_to_and_the_link_stays_good(
    session, master, clock, write, outbox
):
    gift = gifting.buy(session, master, clock.now())
    suppress(session, gift.email_index, "wishes", reason="asked", source="reader", now=clock.now())
    session.commit()
    write("gift_membership")
    assert outbox.messages == []
    assert gifting.gifts(session)[0].state == "paid"


def test_who_redeemed_by_hand_meanwhile_gets_no_letter(session, master, clock, write, outbox):
    gift = gifting.buy(session, master, clock.now(), send_on=date(2026, 11, 30))
    redeem(session, master, token_of(master, gift), gifting.BORIS, language="en", now=clock.now())
    clock.advance(10 * DAY)
    assert write("gift_membership") == 0
    assert outbox.messages == []


def test_the_buyer_is_told_the_link_and_the_day(session, master, clock, write, outbox):
    gift = gifting.buy(session, master, clock.now(), send_on=date(2026, 12, 24))
    write("gift_bought")
    [letter] = outbox.messages
    assert letter["To"] == gifting.VERA
    assert token_of(master, gift) in text_of(letter)
    assert "on December 24, 2026" in text_of(letter)
    assert "until December 24, 2027" in text_of(letter)
    assert gifting.BORIS not in letter.as_string()


def test_a_buyer_who_hands_it_over_is_told_no_day(session, master, clock, write, outbox):
    gifting.buy(session, master, clock.now(), recipient="")
    write("gift_bought")
    [letter] = outbox.messages
    assert "This is the link to hand over" in text_of(letter)


def test_nothing_personal_stands_in_a_jobs_arguments(session, master, clock, write):
    gift = gifting.buy(session, master, clock.now())
    token = token_of(master, gift)
    write("gift_membership")
    for job in session.scalars(select(Job)):
        said = f"{job.key} {job.arguments}"
        assert token not in said and "@" not in said and "birthday" not in said


def test_the_end_is_announced_with_the_appeal_prefilled_at_todays_price(
    session, master, clock, write, outbox
):
    gift = gifting.buy(session, master, clock.now())
    redeem(session, master, token_of(master, gift), gifting.BORIS, language="en", now=clock.now())
    gift.tier.prices[0].amount_minor = 12000
    assert gift.tier.prices[0].frequency == "annual"
    session.commit()
    clock.advance(340 * DAY)
    assert write("gift_ending") == 1
    letter = outbox.messages[-1]
    assert letter["To"] == gifting.BORIS
    assert letter["Subject"] == "Your year ends on November 24, 2027"
    assert "/support?frequency=annual&currency=usd&amount=12000" in text_of(letter)
