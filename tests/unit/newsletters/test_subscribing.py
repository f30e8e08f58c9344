from datetime import timedelta

import pytest
from sqlalchemy import select

from donations.jobs.models import Job
from donations.kernel.errors import NotFound
from donations.newsletters.forgetting import KEPT_UNCONFIRMED
from donations.newsletters.models import Subscription
from donations.newsletters.subscribing import Request, ask, confirm, unsubscribe
from donations.vault.models import DataKey

WANTED = Request("weekly", "weekly@reader.example", "en", "I agree to the Privacy Policy")


def row(session):
    session.rollback()
    return session.scalars(select(Subscription)).one()


def letters(session):
    session.rollback()
    found = select(Job).where(Job.kind == "newsletter_confirm")
    return len(session.scalars(found).all())


def test_asking_makes_a_pending_subscription_with_the_proof_of_consent(session, master, clock):
    ask(session, master, WANTED, now=clock.now())
    found = row(session)
    assert (found.state, found.consent) == ("pending", "I agree to the Privacy Policy")
    assert b"weekly@" not in found.email_sealed


def test_nobodys_mailbox_is_flooded_through_us(session, master, clock):
    for _ in range(5):
        ask(session, master, WANTED, now=clock.now())
    assert letters(session) == 1
    for _ in range(10):
        clock.advance(timedelta(days=1))
        ask(session, master, WANTED, now=clock.now())
    assert letters(session) == 3


def test_only_the_mailbox_confirms_and_twice_is_once(session, master, clock):
    ask(session, master, WANTED, now=clock.now())
    name = row(session).public_id
    confirm(session, name, clock.now())
    confirm(session, name, clock.now())
    assert row(session).state == "confirmed"
    clock.advance(timedelta(days=2))
    ask(session, master, WANTED, now=clock.now())
    assert row(session).state == "confirmed"
    assert letters(session) == 1


def test_leaving_forgets_the_address_and_confirming_later_is_too_late(session, master, clock):
    ask(session, master, WANTED, now=clock.now())
    name = row(session).public_id
    unsubscribe(session, name, clock.now())
    unsubscribe(session, name, clock.now())
    assert session.get_one(DataKey, row(session).data_key_id).wrapped is None
    with pytest.raises(NotFound):
        confirm(session, name, clock.now())


def test_an_address_nobody_confirmed_is_forgotten_after_a_month(
    app, worker, session, master, clock
):
    ask(session, master, WANTED, now=clock.now())
    worker.tick()
    worker.run_due()
    assert row(session).state == "pending"
    clock.advance(KEPT_UNCONFIRMED)
    worker.tick()
    worker.run_due()
    assert row(session).state == "unsubscribed"
    assert session.get_one(DataKey, row(session).data_key_id).wrapped is None


def test_who_missed_three_letters_may_ask_again_once_forgotten(app, worker, session, master, clock):
    for _ in range(4):
        ask(session, master, WANTED, now=clock.now())
        clock.advance(timedelta(days=1))
    assert letters(session) == 3
    clock.advance(KEPT_UNCONFIRMED)
    worker.tick()
    worker.run_due()
    ask(session, master, WANTED, now=clock.now())
    assert (letters(session), row(session).mails_asked) == (4, 1)


def test_who_never_confirmed_and_left_is_not_written_to_at_once(session, master, clock):
    ask(session, master, WANTED, now=clock.now())
    unsubscribe(session, row(session).public_id, clock.now())
    ask(session, master, WANTED, now=clock.now())
    assert letters(session) == 1


def test_who_was_subscribed_and_left_may_come_back_at_once(session, master, clock):
    ask(session, master, WANTED, now=clock.now())
    name = row(session).public_id
    confirm(session, name, clock.now())
    unsubscribe(session, name, clock.now())
    clock.advance(timedelta(minutes=1))
    ask(session, master, WANTED, now=clock.now())
    assert (row(session).state, letters(session)) == ("pending", 2)
