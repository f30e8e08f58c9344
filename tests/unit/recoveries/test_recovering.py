from datetime import timedelta

import pytest
from sqlalchemy import func, select
from tests_support.stripe import FakeGateway

from donations.giving.checkouts import RECOVERABLE_LASTS, Till, Visit
from donations.giving.models import Checkout
from donations.giving.orders import Order
from donations.giving.statement import Statement
from donations.giving.states import CheckoutState
from donations.jobs.models import Job
from donations.kernel.cadence import Frequency
from donations.kernel.errors import NotFound
from donations.kernel.money import Money
from donations.recoveries.models import Recovery
from donations.recoveries.recovering import (
    KEPT,
    agree,
    forget_recoveries,
    promise_recovery,
    say_no,
)
from donations.vault.models import DataKey

ADDRESS = "reader@example.org"
PAGE = "http://localhost:8420/r/cs_test_1/live"
CONSENT = "You may write to me."


@pytest.fixture
def begun(app, session, master, clock):
    """Opens a checkout; with a consent unless told otherwise."""
    till = Till(
        FakeGateway(session),
        master,
        Statement("READERS", "SUPPORT"),
        lambda *_: "http://localhost/",
    )

    def open_one(attempt="a", consent=CONSENT):
        visit = Visit(attempt * 20, "ru", "support", "http://localhost/support", consent)
        order = Order(Money(1500, "usd"), Frequency.MONTHLY)
        return till.open(session, order, visit, now=clock.now()).public_id

    return open_one


def checkout(session, public_id):
    return session.scalars(select(Checkout).where(Checkout.public_id == public_id)).one()


def expire(session, master, public_id, clock, url=PAGE):
    clock.advance(RECOVERABLE_LASTS)
    row = checkout(session, public_id)
    row.state = CheckoutState.EXPIRED.value
    promise_recovery(session, master, row, url, now=clock.now())
    session.commit()


def only(session):
    session.rollback()
    return session.scalars(select(Recovery)).one()


def wrapped(session, recovery):
    return session.get_one(DataKey, recovery.data_key_id).wrapped


def letters(outbox):
    return [message.get_body(("plain",)).get_content() for message in outbox.messages]


def test_two_letters_go_out_an_hour_and_three_days_after_and_then_none(
    begun, session, master, clock, worker, outbox
):
    name = begun()
    agree(session, master, name, ADDRESS, now=clock.now())
    clock.advance(timedelta(minutes=59))
    worker.run_due()
    assert outbox.messages == []
    clock.advance(-timedelta(minutes=59))
    expire(session, master, name, clock)
    worker.run_due()
    [first] = letters(outbox)
    assert PAGE in first
    assert outbox.messages[0]["To"] == ADDRESS
    assert "One-Click" in outbox.messages[0]["List-Unsubscribe-Post"]
    clock.advance(timedelta(days=2))
    worker.run_due()
    assert len(outbox.messages) == 1
    clock.advance(timedelta(days=1))
    worker.run_due()
    assert len(outbox.messages) == 2
    clock.advance(timedelta(days=60))
    worker.run_due()
    assert len(outbox.messages) == 2
    assert only(session).state == "sent"
    assert wrapped(session, only(session)) is None


def test_nothing_is_kept_of_a_reader_who_did_not_agree(begun, session, master, clock):
    name = begun(consent="")
    agree(session, master, name, ADDRESS, now=clock.now())
    expire(session, master, name, clock)
    assert session.scalar(select(func.count()).select_from(Recovery)) == 0
    assert checkout(session, name).expires_at > clock.now()


def test_a_reader_who_gave_before_the_letter_is_not_written_to(
    begun, session, master, clock, worker, outbox
):
    name = begun()
    agree(session, master, name, ADDRESS, now=clock.now())
    expire(session, master, name, clock)
    checkout(session, name).state = CheckoutState.PAID.value
    session.commit()
    worker.run_due()
    assert outbox.messages == []
    assert only(session).state == "given"
    assert wrapped(session, only(session)) is None


def test_saying_no_ends_everything_owed_to_the_person_and_forgets_the_address(
    begun, session, master, clock, worker, outbox
):
    name = begun()
    agree(session, master, name, ADDRESS, now=clock.now())
    expire(session, master, name, clock)
    for _ in range(2):
        say_no(session, only(session).public_id, clock.now())
    worker.run_due()
    assert outbox.messages == []
    assert only(session).state == "cancelled"
    assert wrapped(session, only(session)) is None
    with pytest.raises(NotFound):
        say_no(session, "nobody", clock.now())


def test_of_two_unfinished_gifts_only_the_later_is_written_about(
    begun, session, master, clock, worker, outbox
):
    first, second = begun("a"), begun("b")
    for name in (first, second):
        agree(session, master, name, ADDRESS, now=clock.now())
    for name in (first, second):
        row = checkout(session, name)
        row.state = CheckoutState.EXPIRED.value
        promise_recovery(session, master, row, PAGE + name, now=clock.now())
    session.commit()
    clock.advance(RECOVERABLE_LASTS)
    worker.run_due()
    [letter] = letters(outbox)
    assert PAGE + second in letter


def test_the_same_expiry_told_twice_is_one_letter(begun, session, master, clock, worker, outbox):
    name = begun()
    agree(session, master, name, ADDRESS, now=clock.now())
    expire(session, master, name, clock)
    expire(session, master, name, clock)
    worker.run_due()
    assert len(outbox.messages) == 1
    assert session.scalar(select(func.count()).where(Job.kind == "recovery")) == 2


def test_an_address_is_gone_within_a_week_whatever_happens(begun, session, master, clock):
    name = begun()
    agree(session, master, name, ADDRESS, now=clock.now())
    clock.advance(KEPT - timedelta(seconds=1))
    forget_recoveries(session, {}, clock.now())
    session.commit()
    assert only(session).state == "set"
    clock.advance(timedelta(seconds=1))
    forget_recoveries(session, {}, clock.now())
    session.commit()
    assert only(session).state == "cancelled"
    assert wrapped(session, only(session)) is None


def test_the_address_of_a_reader_who_finished_is_forgotten_within_the_hour(
    begun, session, master, clock
):
    name = begun()
    agree(session, master, name, ADDRESS, now=clock.now())
    checkout(session, name).state = CheckoutState.PAID.value
    session.commit()
    forget_recoveries(session, {}, clock.now())
    session.commit()
    assert only(session).state == "given"
    assert wrapped(session, only(session)) is None
