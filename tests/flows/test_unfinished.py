"""A gift begun and not finished: agreed to, expired, written about, finished on Stripe's page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from tests_support.counterparts import Simulated
from tests_support.live import Live, Reader

from donations.giving.models import Gift
from donations.kernel.clock import MovableClock
from donations.recoveries.models import Recovery

pytestmark = pytest.mark.sandbox_only
AGREED = {"unfinished": "yes", "unfinished_email": "reader@example.org"}


@pytest.fixture
def live(environment, outbox):
    stripe = Simulated(environment["STRIPE_WEBHOOK_SECRET"])
    running = Live(environment, outbox, stripe=stripe, clock=MovableClock(datetime.now(UTC)))
    yield running
    running.stop()


@pytest.fixture
def reader(live):
    someone = Reader(live)
    yield someone
    someone.close()


def pass_time(live, **length):
    live.clock.advance(timedelta(**length))
    live.sandbox.control("advance", {"seconds": int(timedelta(**length).total_seconds())})
    live.settle()


def links(letter):
    return re.findall(r"https?://\S+", letter.get_body(("plain",)).get_content())


def only(session, model):
    session.rollback()
    return session.scalars(select(model)).one()


def test_a_reader_who_agreed_finishes_from_the_letter_and_hears_no_more(live, reader, session):
    reader.choose("monthly", "1500", **AGREED)
    pass_time(live, minutes=61)
    [letter] = live.outbox.messages
    reader.page = reader.http.get(links(letter)[0], timeout=30)
    reader.pay()
    live.settle()
    assert only(session, Gift).amount_minor == 1500
    pass_time(live, days=4)
    subjects = [message["Subject"] for message in live.outbox.messages]
    assert [subject for subject in subjects if "Receipt" not in subject] == [letter["Subject"]]
    assert only(session, Recovery).state == "given"


def test_a_reader_says_no_from_the_letter_in_two_clicks(live, reader, session):
    reader.choose("once", "5000", **AGREED)
    pass_time(live, minutes=61)
    [letter] = live.outbox.messages
    path = links(letter)[1].removeprefix(live.base_url)
    reader.see(path)
    assert only(session, Recovery).state == "set"
    reader.send(0)
    assert "write about it again" in reader.text()
    assert only(session, Recovery).state == "cancelled"
    pass_time(live, days=4)
    assert live.outbox.messages == [letter]


def test_a_reader_who_did_not_agree_is_left_in_peace(live, reader, session):
    reader.choose("once", "5000")
    pass_time(live, days=5)
    assert live.outbox.messages == []
    session.rollback()
    assert session.scalars(select(Recovery)).all() == []
